"""Addresses inside a story: which may stand on its page, and how they must be spelled there.

What a checker accepts is set by the URL standard (url.spec.whatwg.org: "URL code points",
"valid host string"); what leads to a person or a page is http, https, mailto and tel.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_WRITTEN = re.compile(r"(mailto|tel):.", re.IGNORECASE)
_WEB = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}(?::\d{{1,5}})?")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_NUMERIC = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)(?::\d+)?", re.IGNORECASE)
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}(?::\d+)?")
_FOREIGN = re.compile(r"[^\w!$&'()*+,\-./:;=?@~%]|%(?![0-9A-Fa-f]{2})")


def is_relative(href: str) -> bool:
    """Whether ``href`` is a path within its own site: no scheme, no host."""
    return not (_SCHEME.match(href) or href.startswith("//"))


def absolute(href: str) -> str | None:
    """``href`` with its scheme, spelled correctly; None for one that leads nowhere.

    An address without a scheme (``//host/``) is read as https. Names and passwords before the
    host are refused: they serve only to make one host look like another.
    """
    href = "https:" + href if href.startswith("//") else href
    if _WRITTEN.match(href):
        return spelled(href)
    web = _WEB.match(href)
    if not web or not _HOST.fullmatch(web[1]):
        return None
    if _NUMERIC.fullmatch(web[1]) and not _IPV4.fullmatch(web[1]):
        return None
    return spelled(href)


def spelled(href: str) -> str:
    """``href`` with every character that a URL may not hold percent-encoded, and no other."""
    path, mark, fragment = href.partition("#")
    return _encoded(path) + mark + _encoded(fragment)


def _encoded(part: str) -> str:
    return _FOREIGN.sub(lambda found: quote(found[0], safe=""), part)
