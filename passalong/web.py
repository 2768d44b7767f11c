"""Calls another system over HTTPS: one request, one answer, nothing followed and nothing kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol
from urllib.parse import urlsplit

from passalong.errors import PassalongError
from passalong.network import NotPublic, Pinned, Secure, address_of

if TYPE_CHECKING:
    import http.client
    from collections.abc import Mapping

MOST_BYTES: Final = 4_000_000
"""No answer that we ask for is longer, unless it is a calendar."""
_CHUNK: Final = 65_536


class NotReached(PassalongError):
    """There was no whole answer; the message is the end of a sentence, without the address."""


class Answer(NamedTuple):
    """What came back; headers have names in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}


class Call(Protocol):
    """One request."""

    def __call__(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        private: bool = True,
    ) -> Answer:
        """The answer, whatever its status. Raises NotReached.

        It goes to a server in a private network only if ``private``.
        """


def call(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    seconds: float = 8.0,
    *,
    private: bool = True,
    most: int = MOST_BYTES,
) -> Answer:
    """Asks ``url``, ``https:`` or ``http:``, and waits so long at most, for so many bytes at most.

    Raises NotReached.
    """
    import http.client  # noqa: PLC0415 - few calls of a function go to anybody else
    import ssl  # noqa: PLC0415

    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise NotReached("is no address on the web")
    kind = Secure if parts.scheme == "https" else Pinned
    try:
        port = parts.port or kind.default_port
        address = address_of(parts.hostname, port, private=private)
        connection = kind(parts.hostname, port, address, seconds)
        try:
            path = parts._replace(scheme="", netloc="", fragment="", path=parts.path or "/")
            told = {"User-Agent": "Passalong", **headers}
            connection.request(method, path.geturl(), body or None, told)
            with connection.getresponse() as answer:
                read = _whole(answer, time.monotonic() + seconds, most)
                named = {name.lower(): value for name, value in answer.getheaders()}
                return Answer(answer.status, read, named)
        finally:
            connection.close()
    except NotPublic as error:
        raise NotReached(str(error)) from error
    except TimeoutError as error:
        raise NotReached("did not answer in time") from error
    except ssl.SSLError as error:
        raise NotReached("could not prove who it is") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotReached(f"could not be reached ({type(error).__name__})") from error


def _whole(answer: http.client.HTTPResponse, deadline: float, most: int) -> bytes:
    data = bytearray()
    while chunk := answer.read1(_CHUNK):
        data += chunk
        if len(data) > most:
            raise NotReached(f"answers with more than {most // 1_000_000} MB")
        if time.monotonic() > deadline:
            raise TimeoutError
    return bytes(data)
