"""The web app: pages rendered on the server, each with a JSON twin under `/api/v1`."""

from webapp.app import create_app

__all__ = ["create_app"]
