"""The relay as AWS calls it: by a stream that repeats, reorders and fails, by the clock, by SES."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions import relay
from infra.local.gateway import Context
from passalong.bundle import UnknownFormat
from passalong.events import BOOKED, INTRODUCED, SHARED, Event
from passalong.ledger.dynamodb_items import packed
from passalong.ledger.port import Actor, Delivery, NotFound, Person, Unavailable
from passalong.ledger.records import written
from passalong.mail.port import Mail, MailUnavailable
from passalong.relay.run import PAUSES, replay
from tests.worlds import NOON, Place, a_world


@dataclass
class Post:
    """A mailer that keeps what it is handed, or is down."""

    down: bool = False
    sent: list[Mail] = field(default_factory=list)

    def send(self, mail: Mail) -> None:
        if self.down:
            raise MailUnavailable("the mail server is away")
        self.sent.append(mail)

    @property
    def ids(self) -> list[str]:
        return [mail.id for mail in self.sent]


@dataclass
class Relay:
    """The function, over a world whose clock a test sets."""

    place: Place
    post: Post
    call: Callable[[dict[str, Any], Any], dict[str, Any]]

    def stream(self, *records: dict[str, Any], seconds: float = 60.0) -> list[str]:
        """What is asked for again of a batch."""
        answer = self.call({"Records": list(records)}, context(seconds))
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    def clock(self, **wait: float) -> None:
        """The clock's call, some time later."""
        self.place.time.wait(**wait)
        assert self.call({"do": "deliver"}, context()) == {}

    def waiting(self) -> list[str]:
        return [one.id for one in self.place.ledger.deliveries("waiting")]

    def dead(self) -> Sequence[Delivery]:
        return self.place.ledger.deliveries("dead")


def context(seconds: float = 60.0) -> Context:
    return Context("request-1", "relay", 512, time.monotonic() + seconds)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Relay:
    place, post = a_world(tmp_path), Post()
    monkeypatch.setattr(relay, "now", place.clock)
    return Relay(place, post, relay.make(lambda: place, lambda: post))


def introduced(here: Relay, number: int) -> Event:
    """An introduction, in the ledger; what follows is one letter of thanks to the advocate."""
    about: dict[str, Any] = {
        "advocate": "a-1",
        "referee": f"i-{number}",
        "referral": f"ref-{number}",
    }
    program, at = here.place.known().program.id, here.place.time()
    event = Event(f"e-{number}", program, INTRODUCED, at, **about)
    who = Person(about["referee"], "referee", "a-1", "Ida Lund", "introduction", at)
    here.place.ledger.introduce(event, who, Actor("advocate:a-1"))
    return event


def poison(here: Relay, number: int) -> Event:
    """A booking that does not say when it is: nobody can tell what follows."""
    return Event(f"e-{number}", here.place.known().program.id, BOOKED, here.place.time())


_numbers = itertools.count(1)


def record(event: Event | None, name: str = "INSERT", **image: Any) -> dict[str, Any]:
    """A record of the table's stream, as Lambda hands it over."""
    number = next(_numbers)
    item = {"pk": "p", "sk": "-", "log": "all", "record": written(event) if event else "{"} | image
    return {
        "eventID": f"{number:032x}",
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "SequenceNumber": f"{number:025d}",
            "StreamViewType": "NEW_IMAGE",
            "NewImage": packed(item),
        },
    }


# --- The stream -------------------------------------------------------------------------------


def test_what_follows_from_a_batch_is_done_at_once(here: Relay) -> None:
    assert here.stream(*(record(introduced(here, n)) for n in range(3))) == []
    assert sorted(here.post.ids) == [f"e-{n}.advocate.introduced" for n in range(3)]
    assert here.waiting() == []


@pytest.mark.parametrize("seed", range(20))
def test_records_may_come_in_any_order_and_any_number_of_times(here: Relay, seed: int) -> None:
    lots = random.Random(seed)
    events = [introduced(here, n) for n in range(6)]
    batch = [record(event) for event in events for _ in range(lots.randint(1, 3))]
    lots.shuffle(batch)
    cut = lots.randint(0, len(batch))
    assert here.stream(*batch[:cut]) == here.stream(*batch[cut:]) == []
    here.clock(minutes=5)
    assert sorted(here.post.ids) == [f"e-{n}.advocate.introduced" for n in range(6)]


def test_a_poison_record_in_the_middle_holds_up_nobody(here: Relay) -> None:
    batch = [introduced(here, 1), introduced(here, 2), poison(here, 3), introduced(here, 4)]
    assert here.stream(*map(record, batch)) == []
    assert here.post.ids == [f"e-{n}.advocate.introduced" for n in (1, 2, 4)]
    assert here.waiting() == ["e-3.event"]


def test_a_record_that_cannot_even_be_read_holds_up_nobody(here: Relay) -> None:
    batch = [record(introduced(here, 1)), record(None), record(introduced(here, 2))]
    assert here.stream(*batch) == []
    assert here.post.ids == ["e-1.advocate.introduced", "e-2.advocate.introduced"]
    assert here.waiting() == [f"stream-{batch[1]['eventID']}.event"]
    assert here.stream(batch[1]) == []
    assert len(here.waiting()) == 1


def test_what_follows_from_poison_dies_after_days_and_can_be_replayed(here: Relay) -> None:
    here.stream(record(poison(here, 3)))
    for pause in PAUSES:
        assert here.dead() == []
        here.clock(seconds=pause.total_seconds() + 100)
    (dead,) = here.dead()
    assert (dead.id, dead.attempts, dead.error) == ("e-3.event", len(PAUSES) + 1, "KeyError")
    replay(here.place.ledger, [dead.id], here.place.clock)
    assert here.waiting() == ["e-3.event"]


def test_once_the_cause_is_mended_a_replay_does_what_follows(
    here: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        for module in ("run", "deliver"):
            broken.setattr(f"passalong.relay.{module}.follows", lambda _: 1 / 0)
        here.stream(record(replace(introduced(here, 1), id="e-x")))
        assert here.waiting() == ["e-x.event"]
    here.clock(minutes=5)
    here.clock(minutes=5)
    assert "e-x.advocate.introduced" in here.post.ids


def test_what_the_ledger_cannot_take_is_asked_for_again_and_only_that(
    here: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = here.place.ledger
    batch = [record(introduced(here, n)) for n in range(4)]

    class Failing:
        def __getattr__(self, name: str) -> Any:
            return getattr(ledger, name)

        def expect(self, deliveries: Sequence[Delivery]) -> None:
            if deliveries[0].event == "e-2":
                raise Unavailable("throttled")
            ledger.expect(deliveries)

    failing = relay.make(lambda: replace(here.place, ledger=Failing()), lambda: here.post)
    answer = failing({"Records": batch}, context())
    number = batch[2]["dynamodb"]["SequenceNumber"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": number}]}
    assert here.stream(*batch[2:]) == []  # Lambda sends it again with all that came after
    assert sorted(here.post.ids) == [f"e-{n}.advocate.introduced" for n in range(4)]


def test_only_new_events_have_consequences(here: Relay) -> None:
    event = introduced(here, 1)
    removed = record(event, "REMOVE")
    del removed["dynamodb"]["NewImage"]
    delivery = record(event)
    del delivery["dynamodb"]["NewImage"]["log"]
    quiet = record(replace(event, type=SHARED))
    assert here.stream(record(event, "MODIFY"), removed, delivery, quiet) == []
    assert (here.post.ids, here.waiting()) == ([], [])


def test_an_event_whose_writer_s_clock_is_ahead_is_done_at_once_all_the_same(here: Relay) -> None:
    event = introduced(here, 1)
    here.stream(record(replace(event, at=event.at + timedelta(seconds=3))))
    assert here.post.ids == ["e-1.advocate.introduced"]


# --- The clock --------------------------------------------------------------------------------


def test_the_clock_comes_for_what_failed(here: Relay) -> None:
    here.post.down = True
    here.stream(record(introduced(here, 1)))
    here.post.down = False
    here.clock(minutes=4)
    assert here.post.ids == ["e-1.advocate.introduced"]


def test_the_clock_leaves_to_the_stream_what_has_just_come(here: Relay) -> None:
    about = {"advocate": "a-1", "referee": "i-1"}
    one = Delivery("e-1.x", "e-1", "advocate.introduced", "ref-1", NOON, data=about)
    here.place.ledger.expect([one])
    here.clock(seconds=60)
    assert here.waiting() == ["e-1.x"]
    here.clock(seconds=60)
    assert here.waiting() == []


def test_before_anything_is_published_nothing_fails_and_what_came_in_goes_out_later(
    here: Relay,
) -> None:
    def none() -> Place:
        raise UnknownFormat("there is no bundle")

    early = relay.make(none, lambda: here.post)
    asked = {"Records": [record(introduced(here, 1))]}
    assert early(asked, context()) == {"batchItemFailures": []}
    assert early({"do": "deliver"}, context()) == early({"do": "forget"}, context()) == {}
    here.clock(minutes=5)
    assert here.post.ids == ["e-1.advocate.introduced"]


def test_the_stream_leaves_to_the_clock_what_is_not_of_its_records(here: Relay) -> None:
    here.post.down = True
    here.stream(record(introduced(here, 1)))
    here.post.down = False
    here.place.time.wait(hours=1)
    here.stream(record(introduced(here, 2)))
    assert here.post.ids == ["e-2.advocate.introduced"]


def test_the_clock_comes_for_what_the_stream_never_brought(here: Relay) -> None:
    introduced(here, 1)
    here.clock(minutes=5)
    assert here.post.ids == ["e-1.advocate.introduced"]


def test_nothing_is_begun_that_could_be_cut_off(here: Relay) -> None:
    here.stream(record(introduced(here, 1)), seconds=9)
    waiting = ["e-1.advocate.introduced", "e-1.whom.note"]
    assert (here.post.ids, sorted(here.waiting())) == ([], waiting)
    here.clock(minutes=5)
    assert here.post.ids == ["e-1.advocate.introduced"]


def test_how_many_are_dead_is_a_figure_of_its_own(
    here: Relay, capsys: pytest.CaptureFixture[str]
) -> None:
    here.clock()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (figures,) = [line for line in lines if "_aws" in line]
    assert (figures["Dead"], figures["Delivered"], figures["service"]) == ([0.0], [0.0], "relay")


# --- What comes back --------------------------------------------------------------------------


def came_back(kind: str, how: dict[str, Any], mail: Mail | None = None) -> dict[str, Any]:
    """What EventBridge brings from SES."""
    headers = [{"name": "Subject", "value": "Thank you"}]
    if mail:
        headers.append({"name": "List-Unsubscribe", "value": f"<{mail.unsubscribe}>"})
    return {
        "source": "aws.ses",
        "detail-type": "Email Bounced",
        "detail": {
            "eventType": kind,
            kind.lower(): how,
            "mail": {
                "messageId": "0102",
                "destination": ["somebody@nordhavn.example"],
                "headers": headers,
                "tags": {"delivery": [mail.id if mail else "e-9.host.booked"]},
            },
        },
    }


@pytest.mark.parametrize(
    ("kind", "how", "said"),
    [
        ("Complaint", {"complaintFeedbackType": "abuse"}, "Complaint abuse"),
        ("Complaint", {}, "Complaint"),
        ("Bounce", {"bounceType": "Permanent", "bounceSubType": "NoEmail"}, "Bounce NoEmail"),
    ],
)
def test_an_advocate_whose_mail_came_back_gets_no_more_of_it(
    here: Relay, kind: str, how: dict[str, Any], said: str
) -> None:
    here.stream(record(introduced(here, 1)))
    (mail,) = here.post.sent
    assert here.call(came_back(kind, how, mail), context()) == {}
    standing = here.place.ledger.standing(["advocate:a-1"])["advocate:a-1"]
    assert standing.preferences == {"stop": "yes"}
    (note,) = here.dead()
    assert (note.id, note.error) == ("e-1.advocate.introduced.returned", said)
    assert "nordhavn" not in written(note)


def test_mail_that_may_arrive_yet_is_nothing_to_note(here: Relay) -> None:
    here.call(came_back("Bounce", {"bounceType": "Transient"}), context())
    assert here.dead() == []


def test_a_host_s_mail_that_came_back_is_noted_and_seen_to_by_a_replay(here: Relay) -> None:
    back = came_back("Bounce", {"bounceType": "Permanent", "bounceSubType": "General"})
    here.call(back, context())
    here.call(back, context())
    (note,) = here.dead()
    replay(here.place.ledger, [note.id], here.place.clock)
    here.clock(minutes=5)
    assert (here.dead(), here.waiting(), here.post.ids) == ([], [], [])
    with pytest.raises(NotFound):
        replay(here.place.ledger, [note.id], here.place.clock)


# --- Forgetting -------------------------------------------------------------------------------


def test_the_daily_call_only_forgets(here: Relay) -> None:
    here.post.down = True
    here.stream(record(introduced(here, 1)))
    here.post.down = False
    here.place.time.wait(hours=5)
    assert here.call({"do": "forget"}, context()) == {}
    assert here.post.ids == []
