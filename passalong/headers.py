"""The headers of every answer that is a file, from one source for local server and edge alike.

A page's own policy for scripts and styles stands in the page; here is what a meta element cannot
carry (CSP ``frame-ancestors``), what keeps private pages private, and how long a copy may be kept.
Sources: RFC 9110 and 9111 (types, caching), RFC 6797 (HSTS), the W3C's Content Security Policy 3,
Referrer Policy and Permissions Policy.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["asset", "private", "share", "public", "missing"]

TYPES = {
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "gif": "image/gif",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "ics": "text/calendar; charset=utf-8",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "webp": "image/webp",
    "woff2": "font/woff2",
    "xml": "application/xml",
    "zip": "application/zip",
}
"""The media type of a file by the ending of its name; without one, it is a page."""

CACHING: dict[Kind, str] = {
    "asset": "public, max-age=31536000, immutable",  # its name holds its digest
    "private": "private, no-store",
    "share": "public, max-age=0, s-maxage=30, must-revalidate",  # a revocation holds in a minute
    "public": "public, max-age=60",
    "missing": "no-store",  # what is missing now may be somebody's page in a second
}
"""How long each kind of file may be kept, and by whom."""

_UNUSED = ("accelerometer", "camera", "geolocation", "gyroscope", "magnetometer", "microphone")

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in (*_UNUSED, "payment", "usb")),
}
"""What goes with every file, whatever its kind."""

ANSWERS = EVERYWHERE | {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
"""What goes with every answer of a function: nobody keeps or finds it."""

_SVG_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
)
_HSTS = "max-age=63072000; includeSubDomains"


def kind(path: str) -> Kind:
    """What the file at a URL's ``path`` is, judged by its first folder."""
    first, is_folder, _ = path.removeprefix("/").partition("/")
    if is_folder and first in {"a", "p", "report"}:
        return "private"
    if is_folder and first == "r":
        return "share"
    if first == "404.html":
        return "missing"
    return "asset" if first == "assets" else "public"


def content_type(path: str) -> str:
    """The media type of the file at ``path``; a folder is its page."""
    name = path.rpartition("/")[2]
    if "." not in name:
        return TYPES["html"]
    return TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def headers_for(path: str, *, found: bool = True, secure: bool = True) -> dict[str, str]:
    """The headers of the answer to GET or HEAD of a URL's ``path`` (without query).

    ``found`` is false where the answer is the neutral page: its headers tell nothing but the folder
    that was asked for, for that is all that the edge knows. Where it says no ``noindex``, the page
    does. ``secure`` is false where the site is served without TLS, as on one's own machine.
    """
    where, media_type = kind(path), content_type(path)
    headers = dict(EVERYWHERE)
    headers["Content-Type"] = media_type if found else TYPES["html"]
    headers["Cache-Control"] = CACHING[where if found or where == "private" else "missing"]
    if where in {"private", "share"}:
        headers["X-Robots-Tag"] = "noindex"
    elif media_type == TYPES["svg"]:
        headers["Content-Security-Policy"] = _SVG_POLICY  # somebody may open it as a page
    if secure:
        headers["Strict-Transport-Security"] = _HSTS
    return headers
