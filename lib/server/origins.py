"""Where a request comes from: the page that sends it, against the address that it is sent to."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

_PORTS = {"http": 80, "https": 443}


class _Place(NamedTuple):
    scheme: str
    host: str
    port: int


def is_secure(scope: Scope) -> bool:
    """Tell whether a request came over HTTPS, to us or to a proxy in front that we trust."""
    return scope["scheme"] in ("https", "wss")


def is_behind_unknown_proxy(scope: Scope) -> bool:
    """Tell whether somebody in front says that the browser came over HTTPS, whom we have no reason to believe."""
    claimed = Headers(scope=scope).get("x-forwarded-proto", "").split(",")[0].strip().lower()
    return not is_secure(scope) and claimed in ("https", "wss")


def comes_from_elsewhere(scope: Scope) -> bool | None:
    """Tell whether a page of another scheme, host or port sent a request; None where it names no origin."""
    origins = Headers(scope=scope).getlist("origin")
    if not origins:
        return None
    return len(origins) > 1 or _read_place(origins[0]) not in _own_places(scope)


def _own_places(scope: Scope) -> list[_Place]:
    # A proxy that is not trusted may tell the truth all the same; no foreign page can make it say that.
    is_https = is_secure(scope) or is_behind_unknown_proxy(scope)
    place = _read_place(f"{'https' if is_https else 'http'}://{Headers(scope=scope).get('host', '')}")
    return [place] if place else []


def _read_place(origin: str) -> _Place | None:
    if not origin.isprintable():
        # The parser drops tabs and line breaks, and so would make an origin of ours out of what is none.
        return None
    try:
        parts = urlsplit(origin)
        place = _Place(parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme])
    except (ValueError, KeyError):
        return None
    # An origin has nothing but these three.
    is_whole = place.host and not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return place if is_whole else None
