"""A tile for every author of whom no picture is kept, drawn from the name alone."""

import colorsys
import hashlib

from markupsafe import escape

CELLS = 5


def tile(name: str) -> str:
    """An SVG: a hue and a mirrored pattern from the name's hash, its first letter on top."""
    digest = hashlib.sha256(name.casefold().encode("utf-8", "replace")).digest()
    hue = digest[0] / 256
    ground, ink = _colour(hue, 0.30, 0.46), _colour(hue, 0.37, 0.46)
    squares = "".join(
        f'<path d="M{column * 8} {row * 8}h8v8h-8z"/>'
        for row in range(CELLS)
        for column in range(CELLS)
        if digest[1 + row * 3 + min(column, CELLS - 1 - column)] & 1
    )
    letter = escape(next((c for c in name if c.isalnum()), "?").upper()[:1])
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 40 40">'
        f'<path fill="{ground}" d="M0 0h40v40H0z"/><g fill="{ink}">{squares}</g>'
        '<text x="20" y="27.5" fill="#fff" font-family="system-ui,sans-serif" font-size="21" '
        f'font-weight="600" text-anchor="middle">{letter}</text></svg>'
    )


def _colour(hue: float, lightness: float, saturation: float) -> str:
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
