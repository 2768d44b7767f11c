"""Requests over a real connection: whatever is sent is answered, and the next one is not mixed up.

The server echoes: its one function answers with the method, the path and the body.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infra.local.gateway import LARGEST, Answer, Request
from infra.local.site import make_server

PATIENCE = 0.5
MEGABYTE = 1024 * 1024


class Nothing:
    """A preview without anything to show."""

    version = 1

    def wait(self, seen: int) -> dict[str, object]:
        return {"version": seen, "problems": (), "warnings": ()}

    def everybody(self) -> str:
        return "<body></body>"

    def mail(self, path: str) -> None:
        return None

    def reload_script(self) -> bytes:
        return b""


def echo(request: Request) -> Answer:
    said = {"method": request.method, "target": request.target, "size": len(request.body)}
    text = json.dumps(said | {"body": request.body[:1000].decode("latin-1")})
    return Answer(200, [("content-type", "application/json"), ("x-echo", "1")], text.encode())


@contextmanager
def serving(folder: Path, patience: float) -> Iterator[int]:
    server = make_server(folder, Nothing(), 0, echo, patience)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text("<!doctype html><body>home</body>")
    (folder / "404.html").write_text("<!doctype html><body>nothing here</body>")
    return folder


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    with serving(folder, 30.0) as found:
        yield found


@pytest.fixture(scope="module")
def hasty(folder: Path) -> Iterator[int]:
    """A server that waits for half a second only."""
    with serving(folder, PATIENCE) as found:
        yield found


class Talk:
    """One connection, byte by byte."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, *parts: bytes) -> Talk:
        for part in parts:
            self.socket.sendall(part)
        return self

    def hear(self, method: str = "POST") -> tuple[HTTPResponse, bytes]:
        """The next answer, whole."""
        answer = HTTPResponse(self.socket, method=method)
        answer.begin()
        return answer, answer.read()

    def is_over(self) -> bool:
        """Whether the server ended the connection, with nothing more to say."""
        return self.socket.recv(1) == b""


def post(*headers: str, path: str = "/api/echo", method: str = "POST") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode(
        "latin-1"
    )


def cut_up(body: bytes, cuts: list[int]) -> Iterator[bytes]:
    """The body in pieces of these sizes, and what is left of it."""
    for cut in cuts:
        if body[:cut]:
            yield body[:cut]
        body = body[cut:]
    if body:
        yield body


def said(body: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(body)
    return found


# --- Bodies -----------------------------------------------------------------------------------


@given(body=st.binary(max_size=600), cuts=st.lists(st.integers(1, 200), max_size=6))
def test_a_body_is_read_by_its_length_or_in_chunks(port: int, body: bytes, cuts: list[int]) -> None:
    with Talk(port) as talk:
        talk.send(post(f"Content-Length: {len(body)}"), body)
        by_length = said(talk.hear()[1])
        framed = [b"%X ;ext=1\r\n%s\r\n" % (len(piece), piece) for piece in cut_up(body, cuts)]
        talk.send(post("Transfer-Encoding: chunked"), *framed, b"0\r\nTrailer: 1\r\n\r\n")
        in_chunks = said(talk.hear()[1])
    assert by_length == in_chunks
    assert by_length["body"] == body.decode("latin-1")


def test_no_length_is_no_body(port: int) -> None:
    with Talk(port) as talk:
        assert said(talk.send(post()).hear()[1])["size"] == 0
        assert said(talk.send(post("Content-Length: 000")).hear()[1])["size"] == 0


def test_ten_megabytes_are_taken_and_a_byte_more_is_not(port: int) -> None:
    whole = b"x" * LARGEST
    with Talk(port) as talk:
        assert (
            said(talk.send(post(f"Content-Length: {LARGEST}"), whole).hear()[1])["size"] == LARGEST
        )
    for refused in (
        [post(f"Content-Length: {LARGEST + 1}"), whole, b"x"],
        [post("Transfer-Encoding: chunked"), b"%x\r\n%s\r\n" % (LARGEST, whole), b"1\r\nx\r\n"],
        [post(f"Content-Length: {'9' * 5000}"), b"x" * MEGABYTE],
        [post("Transfer-Encoding: chunked"), b"fffffffffffffff\r\n", b"x" * MEGABYTE],
    ):
        with Talk(port) as talk:
            answer, body = talk.send(*refused).hear()
            assert (answer.status, said(body)) == (413, {"message": "Request Entity Too Large"})
            assert answer.headers["Connection"] == "close"
            assert talk.is_over()


def test_a_sender_that_waits_to_be_asked_is_asked_only_for_what_is_taken(port: int) -> None:
    with Talk(port) as talk:
        talk.send(post("Content-Length: 2", "Expect: 100-continue"))
        assert talk.socket.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert said(talk.send(b"ok").hear()[1])["body"] == "ok"
    with Talk(port) as talk:
        talk.send(post(f"Content-Length: {LARGEST + 1}", "Expect: 100-continue"))
        assert talk.hear()[0].status == 413


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (["Content-Length: -1"], b"", 400),
        (["Content-Length: +1"], b"x", 400),
        (["Content-Length: 1_0"], b"x" * 10, 400),
        (["Content-Length: 0x10"], b"", 400),
        (["Content-Length: ¹"], b"x", 400),
        (["Content-Length: "], b"", 400),
        (["Content-Length: 1, 1"], b"x", 400),
        (["Content-Length: 1", "Content-Length: 2"], b"xx", 400),
        (["Content-Length: 3", "Transfer-Encoding: chunked"], b"0\r\n\r\n", 400),
        (["Transfer-Encoding: gzip"], b"x", 501),
        (["Transfer-Encoding: gzip, chunked"], b"0\r\n\r\n", 501),
        (["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], b"0\r\n\r\n", 501),
        (["Transfer-Encoding: chunked"], b"no\r\n", 400),
        (["Transfer-Encoding: chunked"], b"-1\r\n", 400),
        (["Transfer-Encoding: chunked"], b"2\r\nabcd\r\n", 400),
        (["Transfer-Encoding: chunked"], b"2\nab\n0\n\n", 400),
        (["Transfer-Encoding: chunked"], b"1;" + b"x" * 2000 + b"\r\n", 400),
        (["Transfer-Encoding: chunked"], b"0\r\n" + b"a: b\r\n" * 200, 431),
        (["no colon", "Content-Length: 1"], b"x", 400),
        (["bad name: 1", "Content-Length: 1"], b"x", 400),
        ([": no name"], b"", 400),
        (["From here", "Content-Length: 1"], b"x", 400),
        ([f"A{n}: 1" for n in range(200)], b"", 431),
        (["A: " + "x" * 70_000], b"", 431),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_the_connection_ends(
    headers: list[str], body: bytes, status: int, port: int
) -> None:
    with Talk(port) as talk:
        answer, text = talk.send(post(*headers), body).hear()
        assert answer.status == status
        assert said(text).keys() == {"message"}
        assert talk.is_over()


def test_a_body_that_ends_early_is_refused(port: int) -> None:
    for framing in ("Content-Length: 10", "Transfer-Encoding: chunked"):
        with Talk(port) as talk:
            talk.send(post(framing), b"5\r\nab").socket.shutdown(socket.SHUT_WR)
            assert talk.hear()[0].status == 400


def test_a_multipart_form_that_names_no_boundary_is_read_like_any_other_body(port: int) -> None:
    with Talk(port) as talk:
        talk.send(post("Content-Type: multipart/form-data", "Content-Length: 3"), b"abc")
        assert said(talk.hear()[1])["body"] == "abc"


# --- First lines ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n", 400),
        (b"POST\r\n", 400),
        (b"POST /api/echo\r\n", 400),
        (b"POST /api/echo HTTP/1.1 twice\r\n", 400),
        (b"POST /api/echo HTTQ/1.1\r\n", 400),
        (b"POST /api/echo HTTP/2.0\r\n\r\n", 505),
        (b"\r\n\r\n\r\n", 400),
        (b"POST /" + b"x" * 70_000, 414),
        (b"BREW /api/echo HTTP/1.1\r\n\r\n", 501),
        (b"TRACE /api/echo HTTP/1.1\r\n\r\n", 501),
    ],
)
def test_a_first_line_that_means_nothing_is_refused(line: bytes, status: int, port: int) -> None:
    with Talk(port) as talk:
        answer, body = talk.send(line).hear()
        assert answer.status == status
        assert said(body).keys() == {"message"}
        assert talk.is_over()


@pytest.mark.parametrize(
    "line", [b"GET /\r\n", b"GET / HTTP/0.9\r\n\r\n", b"\r\nGET / HTTP/1.0\r\n\r\n"]
)
def test_an_old_browser_gets_a_page(line: bytes, port: int) -> None:
    with Talk(port) as talk:
        talk.send(line).socket.shutdown(socket.SHUT_WR)
        answer, body = talk.hear("GET")
        assert (answer.status, b"home" in body) == (200, True)


@settings(max_examples=200)
@given(junk=st.binary(min_size=1, max_size=200), whole=st.booleans())
@example(junk=b"POST /api/echo HTTP/1.1\r\n\x00: \xff\r\n\r\n", whole=True)
@example(junk=b"GET  HTTP/1.1\r\n\r\n", whole=True)
def test_whatever_is_sent_has_an_answer_without_a_traceback(
    port: int, junk: bytes, whole: bool
) -> None:
    with Talk(port) as talk:
        talk.send(b"POST /api/echo HTTP/1.1\r\n" + junk if whole else junk)
        talk.socket.shutdown(socket.SHUT_WR)
        heard = b""
        while more := talk.socket.recv(65536):
            heard += more
    assert heard.startswith(b"HTTP/1.1 ")
    assert b"Traceback" not in heard
    assert b" 500 " not in heard


# --- Slow clients -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "begun",
    [
        b"POST /api",
        b"POST /api/echo HTTP/1.1\r\nHost:",
        post("Content-Length: 10") + b"abc",
        post("Transfer-Encoding: chunked") + b"5\r\nabc",
    ],
)
def test_a_request_that_does_not_go_on_is_given_up(begun: bytes, hasty: int) -> None:
    with Talk(hasty) as talk:
        answer, body = talk.send(begun).hear()
        assert (answer.status, said(body)) == (408, {"message": "Request Timeout"})
        assert talk.is_over()


def test_a_request_that_comes_byte_by_byte_gets_no_more_time(hasty: int) -> None:
    ended = threading.Event()

    def drip(talk: Talk) -> None:
        while not ended.wait(0.02):
            try:
                talk.send(b"x")
            except OSError:
                return

    with Talk(hasty) as talk:
        talk.send(post("Content-Length: 100000"))
        dripping = threading.Thread(target=drip, args=(talk,))
        dripping.start()
        assert talk.hear()[0].status == 408
        ended.set()
        dripping.join()


def test_slow_clients_keep_nobody_waiting(port: int) -> None:
    slow = [Talk(port).send(post("Content-Length: 10")) for _ in range(50)]
    with Talk(port) as talk:
        assert talk.send(post()).hear()[0].status == 200
    for one in slow:
        one.socket.close()


# --- One connection, many requests ------------------------------------------------------------


def test_requests_on_one_connection_are_told_apart(port: int) -> None:
    with Talk(port) as talk:
        talk.send(post("Content-Length: 3"), b"one")
        assert said(talk.hear()[1])["body"] == "one"
        talk.send(post(path="/", method="GET"))
        assert talk.hear("GET")[0].status == 200
        talk.send(post("Content-Length: 5") + b"three")
        assert said(talk.hear()[1])["body"] == "three"


def test_requests_that_come_together_are_answered_in_their_order(port: int) -> None:
    with Talk(port) as talk:
        talk.send(post("Content-Length: 3") + b"one" + post("Content-Length: 3") + b"two")
        talk.send(post("Connection: close", "Transfer-Encoding: chunked") + b"0\r\n\r\n")
        heard = b""
        while more := talk.socket.recv(65536):
            heard += more
    assert re.findall(rb'"body": "(\w*)"', heard) == [b"one", b"two", b""]


@pytest.mark.parametrize("framing", ["Content-Length: 40", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_body_that_a_page_does_not_want_is_never_taken_for_a_request(
    method: str, framing: str, port: int
) -> None:
    with Talk(port) as talk:
        talk.send(post(framing, method=method, path="/"), b"GET /api/smuggled HTTP/1.1\r\n\r\n")
        answer, _ = talk.hear(method)
        assert answer.status == (200 if method == "GET" else 405)
        assert answer.headers["Connection"] == "close"
        assert talk.is_over()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_pages_can_only_be_read(method: str, port: int) -> None:
    with Talk(port) as talk:
        answer, _ = talk.send(post(path="/", method=method)).hear(method)
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
        assert talk.send(post(path="/", method="GET")).hear("GET")[0].status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/echo", "/api/", "/api/a/b?c=%20d", "/%61pi/echo"])
def test_functions_get_every_method_and_every_path_below_api(
    method: str, path: str, port: int
) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body=b"abc")
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert (answer.status, answer.headers["X-Echo"]) == (200, "1")
    if method != "HEAD":
        assert said(body) == {"method": method, "target": path, "size": 3, "body": "abc"}


def test_many_at_once_each_get_their_own_answer(port: int) -> None:
    wrong: list[object] = []

    def ask(number: int) -> None:
        with Talk(port) as talk:
            for turn in range(20):
                text = b"%d-%d" % (number, turn)
                answer = talk.send(post(f"Content-Length: {len(text)}"), text).hear()
                if said(answer[1])["body"] != text.decode():
                    wrong.append(answer)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
