"""Any picture that a server sends, as a small one of known form, or a reason why not.

What arrives is hostile: its own content decides its format, its header how large it is before any
of it is unpacked, and nothing but pixels is taken over.
"""

import struct
import warnings
from io import BytesIO

from PIL import Image, ImageOps

from graph.errors import DataError

SIDE = 96
"""Pixels of a side: 48 on a screen that has two for one."""
LARGEST = 2 * 1024 * 1024
"""Bytes of a picture that is read."""
MOST_PIXELS = 2_048 * 4_096
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
QUALITY = 80

_BROKEN = (
    OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError, AttributeError,
    MemoryError, struct.error, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
"""What Pillow raises for a file that is damaged or lies."""


def small_picture(content: bytes) -> bytes:
    """The first frame, cut to a square, as WebP without metadata.

    Raises:
        DataError: it is empty, too large, no picture of a known format, or damaged.
    """
    if not content:
        raise DataError("empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged metadata: they are dropped
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _reduced(content)
    except DataError:
        raise
    except _BROKEN as error:
        raise DataError("not a picture") from error


def _reduced(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise DataError("too many pixels")
        image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is read no larger than needed
        factor = max(1, min(image.size) // (2 * SIDE))
        ImageOps.exif_transpose(image, in_place=True)
        fewer = image.convert("RGBA").reduce(factor)  # quickly, then well
        square = ImageOps.fit(fewer, (SIDE, SIDE), Image.Resampling.LANCZOS)
        plain = Image.frombytes("RGBA", square.size, square.tobytes())  # of the rest nothing
        written = BytesIO()
        plain.save(written, "WEBP", quality=QUALITY)
    return written.getvalue()
