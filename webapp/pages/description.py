"""The description of the API for programs."""

from flask import Blueprint, Response, jsonify, request

from webapp.openapi import document
from webapp.page import API
from webapp.pages import declared
from webapp.pages.console import POSTED

bp = Blueprint("description", __name__)


@bp.get(f"{API}/openapi.json")
def openapi() -> Response:
    """What every route of the API accepts and answers, as OpenAPI 3.1."""
    return jsonify(document(declared(), request.script_root, [POSTED]))
