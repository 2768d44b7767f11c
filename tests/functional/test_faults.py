"""What stands behind the pages fails: the answer says when to try again, nothing is half-written,
and whoever tries again finds all as if nothing had failed.
"""

from __future__ import annotations

import errno
import resource
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest

from passalong.bundle import UnknownFormat
from passalong.endpoints import ENDPOINTS
from passalong.folder import Folder
from passalong.ledger.port import Ledger, Unavailable
from passalong.ledger.sqlite import SqliteLedger
from passalong.ledger.sqlite_store import Store
from passalong.mail.folder import FolderMailer, mails
from passalong.mail.port import Mail, MailUnavailable
from passalong.relay.deliver import Deliverer
from passalong.relay.run import deliver_due, read_new
from passalong.world import PageStore
from tests.calls import rows
from tests.desk import book, change, free, typed
from tests.programs import path_of, tree
from tests.worlds import Place, Said, a_world, ask

NAMES = [one.name for one in ENDPOINTS]
LATER = 7


class Fails:
    """A ledger whose n-th call fails, before it is done or after: nobody can tell which."""

    def __init__(self, ledger: Ledger, at: int, *, after: bool = False) -> None:
        self._ledger, self._at, self._after = ledger, at, after
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        step = getattr(self._ledger, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self.calls.append(name)
            fails = len(self.calls) == self._at
            if fails and not self._after:
                raise Unavailable("throttled", LATER)
            found = step(*arguments, **named)
            if fails:
                raise Unavailable("no answer in time", LATER)
            return found

        return call


class FullDisk:
    """A page store that takes so many pages, and then no more until there is room again."""

    def __init__(self, store: PageStore, room: int = 0) -> None:
        self.store, self.room = store, room

    def put(self, path: str, data: bytes) -> None:
        if self.room < 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= 1
        self.store.put(path, data)

    def remove(self, path: str) -> None:
        if self.room < 1:
            raise OSError(errno.EROFS, "Read-only file system")
        self.store.remove(path)


# --- Everything that pages ask for --------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    """A world in which r-1 has a meeting, so that there is something to change."""
    world = a_place(tmp_path)
    yield world
    world.ledger.close()


def a_place(folder: Path, ledger: Ledger | None = None) -> Place:
    folder.mkdir(exist_ok=True)
    world = a_world(folder, ledger)
    times = free(world, world.referee())
    assert book(world, world.referee(), times[0]).status == 201
    return world


def asked(world: Place, name: str, times: list[str], *, form: bool = False) -> Said:
    """What an endpoint answers to somebody who means it, with an id of their own."""
    token, fields = {
        "share": (world.advocate(), {"medium": "linkedin"}),
        "introductions": (world.advocate(), {"name": "Ida Lund", "company": "Fjord Foods"}),
        "status": (world.advocate(), {}),
        "preferences": (world.referee(), {"action": "remove"}),
        "visits": (world.share(), {"visible": "true"}),
        "slots": (world.share(), {}),
        "bookings": (world.share(), typed(world, times[1], email="ida@fjord.example", shown="1")),
        "bookings/change": (world.referee(), {"action": "reschedule", "start": times[2]}),
    }[name]
    return ask(world, name, token, form=form, **{"id": "mine", **fields})


def left(world: Place) -> tuple[dict[str, list[Any]], dict[str, bytes]]:
    """What is in the ledger and in the site."""
    ledger = rows(world.site.parent / "ledger.db")
    return ledger, tree(world.site)


def assert_try_again(said: Said, *, form: bool = False, later: int = LATER) -> None:
    assert (said.status, said.headers["retry-after"]) == (503, str(later))
    if form:
        assert said.title == "We cannot take this just now."
    else:
        assert said.headers["content-type"] == "application/problem+json"
        assert said.json["code"] == "unavailable"
        assert "Nothing was lost" in said.json["detail"]


# --- The ledger -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [False, True], ids=["program", "form"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", NAMES)
def test_whichever_call_to_the_ledger_fails_it_can_be_tried_again_and_is_done_once(
    name: str, after: bool, form: bool, tmp_path: Path
) -> None:
    plain = a_place(tmp_path / "plain")
    times = free(plain)
    expected = asked(plain, name, times, form=form)
    for number in count(1):
        world = a_place(tmp_path / f"{number}")
        before = left(world)
        failing = Fails(world.ledger, number, after=after)
        said = asked(replace(world, ledger=failing), name, times, form=form)
        if len(failing.calls) < number:
            break
        assert_try_again(said, form=form)
        assert before[1] == tree(world.site), "a page was made, and nobody was told"
        if number == 1 and not after:
            assert left(world) == before
        again = asked(world, name, times, form=form)
        assert (again.status, again.body) == (expected.status, expected.body)
        assert left(world) == left(plain)
    assert number > 1


@pytest.mark.parametrize("name", NAMES)
def test_a_locked_file_is_waited_for_and_then_given_up_with_nothing_written(
    name: str, tmp_path: Path
) -> None:
    world = a_place(tmp_path)
    times, path = free(world), tmp_path / "ledger.db"
    hasty = SqliteLedger(Store(path, busy_seconds=0.05), world.known().program.id)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    before = left(world)
    said = asked(replace(world, ledger=hasty), name, times)
    if name in ("status", "slots"):  # which only read: nobody stands in their way
        assert said.status == 200
    else:
        assert_try_again(said, later=5)
    assert left(world) == before
    other.execute("ROLLBACK")
    other.close()
    assert asked(replace(world, ledger=hasty), name, times).status < 300
    hasty.close()


@pytest.mark.parametrize("form", [False, True], ids=["program", "form"])
@pytest.mark.parametrize("name", NAMES)
def test_without_a_bundle_that_can_be_read_it_can_be_tried_again(
    name: str, form: bool, here: Place
) -> None:
    times, before = free(here), left(here)

    def unknown() -> Any:
        raise UnknownFormat("the bundle has format 9")

    said = asked(cast("Place", Blind(here, unknown)), name, times, form=form)
    assert_try_again(said, later=5)  # in plain English: its words are in the bundle
    assert left(here) == before


class Blind:
    """A place whose bundle functions cannot read, while the test still makes tokens by it."""

    def __init__(self, place: Place, known: Callable[[], Any]) -> None:
        self._place, self.known = place, known

    def __getattr__(self, name: str) -> Any:
        return getattr(self._place, name)


# --- The site -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["introductions", "bookings"])
def test_a_page_that_cannot_be_written_is_written_when_they_try_again(
    name: str, tmp_path: Path
) -> None:
    plain, world = a_place(tmp_path / "plain"), a_place(tmp_path / "full")
    times, before = free(plain), tree(world.site)
    expected = asked(plain, name, times)
    disk = FullDisk(world.pages)
    full = replace(world, pages=disk)
    assert_try_again(asked(full, name, times), later=5)
    assert tree(world.site) == before
    disk.room = 1
    again = asked(full, name, times)
    assert (again.status, again.body) == (expected.status, expected.body)
    assert left(world) == left(plain)


def test_a_page_that_cannot_be_taken_away_now_is_taken_away_by_the_relay(here: Place) -> None:
    page = path_of("referee", "r-1")
    stuck = replace(here, pages=FullDisk(here.pages))
    assert asked(stuck, "preferences", free(here)).status == 200
    assert page in tree(here.site)
    relay(here, Down(here))
    assert page not in tree(here.site)


def test_a_disk_that_is_full_in_the_middle_of_a_page_leaves_the_old_one(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put("p/x/index.html", b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            folder.put("p/x/index.html", b"new" * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert tree(tmp_path) == {"p/x/index.html": b"old"}


# --- Mail -----------------------------------------------------------------------------------------


class Down:
    """A mailer that is down until it is told to work."""

    def __init__(self, world: Place) -> None:
        self.folder, self.works = world.site.parent / "mail", False
        self._mailer = FolderMailer(self.folder, world.clock)

    def send(self, mail: Mail) -> None:
        if not self.works:
            raise MailUnavailable("the server does not answer")
        self._mailer.send(mail)


def relay(world: Place, mailer: Down) -> None:
    read_new(world.ledger, world.known().program.events_out)
    deliver_due(world.ledger, Deliverer(world, mailer), world.clock)


def test_with_mail_down_a_booking_stands_and_the_mail_goes_later_in_order(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    mailer, times = Down(world), free(world, world.referee())
    assert book(world, world.referee(), times[0]).status == 201
    relay(world, mailer)
    assert change(world, world.referee(), "reschedule", times[3]).status == 200
    relay(world, mailer)
    assert mails(mailer.folder) == []
    assert [event.type for event in world.events()] == ["booked", "rescheduled"]
    mailer.works = True
    relay(world, mailer)
    assert mails(mailer.folder) == []  # a moment later would be too soon
    for _ in range(20):
        world.time.wait(minutes=5)
        relay(world, mailer)
    subjects = [mail.subject for mail in reversed(mails(mailer.folder))]
    assert len(subjects) == len(set(subjects)) >= 4
    waiting = world.ledger.deliveries("waiting")
    assert {one.kind.partition(".")[2] for one in waiting} <= {"reminder", "outcome"}
    world.ledger.close()
