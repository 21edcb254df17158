"""Whether an address is the Hub's own, and whether a secret may travel to it."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

PUBLIC = "https://huggingface.co"
"""The Hub that the headers of a mirror may name."""

Origin = tuple[str, str, int | None]
"""Scheme, host and port."""

_PORTS = {"http": 80, "https": 443}


def origin(url: str) -> Origin | None:
    """Where an address leads; None when it leads nowhere, or names a user."""
    parts = _split(url)
    if parts is None or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def of_hub(url: str, hub: str) -> bool:
    """Whether an address has the Hub's scheme, host and port."""
    place = origin(url)
    return place is not None and place == origin(hub)


def path_at_hub(url: str, hub: str) -> str:
    """The path below the Hub's own address, which may have a path itself."""
    parts, base = _split(url), _split(hub)
    path = parts.path if parts else ""
    prefix = base.path.rstrip("/") if base else ""
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path


def is_private_way(url: str) -> bool:
    """Whether nobody can listen on the way: https, or an address of this machine."""
    place = origin(url)
    return place is not None and (place[0] == "https" or _is_loopback(place[1]))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
