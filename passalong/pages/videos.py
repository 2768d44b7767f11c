"""Video players that stories embed, as the plain address where the same video can be watched.

A player in a frame calls its maker before anybody asked for a film; a link does so when pressed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

_YOUTUBE = frozenset(
    {"youtube.com", "www.youtube.com", "m.youtube.com", "youtube-nocookie.com"}
    | {"www.youtube-nocookie.com"}
)
_WISTIA = frozenset({"fast.wistia.net", "fast.wistia.com"})
_LOOM = frozenset({"loom.com", "www.loom.com"})


@dataclass(frozen=True, slots=True)
class Video:
    """A film: the site's name as its readers write it, and the address of its page there."""

    site: str
    url: str


def video(src: str) -> Video | None:
    """The video that a frame's ``src`` would play, or None where the player is not a known one."""
    try:
        parts = urlsplit(re.sub(r"^(https?:)?(?=//)", "https:", src.strip()))
    except ValueError:  # such as a bracket in the host
        return None
    host = parts.netloc.lower() if parts.scheme == "https" else ""
    path, query = parts.path, parse_qs(parts.query)
    if host in _YOUTUBE:
        return _youtube(path, query)
    if host == "player.vimeo.com":
        return _vimeo(path, query)
    if host in _WISTIA:
        return _plain(
            "Wistia", r"/embed/iframe/(\w+)/?", path, "https://fast.wistia.net/embed/iframe/"
        )
    if host in _LOOM:
        return _plain("Loom", r"/embed/(\w+)/?", path, "https://www.loom.com/share/")
    return None


def _plain(site: str, pattern: str, path: str, page: str) -> Video | None:
    found = re.fullmatch(pattern, path, re.ASCII)
    return Video(site, page + found[1]) if found else None


def _youtube(path: str, query: dict[str, list[str]]) -> Video | None:
    """``/embed/<id>``, or ``/embed/videoseries?list=<id>`` for a list of films."""
    found = re.fullmatch(r"/embed/([\w-]+)/?", path, re.ASCII)
    if not found:
        return None
    if found[1] == "videoseries":
        series = re.fullmatch(r"[\w-]+", query.get("list", [""])[0], re.ASCII)
        return (
            Video("YouTube", f"https://www.youtube.com/playlist?list={series[0]}")
            if series
            else None
        )
    return Video("YouTube", f"https://www.youtube.com/watch?v={found[1]}")


def _vimeo(path: str, query: dict[str, list[str]]) -> Video | None:
    """``/video/<number>``; an unlisted film has its key as ``?h=``, its page as a folder."""
    found = re.fullmatch(r"/video/(\d+)/?", path, re.ASCII)
    if not found:
        return None
    key = re.fullmatch(r"\w+", query.get("h", [""])[0], re.ASCII)
    return Video("Vimeo", f"https://vimeo.com/{found[1]}" + (f"/{key[0]}" if key else ""))
