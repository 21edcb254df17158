"""Compression of answers: zstd, br or gzip, whichever the client accepts, at low levels.

Weak entity tags stay valid, because they name the content and not its bytes.
"""

from flask import Flask
from flask_compress import Compress

MIMETYPES = [
    "text/html", "text/css", "text/csv", "text/plain", "text/javascript",
    "application/javascript", "application/json", "application/atom+xml", "application/feed+json",
    "application/gexf+xml",
    "application/graphml+xml", "image/svg+xml",
]  # fmt: skip
"""What is text; Parquet is compressed as it is."""


def register(app: Flask) -> None:
    """Compress answers; before any other function that changes them, so that it comes last."""
    app.config.update(
        COMPRESS_MIMETYPES=MIMETYPES,
        COMPRESS_ALGORITHM=["zstd", "br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["zstd", "br", "gzip"],
        COMPRESS_LEVEL=4,
        COMPRESS_BR_LEVEL=5,
        COMPRESS_ZSTD_LEVEL=6,
    )
    Compress(app)
