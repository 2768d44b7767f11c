"""Gets a calendar from where the program says it is: a web address or a file.

The program's own address is trusted, wherever it leads. Where a redirect leads is not: it has to
be public, and the connection goes to the very address that was looked at. What goes wrong is said
without the address, for whoever knows that can read the calendar.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit
from urllib.request import url2pathname

from passalong.booking.ics import MOST_BYTES
from passalong.errors import PassalongError
from passalong.web import NotReached, call

Fetch = Callable[[str], bytes]
"""Gives what is found at an address. Raises `NotFetched`."""

MOST_REDIRECTS: Final = 3
_MOVED: Final = frozenset({301, 302, 303, 307, 308})


class NotFetched(PassalongError):
    """The calendar could not be got; the message is the end of a sentence, without the address."""


def fetch(url: str, *, private: bool = False, seconds: float = 5.0) -> bytes:
    """What is found at ``url``: ``https:``, ``http:``, ``webcal:`` or ``file:``.

    Redirects into private networks are followed if ``private``; never to a file, nor from https
    back to http. Gives up after about ``seconds`` for each step. Raises NotFetched.
    """
    try:
        return _fetch(url, private=private, seconds=seconds)
    except NotReached as error:
        raise NotFetched(str(error)) from error
    except (OSError, ValueError) as error:
        raise NotFetched(f"could not be read ({type(error).__name__})") from error


def _fetch(url: str, *, private: bool, seconds: float) -> bytes:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return _file(parts)
    if parts.scheme == "webcal":
        parts = parts._replace(scheme="https")
    trusted = True
    for _ in range(MOST_REDIRECTS + 1):
        found = _get(parts.geturl(), trusted=trusted or private, seconds=seconds)
        if isinstance(found, bytes):
            return found
        target = urlsplit(urljoin(parts.geturl(), found))
        if parts.scheme == "https" and target.scheme != "https":
            raise NotFetched("leads from https to something else")
        parts, trusted = target, False
    raise NotFetched("leads from one address to another without an end")


def _file(parts: SplitResult) -> bytes:
    path = Path(url2pathname(parts.path))
    if parts.netloc not in ("", "localhost") or not path.is_file():
        raise NotFetched("is no file on this machine")
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise NotFetched(f"is larger than {MOST_BYTES // 1_000_000} MB")
    return data


def _get(url: str, *, trusted: bool, seconds: float) -> bytes | str:
    """The body of what is there, or the address to which it has moved."""
    headers = {"Accept": "text/calendar"}
    answer = call("GET", url, headers, seconds=seconds, private=trusted, most=MOST_BYTES)
    if answer.status in _MOVED and (location := answer.headers.get("location")):
        return location
    if answer.status != 200:
        raise NotFetched(f"answered {answer.status}")
    return answer.body
