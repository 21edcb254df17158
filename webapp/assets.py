"""Static files: an address that changes with their content, so that they can be kept for a year."""

import hashlib
from functools import cache as remember
from pathlib import Path

from flask import Response, request, url_for

HERE = Path(__file__).parent
YEAR_S = 31_536_000


def address(name: str) -> str:
    """Address of a static file with the hash of its content."""
    return url_for("static", filename=name, v=_digest(name))


def cache(response: Response) -> None:
    """Say how long a static file may be kept: for good when its address names its content.

    Its content is read, so that it is compressed whole and the file is closed.
    """
    response.direct_passthrough = False
    response.make_sequence()
    response.headers["Cache-Control"] = (
        f"public, max-age={YEAR_S}, immutable" if request.args.get("v") else "no-cache"
    )


@remember
def fingerprint() -> str:
    """Hash of what shapes a page, apart from the data: code, queries, templates, static files."""
    digest = hashlib.sha256()
    for folder in (HERE, HERE.parent / "cypher", HERE.parent / "graph"):
        for path in sorted(p for p in folder.rglob("*") if p.suffix in _SHAPES_PAGES):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


_SHAPES_PAGES = {".py", ".html", ".css", ".js", ".svg", ".cypher"}


@remember
def _digest(name: str) -> str:
    path = HERE / "static" / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
