"""Gets a calendar from where the program says it is: a web address or a file.

The program's own address is trusted, wherever it leads. Where a redirect leads is not: it has to
be public, and the connection goes to the very address that was looked at. What goes wrong is said
without the address, for whoever knows that can read the calendar.
"""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urljoin, urlsplit
from urllib.request import url2pathname

from passalong.booking.ics import MOST_BYTES
from passalong.errors import PassalongError
from passalong.network import NotPublic, Pinned, Secure, address_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Fetch = Callable[[str], bytes]
"""Gives what is found at an address. Raises `NotFetched`."""

MOST_REDIRECTS: Final = 3
_CHUNK: Final = 65_536
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
    except NotPublic as error:
        raise NotFetched(str(error)) from error
    except TimeoutError as error:
        raise NotFetched("did not answer in time") from error
    except ssl.SSLError as error:
        raise NotFetched("could not prove who it is") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotFetched(f"could not be read ({type(error).__name__})") from error


def _fetch(url: str, *, private: bool, seconds: float) -> bytes:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return _file(parts)
    if parts.scheme == "webcal":
        parts = parts._replace(scheme="https")
    trusted = True
    for _ in range(MOST_REDIRECTS + 1):
        found = _get(parts, trusted=trusted or private, seconds=seconds)
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
        return _whole(iter(lambda: file.read(_CHUNK), b""))


def _get(parts: SplitResult, *, trusted: bool, seconds: float) -> bytes | str:
    """The body of what is there, or the address to which it has moved."""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotFetched("is neither on the web nor a file")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = address_of(parts.hostname, port, private=trusted)
    kind = Secure if parts.scheme == "https" else Pinned
    connection = kind(parts.hostname, port, address, seconds)
    try:
        path = parts._replace(scheme="", netloc="", fragment="", path=parts.path or "/").geturl()
        connection.request(
            "GET", path, headers={"Accept": "text/calendar", "User-Agent": "Passalong"}
        )
        with connection.getresponse() as answer:
            if answer.status in _MOVED and (location := answer.getheader("Location")):
                return location
            if answer.status != 200:
                raise NotFetched(f"answered {answer.status}")
            return _whole(_chunks(answer, time.monotonic() + seconds))
    finally:
        connection.close()


def _chunks(answer: http.client.HTTPResponse, deadline: float) -> Iterator[bytes]:
    while chunk := answer.read1(_CHUNK):
        if time.monotonic() > deadline:
            raise TimeoutError
        yield chunk


def _whole(chunks: Iterator[bytes]) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MOST_BYTES:
            raise NotFetched(f"is larger than {MOST_BYTES // 1_000_000} MB")
    return bytes(data)
