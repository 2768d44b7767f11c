"""Requests as they come over the wire: whole or refused, in time, and never half read.

http.server reads the first line and the headers; here is what it leaves open. A body comes with its
length or in chunks (RFC 9112), and is read up to a limit. A request has some seconds to arrive, all
of it. Whatever is wrong is answered as API Gateway answers; after that, or where a body was not
read, the connection ends, for nobody knows where the next request would begin.
"""

from __future__ import annotations

import contextlib
import email.errors
import io
import re
import socket
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from infra.local.gateway import refusal
from passalong.errors import PassalongError

if TYPE_CHECKING:
    from collections.abc import Iterable

_IDLE = 60.0
"""Seconds that a connection is kept between two requests."""
_LINGER = 2.0
"""Seconds in which a sender may notice that it was refused, and read why."""
_LONGEST_LINE = 65536
_LONGEST_SIZE = 1024
_TRAILERS = 100
_DIGITS = re.compile(r"[0-9]+")
_HEX = re.compile(rb"[0-9a-fA-F]{1,15}")
_FAULTS = (
    email.errors.FirstHeaderLineIsContinuationDefect,
    email.errors.InvalidHeaderDefect,
    email.errors.MisplacedEnvelopeHeaderDefect,
    email.errors.MissingHeaderBodySeparatorDefect,
)
"""Header lines at which the standard library stops reading; the rest it takes for a body."""
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Malformed(PassalongError):
    """A request that cannot be read on; ``status`` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(HTTPStatus(status).phrase)
        self.status = status


class Wire(BaseHTTPRequestHandler):
    """One connection. ``dispatch`` is what a subclass does with a request."""

    patience = 10.0
    """Seconds that a request has to arrive, and that a reader may pause."""
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # so that an unreadable first line gets a real answer
    server_version = "Passalong"
    wbufsize = -1
    disable_nagle_algorithm = True

    def dispatch(self) -> None:
        """Answers the request, by one call of ``send``."""
        raise NotImplementedError

    def setup(self) -> None:
        """Reads through a clock."""
        super().setup()
        self.rfile.close()
        self._incoming = _Incoming(self.connection)
        self.rfile = self._reader = io.BufferedReader(self._incoming)

    def handle_one_request(self) -> None:
        """Reads one request and answers it."""
        self._unread = self._waits = self._answered = False
        try:
            self._incoming.allow(_IDLE)
            if not self._reader.peek(1):
                self.close_connection = True
                return
            self._incoming.allow(self.patience)
            self._read_and_answer()
            self.wfile.flush()
        except (TimeoutError, ConnectionError):
            self.close_connection = True  # nobody asks, or nobody reads
        if self.close_connection:
            self._linger()

    def _read_and_answer(self) -> None:
        try:
            if self._read_head():
                self.dispatch()
        except Malformed as fault:
            self.send_error(fault.status)
        except TimeoutError:
            if self._answered:
                raise
            self.send_error(HTTPStatus.REQUEST_TIMEOUT)

    def _read_head(self) -> bool:
        """Reads the first line and the headers; False if they were refused. Raises Malformed."""
        self.command = self.requestline = ""
        self.request_version = self.default_request_version
        line = self._reader.readline(_LONGEST_LINE + 1)
        if not line.strip():  # RFC 9112, section 2.2: an empty line before it is nothing
            line = self._reader.readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            raise Malformed(HTTPStatus.REQUEST_URI_TOO_LONG)
        self.raw_requestline = line if line.decode("latin-1").strip() else b"?"
        if not self.parse_request():
            return False
        self._unread = self._has_body()
        if any(isinstance(defect, _FAULTS) for defect in self.headers.defects):
            raise Malformed(HTTPStatus.BAD_REQUEST)
        if self.command not in _METHODS:
            raise Malformed(HTTPStatus.NOT_IMPLEMENTED)
        return True

    def handle_expect_100(self) -> bool:
        """The sender waits to be asked for the body: ``body`` asks."""
        self._waits = True
        return True

    def send(self, status: int, headers: Iterable[tuple[str, str]], data: bytes) -> None:
        """Sends the one answer to this request; HEAD gets it without the body."""
        self._answered = True
        self.close_connection |= self._unread
        if self.request_version == "HTTP/0.9":
            self.request_version = self.default_request_version  # to which headers may be sent
        self.connection.settimeout(self.patience)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def send_error(self, code: int, *_: Any, **__: Any) -> None:
        """Refuses in a few words, without repeating what was sent, and ends the connection."""
        self._unread = True
        answer = refusal(code, HTTPStatus(code).phrase)
        self.send(code, [*answer.headers, ("cache-control", "no-store")], answer.body)

    def log_message(self, *_: object) -> None:
        """Nothing: an address is somebody's private page."""

    # --- Bodies -------------------------------------------------------------------------------

    def body(self, limit: int) -> bytes:
        """The body of the request. Raises Malformed, also where it has more than ``limit`` bytes,
        and TimeoutError."""
        chunked = self._chunked()
        length = 0 if chunked else self._length(limit)
        if self._waits:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        data = self._chunks(limit) if chunked else self._exactly(length)
        self._unread = False
        return data

    def _has_body(self) -> bool:
        return "transfer-encoding" in self.headers or self.headers.get("content-length", "0") != "0"

    def _chunked(self) -> bool:
        codings = ",".join(self.headers.get_all("transfer-encoding", [])).strip().lower()
        if not codings:
            return False
        if codings != "chunked":
            raise Malformed(HTTPStatus.NOT_IMPLEMENTED)
        if "content-length" in self.headers or self.request_version == "HTTP/1.0":
            raise Malformed(HTTPStatus.BAD_REQUEST)  # somebody before us may have read it otherwise
        return True

    def _length(self, limit: int) -> int:
        first, *more = {text.strip() for text in self.headers.get_all("content-length", ["0"])}
        if more or not _DIGITS.fullmatch(first):
            raise Malformed(HTTPStatus.BAD_REQUEST)
        return _within(limit, first.lstrip("0"))

    def _exactly(self, length: int) -> bytes:
        data = self._reader.read(length)
        if len(data) < length:
            raise Malformed(HTTPStatus.BAD_REQUEST)
        return data

    def _chunks(self, limit: int) -> bytes:
        """RFC 9112, section 7.1; extensions and trailers mean nothing here."""
        data = bytearray()
        while size := self._chunk_size():
            if len(data) + size > limit:
                raise Malformed(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            data += self._exactly(size)
            if self._exactly(2) != b"\r\n":
                raise Malformed(HTTPStatus.BAD_REQUEST)
        for _ in range(_TRAILERS):
            if not self._line(_LONGEST_LINE):
                return bytes(data)
        raise Malformed(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _chunk_size(self) -> int:
        digits = self._line(_LONGEST_SIZE).partition(b";")[0].rstrip(b" \t")
        if not _HEX.fullmatch(digits):
            raise Malformed(HTTPStatus.BAD_REQUEST)
        return int(digits, 16)

    def _line(self, longest: int) -> bytes:
        line = self._reader.readline(longest + 2)
        if not line.endswith(b"\r\n"):
            raise Malformed(HTTPStatus.BAD_REQUEST)
        return line[:-2]

    def _linger(self) -> None:
        """Lets a sender finish: a socket that is closed on unread bytes takes its answer back."""
        if not self._unread:
            return
        with contextlib.suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            self._incoming.allow(_LINGER)
            while self._reader.read1(1 << 16):
                pass


def _within(limit: int, digits: str) -> int:
    """The number in decimal ``digits``, if it is no larger than the limit."""
    if len(digits) > len(str(limit)) or int(digits or 0) > limit:
        raise Malformed(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(digits or 0)


class _Incoming(io.RawIOBase):
    """What a socket receives, until the time is up: then TimeoutError."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._until = 0.0

    def allow(self, seconds: float) -> None:
        """From now on, so many seconds are left."""
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)
