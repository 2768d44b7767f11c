"""What follows from events: who is written to, in which order, and what if mail is down."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

import icalendar
import pytest

from passalong.bundle import load
from passalong.events import (
    BOOKED,
    CANCELLED,
    INTRODUCED,
    PREFERRED,
    REMOVED,
    RESCHEDULED,
    Event,
)
from passalong.folder import Folder
from passalong.known import Known
from passalong.ledger import open_ledger
from passalong.ledger.port import Actor, Ledger, Meeting, NotFound, Person
from passalong.mail.folder import FolderMailer
from passalong.mail.port import Mail, MailRefused, MailUnavailable
from passalong.relay.deliver import Deliverer
from passalong.relay.retention import forget_old
from passalong.relay.run import PAUSES, deliver_due, read_new, replay
from passalong.world import World
from tests.programs import BASE_URL, Made, files, holders, keys, write

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
START = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
HOST, REFEREE, ADVOCATE = (
    "jonas.petersen@leeway.example",
    "tomas@kestrel.example",
    "a-1@nordhavn.example",
)
FIRM = "hello@leeway.example"


@dataclass
class Desk:
    """A program whose events are written by hand, with its relay and a mailbox."""

    world: World
    folder: Path
    now: datetime = NOW
    down: Exception | None = None
    sent: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    meeting: Meeting = field(
        default_factory=lambda: Meeting(
            "m-1",
            "ref-1",
            "r-1",
            "a-1",
            "jonas",
            START,
            START + timedelta(minutes=25),
            "Europe/Oslo",
        )
    )

    @property
    def ledger(self) -> Ledger:
        return self.world.ledger

    def send(self, mail: Mail) -> None:
        if self.down:
            raise self.down
        self.sent.append(mail.to.email)
        FolderMailer(self.folder, lambda: self.now).send(mail)

    def event(self, kind: str, **values: Any) -> Event:
        about = {"advocate": "a-1", "referee": "r-1", "referral": "ref-1"} | values
        return Event(f"e-{next(self.numbers)}", "leeway", kind, self.now, **about)

    def book(self, **person: Any) -> None:
        given = {"email": REFEREE, "company": "Kestrel Ferries", "note": "Is there parking?"}
        who = Person("r-1", "referee", "a-1", "Tomas Berg", "booking", self.now, **given | person)
        data = {"meeting": "m-1", "host": "jonas", "start": self.meeting.start.isoformat()}
        self.ledger.book(self.event(BOOKED, data=data), self.meeting, who, Actor("referee:r-1"))

    def move(self, start: datetime) -> None:
        before = self.meeting
        self.meeting = replace(
            before, start=start, end=start + timedelta(minutes=25), sequence=before.sequence + 1
        )
        data = {"meeting": "m-1", "host": "jonas", "start": start.isoformat()}
        event = self.event(RESCHEDULED, data=data)
        self.ledger.reschedule(event, before, self.meeting, Actor("referee:r-1"))

    def cancel(self) -> None:
        data = {"meeting": "m-1", "host": "jonas", "start": self.meeting.start.isoformat()}
        self.ledger.cancel(self.event(CANCELLED, data=data), self.meeting, Actor("referee:r-1"))

    def relay(self) -> list[tuple[str, EmailMessage]]:
        """One round; the mails of it, by the address that they go to, in their order."""
        before = {*self.folder.glob("*.eml")}
        read_new(self.ledger, self.world.known().program.events_out)
        deliver_due(self.ledger, Deliverer(self.world, self), lambda: self.now)
        new = sorted({*self.folder.glob("*.eml")} - before)
        mails = [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in new]
        return [(_address(mail), mail) for mail in mails]


def _address(mail: Any) -> str:
    return str(mail["To"].addresses[0].addr_spec)


def invitation(mail: EmailMessage) -> tuple[str, Any]:
    """The method and the event of a mail's calendar part."""
    part = next(p for p in mail.walk() if p.get_content_type() == "text/calendar")
    calendar = icalendar.Calendar.from_ical(part.get_content())
    return str(calendar["METHOD"]), calendar.walk("VEVENT")[0]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("relay")
    made = Made(folder / "content", folder / "out", folder / "var")
    write(made.content, files())
    made.build(bundle=made.var / "bundle.json")
    return (made.var / "bundle.json").read_bytes()


@pytest.fixture
def desk(tmp_path: Path, bundle: bytes) -> Iterator[Desk]:
    known = Known(load(bundle), keys(), holders().signer)
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", program="leeway")
    world = World(
        ledger,
        lambda: known,
        Folder(tmp_path / "site"),
        BASE_URL,
        b"secret",
        lambda: NOW,
        lambda: "id",
        lambda _: (),
    )
    (tmp_path / "mail").mkdir()
    yield Desk(world, tmp_path / "mail")
    ledger.close()


# --- A meeting --------------------------------------------------------------------------------


def test_a_booking_invites_both_and_thanks_the_advocate(desk: Desk) -> None:
    desk.book()
    mails = dict(desk.relay())
    assert {*mails} == {REFEREE, HOST, ADVOCATE}
    for reader in REFEREE, HOST:
        method, event = invitation(mails[reader])
        assert method == "REQUEST"
        assert event["UID"] == "m-1@friends.leeway.example"
        assert event.decoded("DTSTART") == START
    assert not [p for p in mails[ADVOCATE].walk() if p.get_content_type() == "text/calendar"]


def test_the_host_reads_who_introduced_whom_in_which_words(desk: Desk) -> None:
    desk.book(reason="Her gate has our old trouble.")
    text = dict(desk.relay())[HOST].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    for said in "Maria Lindqvist", "Her gate has our old trouble.", "Is there parking?", REFEREE:
        assert said in text


def test_the_advocate_hears_a_first_name_and_no_more(desk: Desk) -> None:
    desk.book(reason="Her gate has our old trouble.")
    mail = dict(desk.relay())[ADVOCATE].as_string()
    assert "Tomas" in mail
    for secret in "Berg", REFEREE, "parking", "10:00", "11:00":
        assert secret not in mail


def test_a_moved_meeting_is_the_same_event_in_every_calendar(desk: Desk) -> None:
    desk.book()
    first = invitation(dict(desk.relay())[REFEREE])[1]
    desk.move(START + timedelta(days=1))
    mails = dict(desk.relay())
    assert {*mails} == {REFEREE, HOST}
    method, event = invitation(mails[REFEREE])
    assert (method, event["UID"]) == ("REQUEST", first["UID"])
    assert event["SEQUENCE"] > first["SEQUENCE"]
    assert event.decoded("DTSTART") == START + timedelta(days=1)


def test_a_cancelled_meeting_leaves_every_calendar(desk: Desk) -> None:
    desk.book()
    desk.relay()
    desk.cancel()
    mails = dict(desk.relay())
    assert {*mails} == {REFEREE, HOST}
    assert {invitation(mail)[0] for mail in mails.values()} == {"CANCEL"}


def test_a_meeting_that_was_moved_before_any_mail_left_is_announced_as_it_is(desk: Desk) -> None:
    desk.book()
    desk.move(START + timedelta(days=1))
    starts = [invitation(m)[1].decoded("DTSTART") for to, m in desk.relay() if to != ADVOCATE]
    assert starts == [START + timedelta(days=1)] * 2


def test_both_are_reminded_a_day_before(desk: Desk) -> None:
    desk.book()
    desk.relay()
    desk.now = START - timedelta(days=1, minutes=1)
    assert desk.relay() == []
    desk.now = START - timedelta(days=1)
    assert {to for to, _ in desk.relay()} == {REFEREE, HOST}


def test_nobody_is_reminded_of_a_meeting_that_is_cancelled_or_elsewhere(desk: Desk) -> None:
    desk.book()
    desk.move(START + timedelta(days=7))
    desk.relay()
    desk.now = START - timedelta(days=1)
    assert desk.relay() == []
    desk.cancel()
    desk.relay()
    desk.now = START + timedelta(days=6)
    assert desk.relay() == []


def test_a_referee_may_ask_for_silence(desk: Desk) -> None:
    desk.ledger.prefer(desk.event(PREFERRED), {"silent": "yes"}, Actor("referee:r-1"))
    desk.book()
    assert {to for to, _ in desk.relay()} == {REFEREE, HOST}


def test_an_advocate_who_said_stop_gets_no_letters(desk: Desk) -> None:
    desk.ledger.prefer(desk.event(PREFERRED), {"stop": "yes"}, Actor("advocate:a-1"))
    desk.book()
    assert {to for to, _ in desk.relay()} == {REFEREE, HOST}


def test_the_host_hears_that_somebody_who_was_removed_does_not_come(desk: Desk) -> None:
    desk.book()
    desk.relay()
    desk.cancel()
    desk.ledger.remove(desk.event(REMOVED), "r-1", Actor("referee:r-1"))
    ((to, mail),) = desk.relay()
    assert to == HOST
    assert invitation(mail)[0] == "CANCEL"
    assert REFEREE not in mail.as_string()
    assert "Tomas" not in mail.as_string()


# --- An introduction --------------------------------------------------------------------------


def introduce(desk: Desk, **values: Any) -> None:
    person = Person("in-x", "referee", "a-1", "Ana Ruiz", "introduction", desk.now)
    desk.ledger.introduce(
        desk.event(INTRODUCED, referee="in-x", **values), person, Actor("advocate:a-1")
    )


def test_an_introduction_is_thanked_for_with_the_link_to_send(desk: Desk) -> None:
    introduce(desk)
    ((to, mail),) = desk.relay()
    assert to == ADVOCATE
    assert f"{BASE_URL}/p/{keys().key('referee', 'in-x')}/" in mail.as_string().replace("=\n", "")


def test_thanks_can_be_ended_by_one_press(desk: Desk) -> None:
    introduce(desk)
    ((_, mail),) = desk.relay()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.match(rf"<{BASE_URL}/api/unsubscribe/[\w.-]+>", mail["List-Unsubscribe"])


def test_an_introduction_under_review_is_the_firms_to_look_at(desk: Desk) -> None:
    introduce(desk, classification="review")
    assert [to for to, _ in desk.relay()] == [FIRM]


def test_a_declined_introduction_is_nobodys_mail(desk: Desk) -> None:
    introduce(desk, classification="declined")
    assert desk.relay() == []


# --- Mail that fails --------------------------------------------------------------------------


def test_the_relay_may_run_twice_and_nothing_goes_twice(desk: Desk) -> None:
    desk.book()
    assert len(desk.relay()) == 3
    desk.ledger.advance("relay", "")
    assert desk.relay() == []


def test_mail_that_is_down_goes_later_and_in_order(desk: Desk) -> None:
    desk.down = MailUnavailable("the server is away")
    desk.book()
    assert desk.relay() == []
    assert desk.ledger.meeting_of("r-1") is not None
    desk.down, desk.now = None, desk.now + PAUSES[0]
    desk.relay()
    assert desk.sent == [REFEREE, HOST, ADVOCATE]


def test_what_fails_for_days_is_dead_and_can_be_played_again(desk: Desk) -> None:
    desk.down = MailUnavailable("the server is away")
    introduce(desk)
    for pause in (timedelta(0), *PAUSES):
        desk.now += pause
        desk.relay()
    (dead,) = desk.ledger.deliveries("dead")
    assert "server is away" in dead.error
    desk.down = None
    desk.now += timedelta(days=9)
    assert desk.relay() == []
    replay(desk.ledger, [dead.id], lambda: desk.now)
    assert [to for to, _ in desk.relay()] == [ADVOCATE]


def test_mail_that_will_never_go_is_dead_at_once_and_holds_nothing_back(desk: Desk) -> None:
    desk.down = MailRefused("there is no such mailbox")
    introduce(desk)
    desk.relay()
    assert len(desk.ledger.deliveries("dead")) == 1
    desk.down = None
    desk.book()
    assert len(desk.relay()) == 3


def test_only_what_is_dead_can_be_played_again(desk: Desk) -> None:
    with pytest.raises(NotFound):
        replay(desk.ledger, ["e-1.host.booked"], lambda: desk.now)


# --- People who go ----------------------------------------------------------------------------


def test_who_was_removed_has_no_page_and_gets_no_mail(desk: Desk) -> None:
    path = f"p/{keys().key('referee', 'r-1')}/index.html"
    desk.world.pages.put(path, b"a page")
    desk.book()
    desk.ledger.remove(desk.event(REMOVED), "r-1", Actor("referee:r-1"))
    assert REFEREE not in dict(desk.relay())
    assert not (Path(desk.world.pages.root) / path).exists()  # type: ignore[attr-defined]


def test_a_page_that_nobody_opens_goes_after_the_programs_time(desk: Desk) -> None:
    introduce(desk)
    path = f"p/{keys().key('referee', 'in-x')}/index.html"
    desk.world.pages.put(path, b"a page")
    assert forget_old(desk.world, NOW + timedelta(days=59)) == 0
    assert forget_old(desk.world, NOW + timedelta(days=61)) == 1
    assert not (Path(desk.world.pages.root) / path).exists()  # type: ignore[attr-defined]
    assert list(desk.ledger.people()) == []


def test_people_are_forgotten_after_the_programs_time(desk: Desk) -> None:
    desk.book()
    met = desk.meeting.end
    assert forget_old(desk.world, met + timedelta(days=729)) == 0
    assert forget_old(desk.world, met + timedelta(days=731)) == 1
    assert list(desk.ledger.people()) == []
    assert len(desk.ledger.events_of("a-1")) == 2


def test_a_meeting_that_did_not_take_place_keeps_nobody(desk: Desk) -> None:
    desk.book()
    desk.cancel()
    assert forget_old(desk.world, NOW + timedelta(days=731)) == 1
