"""A calendar feed: fetched now and then, kept when it is down, never a way into our network."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from passalong.booking.feed import InMemory, Known, busy_times
from passalong.booking.fetch import NotFetched, fetch
from passalong.booking.ics import MOST_BYTES
from passalong.network import is_public
from passalong.program import Booking, Host

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOST = Host("jonas", "Jonas", "", "jonas@leeway.example", timezone="Europe/Berlin")
FEED = "https://calendar.leeway.example/secret-key/jonas.ics"
BOOKING = Booking((HOST,), busy_feed=FEED)
LUNCH = "BEGIN:VEVENT\nUID:1\nDTSTART:20261123T120000\nDURATION:PT1H\nEND:VEVENT\n"


def calendar(event: str = LUNCH) -> bytes:
    return f"BEGIN:VCALENDAR\n{event}END:VCALENDAR\n".encode()


class Feed:
    """A feed that gives what it is told to, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: bytes | Exception = calendar()

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Desk:
    """Somebody who wants to know when Jonas is busy."""

    def __init__(self) -> None:
        self.feed, self.readings = Feed(), InMemory()

    def ask(self, later: timedelta = timedelta(), host: Host = HOST) -> Known:
        return busy_times(
            BOOKING,
            host,
            "https://friends.leeway.example",
            now=NOW + later,
            fetch=self.feed,
            readings=self.readings,
        )


def lunch(known: Known) -> list[str]:
    return [f"{start:%a %H:%M}" for start, _ in known.spans]


def test_without_a_feed_nobody_is_busy() -> None:
    feed = Feed()
    known = busy_times(
        replace(BOOKING, busy_feed=""), HOST, "", now=NOW, fetch=feed, readings=InMemory()
    )
    assert (known, feed.asked) == (Known((), ""), [])


def test_a_feed_is_asked_every_few_minutes_and_not_more() -> None:
    desk = Desk()
    for minutes in (0, 1, 4):
        assert lunch(desk.ask(minutes * MINUTE)) == ["Mon 11:00"]
    assert len(desk.feed.asked) == 1
    desk.feed.answer = calendar("")
    assert lunch(desk.ask(5 * MINUTE)) == []
    assert desk.feed.asked == [FEED, FEED]


def test_a_feed_of_the_hosts_own_stands_in_the_place_of_the_programs() -> None:
    desk = Desk()
    own = replace(HOST, id="aoife", busy_feed="https://calendar.leeway.example/aoife.ics")
    assert lunch(desk.ask(host=own)) == lunch(desk.ask()) == ["Mon 11:00"]
    assert desk.feed.asked == [own.busy_feed, FEED]
    assert lunch(
        busy_times(
            replace(BOOKING, busy_feed=""), own, "", now=NOW, fetch=desk.feed, readings=InMemory()
        )
    ) == ["Mon 11:00"]


def test_each_host_has_busy_times_of_their_own() -> None:
    desk = Desk()
    elsewhere = replace(HOST, id="aoife", timezone="America/New_York")
    assert (lunch(desk.ask()), lunch(desk.ask(host=elsewhere))) == (["Mon 11:00"], ["Mon 17:00"])


@pytest.mark.parametrize("fault", [NotFetched("answered 503"), b"<html>Sign in", calendar()[:-9]])
def test_what_was_read_last_is_used_while_the_feed_is_down(fault: bytes | Exception) -> None:
    desk = Desk()
    desk.ask()
    desk.feed.answer = fault
    known = desk.ask(20 * MINUTE)
    assert lunch(known) == ["Mon 11:00"]
    assert "20 minutes ago" in known.log
    assert "calendar.leeway.example" in known.log
    assert "secret-key" not in known.log
    assert desk.ask(timedelta(hours=9)).log.endswith("9 hours ago is used")
    desk.feed.answer = calendar("")
    assert desk.ask(timedelta(hours=10)) == Known((), "")


def test_a_feed_that_is_down_is_not_asked_by_every_reader() -> None:
    desk = Desk()
    desk.feed.answer = NotFetched("did not answer in time")
    known = desk.ask()
    assert known.spans == ()
    assert known.log.endswith("it did not answer in time; none are known")
    assert desk.ask(MINUTE / 2) == Known((), "")
    assert len(desk.feed.asked) == 1
    desk.feed.answer = calendar()
    assert lunch(desk.ask(MINUTE)) == ["Mon 11:00"]


def test_while_one_reader_waits_for_the_feed_others_make_do_with_what_there_is() -> None:
    desk = Desk()
    desk.ask()
    meanwhile: list[Known] = []

    class Slow(Feed):
        def __call__(self, url: str) -> bytes:
            meanwhile.append(desk.ask(6 * MINUTE))
            return super().__call__(url)

    desk.feed = Slow()
    desk.ask(6 * MINUTE)
    assert ([lunch(known) for known in meanwhile], len(desk.feed.asked)) == ([["Mon 11:00"]], 1)


def test_entries_that_make_no_sense_are_told_to_the_log() -> None:
    desk = Desk()
    desk.feed.answer = calendar("BEGIN:VEVENT\nSUMMARY:Secret\nEND:VEVENT\n")
    assert desk.ask().log == (
        "busy times of host jonas from calendar.leeway.example: 1 entries make no sense"
    )


# --- Fetching ---------------------------------------------------------------------------------


class Site(ThreadingHTTPServer):
    """A web server on this machine; ``pages`` maps a path to a status, a header and a body."""

    pages: dict[str, tuple[int, str, bytes]]

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        status, location, body = self.server.pages.get(self.path, (404, "", b""))
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site(("127.0.0.1", 0), Handler)
    server.pages = {"/c.ics?key=1": (200, "", calendar())}
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def refusal(read: Callable[[], bytes]) -> str:
    with pytest.raises(NotFetched) as refused:
        read()
    return str(refused.value)


def test_a_calendar_is_got_from_the_web_or_from_a_file(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "my calendar.ics"
    file.write_bytes(calendar())
    assert fetch(site.url("/c.ics?key=1")) == calendar()
    assert fetch(file.as_uri()) == calendar()


def test_a_redirect_leads_anywhere_public_and_nowhere_else(site: Site, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"secret")
    site.pages |= {
        "/here": (302, "/c.ics?key=1", b""),
        "/name": (301, site.url("/c.ics?key=1", "localhost"), b""),
        "/file": (302, (tmp_path / "x").as_uri(), b""),
        "/loop": (307, "/loop", b""),
    }
    assert refusal(lambda: fetch(site.url("/here"))) == "leads into a private network"
    assert refusal(lambda: fetch(site.url("/name"))) == "leads into a private network"
    assert fetch(site.url("/here"), private=True) == calendar()
    assert "no address" in refusal(lambda: fetch(site.url("/file"), private=True))
    assert "without an end" in refusal(lambda: fetch(site.url("/loop"), private=True))


def test_what_is_no_answer_is_said_without_the_address(site: Site, tmp_path: Path) -> None:
    site.pages |= {"/500": (500, "", b""), "/big": (200, "", b"x" * (MOST_BYTES + 1))}
    (tmp_path / "big").write_bytes(b"x" * (MOST_BYTES + 1))
    assert refusal(lambda: fetch(site.url("/secret"))) == "answered 404"
    assert refusal(lambda: fetch(site.url("/500"))) == "answered 500"
    assert refusal(lambda: fetch(site.url("/big"))) == "answers with more than 10 MB"
    assert refusal(lambda: fetch((tmp_path / "big").as_uri())) == "is larger than 10 MB"
    for address in (tmp_path.as_uri(), "file:///dev/zero", "file://elsewhere/x", "file:///no/such"):
        assert "no file" in refusal(lambda address=address: fetch(address))  # type: ignore[misc]
    for address in ("ftp://a.example/", "data:,x", "", "https:///x", "http://[::1", "http://a:b/"):
        assert "secret" not in refusal(lambda address=address: fetch(address))  # type: ignore[misc]


def test_a_server_that_says_nothing_is_given_up() -> None:
    server = Site(("127.0.0.1", 0), Handler)  # listens, and nobody answers
    try:
        assert refusal(lambda: fetch(server.url("/"), seconds=0.05)) == "did not answer in time"
    finally:
        server.server_close()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - nothing listens here
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:7f00:1::", False),
    ],
)
def test_private_addresses_are_known_in_every_disguise(address: str, public: bool) -> None:
    assert is_public(address) is public
