"""What other systems are told of events, and what follows from each of their answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from passalong.events import BOOKED, INTRODUCED, REMOVED, VISITED, WON, Event, Money
from passalong.hooks import parsed
from passalong.ledger.port import Actor, Delivery, Person
from passalong.mail.port import Mail
from passalong.program import Receiver as Named
from passalong.receivers import KIND, STAGES, TOLD
from passalong.relay.deliver import Deliverer
from passalong.relay.follows import follows
from passalong.relay.run import PAUSES, deliver_due, read_new, replay
from passalong.web import Answer, NotReached, call
from tests.receiver import SECRET, Receiver, a_receiver
from tests.worlds import NOON, Place, a_world

SLACK = "https://hooks.slack.com/services/T0/B0/key"
CRM = Named("crm", "webhook", "https://crm.example.com/hooks", STAGES, people=True)
SALES = Named("sales", "slack", "", STAGES, people=True)


@dataclass
class Wire:
    """The network: what it answers, what was asked of it."""

    answers: Callable[[str], Answer | Exception] = lambda _url: Answer(200, b"")
    asked: list[tuple[str, Mapping[str, str], bytes, bool]] = field(default_factory=list)

    def __call__(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        private: bool = True,
    ) -> Answer:
        assert method == "POST"
        self.asked.append((url, headers, body, private))
        answer = self.answers(url)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, _, body, _ in self.asked]

    def says(self, status: int, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers = lambda _url: Answer(status, b"", named)


@dataclass
class Relay:
    """A program with receivers, and rounds of the relay whose clock the test sets."""

    place: Place
    wire: Wire
    mailed: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def tells(self, *receivers: Named) -> None:
        known = self.place.known()
        known.program = replace(known.program, events_out=receivers)

    def knows(self, *lines: str) -> None:
        hooks = parsed("\n".join(lines), "the test")
        self.place = replace(self.place, hooks=lambda: hooks)

    def send(self, mail: Mail) -> None:
        self.mailed.append(mail.id)

    def happens(self, kind: str = WON, **values: Any) -> Event:
        number = next(self.numbers)
        about = {"advocate": "a-1", "referee": "r-1", "referral": f"ref-{number}"} | values
        event = Event(f"e{number}", self.place.known().program.id, kind, self.place.time(), **about)
        self.place.ledger.file(event)
        return event

    def books(self, **values: Any) -> None:
        """Somebody of the lists says who they are."""
        event = self.happens("asked")
        given = {"email": "tomas@kestrel.example", "role": "COO"} | values
        person = Person("r-1", "referee", "a-1", "Tomas Berg", "booking", event.at, **given)
        booked = replace(event, id="booked", type=BOOKED, data={"start": event.at.isoformat()})
        self.place.ledger.book(booked, None, person, Actor("referee:r-1"))

    def round(self, **wait: float) -> list[Delivery]:
        """A round, some time later; what is still to be told after it."""
        self.place.time.wait(**wait)
        world = self.place
        read_new(world.ledger, world.known().program.events_out)
        deliver_due(world.ledger, Deliverer(world, self), world.clock)
        waiting = world.ledger.deliveries("waiting")
        return [one for one in waiting if one.kind.startswith(KIND)]

    def dead(self) -> list[Delivery]:
        return list(self.place.ledger.deliveries("dead"))


@pytest.fixture
def relay(tmp_path: Path) -> Relay:
    wire = Wire()
    made = Relay(replace(a_world(tmp_path), call=wire), wire)
    made.knows(f"out.crm={SECRET}", f"out.sales={SLACK}")
    made.tells(CRM)
    return made


# --- Who is told, and what ----------------------------------------------------------------------


def test_a_webhook_says_what_happened_and_who_it_was(relay: Relay) -> None:
    relay.books()
    data = {"deal": "77", "source": "crm"}
    relay.happens(medium="linkedin", amount=Money(1_200_000, "EUR"), data=data)
    assert relay.round() == []
    url, headers, body, private = relay.wire.asked[-1]
    assert (url, private) == (CRM.url, False)
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {
        "id": "e2",
        "type": "won",
        "version": 1,
        "occurred_at": "2026-11-24T12:00:00Z",
        "data": {
            "program": "leeway",
            "advocate": "a-1",
            "referee": "r-1",
            "referral": "ref-2",
            "medium": "linkedin",
            "deal": "77",
            "source": "crm",
            "amount": {"minor": 1_200_000, "currency": "EUR"},
            "person": {
                "name": "Tomas Berg",
                "email": "tomas@kestrel.example",
                "company": "Kestrel Ferries",
                "role": "COO",
            },
        },
    }


def test_without_people_there_are_ids_and_codes_only(relay: Relay) -> None:
    relay.tells(replace(CRM, people=False))
    relay.books()
    relay.happens()
    relay.round()
    assert "person" not in relay.wire.bodies[-1]["data"]
    assert b"Tomas" not in b"".join(body for _, _, body, _ in relay.wire.asked)


def remove(relay: Relay, person: str = "r-1") -> None:
    event = Event(f"gone-{person}", "leeway", REMOVED, relay.place.time(), "a-1", person)
    relay.place.ledger.remove(event, person)


@pytest.mark.parametrize("person", ["r-1", "everywhere"])
def test_nothing_is_told_of_who_was_removed_but_that_they_are_to_be_forgotten(
    relay: Relay, person: str
) -> None:
    holders = relay.place.known().holders
    relay.books()
    relay.happens()
    remove(relay, holders.who("Tomas Berg", "Kestrel Ferries") if person != "r-1" else person)
    relay.round()
    assert {one["type"] for one in relay.wire.bodies} == {"booked", "won", "removed"}
    assert not any("person" in one["data"] for one in relay.wire.bodies)


def test_of_who_was_revoked_nothing_is_told_either(relay: Relay) -> None:
    relay.books()
    event = Event("away", "leeway", "revoked", relay.place.time(), "a-1", "r-1")
    relay.place.ledger.revoke(event, "referee:r-1")
    relay.round()
    assert [("person" in one["data"]) for one in relay.wire.bodies] == [False]


def test_a_receiver_is_told_of_the_types_it_names_and_of_nothing_declined() -> None:
    def told(kind: str, classification: str = "", **receiver: Any) -> list[str]:
        data = {"start": NOON.isoformat()}
        event = Event("e", "leeway", kind, NOON, classification=classification, data=data)
        found = follows(event, [replace(CRM, people=False, **receiver)])
        return [one.id for one in found if one.kind == "hook.crm"]

    assert [kind for kind in TOLD if told(kind)] == list(STAGES)
    assert told(VISITED, types=(VISITED,)) == ["e.hook.crm"]
    assert told(WON, types=(VISITED,)) == []
    assert told(INTRODUCED, "declined") == []
    assert told(INTRODUCED, "review") == ["e.hook.crm"]


# --- Slack --------------------------------------------------------------------------------------


def test_slack_reads_a_sentence_in_the_programs_language(relay: Relay) -> None:
    relay.tells(SALES)
    relay.books()
    relay.happens(amount=Money(1_200_000, "EUR"))
    relay.round()
    (_, _, _, _), (url, headers, body, _) = relay.wire.asked
    assert (url, set(headers)) == (SLACK, {"Content-Type"})
    said = "Won: Tomas Berg, Kestrel Ferries, introduced by Maria Lindqvist."
    assert json.loads(body) == {
        "text": said,
        "blocks": [
            {"type": "section", "text": {"type": "plain_text", "text": said, "emoji": False}},
            {
                "type": "context",
                "elements": [
                    {"type": "plain_text", "text": "€12,000 · ref-2", "emoji": False},
                ],
            },
        ],
    }


def test_without_people_slack_reads_no_name(relay: Relay) -> None:
    relay.tells(replace(SALES, people=False))
    relay.books()
    relay.round()
    assert relay.wire.bodies[0]["text"] == "Meeting booked: somebody, introduced by an advocate."


def test_a_name_calls_nobody_on_slack(relay: Relay) -> None:
    relay.tells(SALES)
    relay.books(company="<!channel> & Co")
    relay.round()
    (said,) = relay.wire.bodies
    assert "&lt;!channel&gt; &amp; Co" in said["text"]
    assert said["blocks"][0]["text"]["type"] == "plain_text"


@pytest.mark.parametrize("kind", TOLD)
def test_there_is_a_sentence_for_whatever_can_be_told(relay: Relay, kind: str) -> None:
    relay.tells(replace(SALES, types=(kind,)))
    relay.happens(kind, data={"start": NOON.isoformat()})
    assert relay.round() == []
    assert relay.wire.bodies[0]["text"].endswith(".")


# --- Answers ------------------------------------------------------------------------------------


def test_whoever_wants_no_more_is_told_no_more_until_somebody_replays_it(relay: Relay) -> None:
    relay.wire.says(410)
    event = relay.happens()
    relay.round()
    (dead,) = relay.dead()
    assert (dead.attempts, "410" in dead.error) == (1, True)
    relay.wire.says(200)
    assert relay.round(days=3) == []
    assert len(relay.wire.asked) == 1
    replay(relay.place.ledger, [dead.id], relay.place.clock)
    relay.round()
    assert [one["id"] for one in relay.wire.bodies] == [event.id, event.id]
    assert relay.dead() == []


@pytest.mark.parametrize(
    ("status", "said"), [(301, "no redirect"), (404, "404"), (500, "500"), (503, "503")]
)
def test_any_other_answer_is_tried_again_for_days(relay: Relay, status: int, said: str) -> None:
    relay.wire.says(status, location="https://elsewhere.example/")
    relay.happens()
    for pause in PAUSES:
        (waiting,) = relay.round()
        assert said in waiting.error
        assert waiting.next_at == relay.place.time() + pause
        relay.place.time.now = waiting.next_at
    assert relay.round() == []
    assert {url for url, *_ in relay.wire.asked} == {CRM.url}
    assert len(relay.wire.asked) == len(PAUSES) + 1
    (dead,) = relay.dead()
    assert CRM.url not in dead.error


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asks", "wait"),
    [
        ("600", timedelta(minutes=10)),
        ("Tue, 24 Nov 2026 12:20:00 GMT", timedelta(minutes=20)),
        ("5", PAUSES[0]),
        ("9999999", timedelta(days=1)),
        ("soon", PAUSES[0]),
        ("-7", PAUSES[0]),
    ],
)
def test_who_asks_for_time_gets_it_within_reason(
    relay: Relay, status: int, asks: str, wait: timedelta
) -> None:
    relay.wire.says(status, retry_after=asks)
    relay.happens()
    (waiting,) = relay.round()
    assert waiting.next_at - NOON == wait


def test_who_asks_for_time_is_asked_nothing_else_meanwhile(relay: Relay) -> None:
    relay.wire.says(503, retry_after="600")
    for _ in range(3):
        relay.happens()
    waiting = relay.round()
    assert len(relay.wire.asked) == 1
    assert [one.attempts for one in waiting] == [1, 0, 0]
    assert {one.next_at - NOON for one in waiting} == {timedelta(minutes=10)}
    relay.wire.says(200)
    assert relay.round(minutes=10) == []


def test_who_is_down_is_asked_once_a_round_and_holds_up_nobody(relay: Relay) -> None:
    down: Answer | Exception = NotReached("did not answer in time")
    relay.wire.answers = lambda url: down if "crm" in url else Answer(200, b"")
    relay.tells(CRM, SALES)
    for _ in range(450):
        relay.happens()
    who = Person("in-x", "referee", "a-1", "Ida Lund", "introduction", NOON)
    about = {"advocate": "a-1", "referee": "in-x"}
    last = Event("last", "leeway", INTRODUCED, NOON + timedelta(seconds=1), **about)  # type: ignore[arg-type]
    relay.place.ledger.introduce(last, who, Actor("advocate:a-1"))
    assert len(relay.round(seconds=2)) == 451
    asked = [url for url, *_ in relay.wire.asked]
    assert (asked.count(CRM.url), asked.count(SLACK)) == (1, 451)
    assert "last.advocate.introduced" in relay.mailed
    down = Answer(200, b"")
    assert len(relay.round(minutes=1)) == 0


def test_an_event_that_a_receiver_cannot_take_does_not_hold_up_its_others(relay: Relay) -> None:
    poison = relay.happens()
    relay.happens()

    def answers(_url: str) -> Answer:
        is_poison = relay.wire.bodies[-1]["id"] == poison.id
        return Answer(500 if is_poison else 200, b"")

    relay.wire.answers = answers
    (waiting,) = relay.round()
    assert waiting.event == poison.id


def test_letters_go_before_other_systems_are_told(relay: Relay) -> None:
    order: list[str] = []
    relay.wire.answers = lambda _url: order.append("told") or Answer(200, b"")  # type: ignore[func-returns-value]
    relay.mailed = order
    for number in range(3):
        about = {"advocate": "a-1", "referee": f"in-{number}", "referral": f"ref-{number}"}
        event = Event(f"i{number}", "leeway", INTRODUCED, NOON, **about)  # type: ignore[arg-type]
        who = Person(about["referee"], "referee", "a-1", "Ida Lund", "introduction", NOON)
        relay.place.ledger.introduce(event, who, Actor("advocate:a-1"))
    relay.round()
    assert order[3:] == ["told"] * 3


# --- What is missing ----------------------------------------------------------------------------


@pytest.mark.parametrize("receiver", [CRM, SALES])
def test_without_its_secret_nothing_is_told_and_it_is_said_which(
    relay: Relay, receiver: Named
) -> None:
    relay.tells(receiver)
    relay.knows("conversions=" + SECRET)
    relay.happens()
    (waiting,) = relay.round()
    assert f"out.{receiver.name}=" in waiting.error
    assert relay.wire.asked == []
    relay.knows(f"out.crm={SECRET}", f"out.sales={SLACK}")
    assert relay.round(minutes=1) == []


def test_a_secret_address_is_not_told_in_clear(relay: Relay) -> None:
    relay.tells(SALES)
    relay.knows("out.sales=http://hooks.slack.com/services/T0/B0/key")
    relay.happens()
    (waiting,) = relay.round()
    assert relay.wire.asked == []
    assert "services" not in waiting.error


def test_what_waits_for_somebody_who_is_no_receiver_any_more_is_seen(relay: Relay) -> None:
    relay.wire.says(500)
    relay.happens()
    relay.round()
    relay.tells()
    assert relay.round(hours=1) == []
    assert [one.error for one in relay.dead()] == ["Hopeless: program.toml has no receiver crm"]


@pytest.mark.parametrize(
    ("url", "private", "may"),
    [
        (CRM.url, False, False),
        (CRM.url, True, True),
        ("http://127.0.0.1:9/", False, True),
        ("http://localhost:9/", False, True),
        ("https://127.0.0.1.example.com/", False, False),
    ],
)
def test_a_private_network_is_for_who_says_so(
    relay: Relay, url: str, private: bool, may: bool
) -> None:
    relay.tells(replace(CRM, url=url, private=private))
    relay.happens()
    relay.round()
    assert [one[3] for one in relay.wire.asked] == [may]


# --- Over a real wire ---------------------------------------------------------------------------


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as made:
        yield made


def test_a_real_receiver_can_check_who_tells_it(relay: Relay, receiver: Receiver) -> None:
    relay.place = replace(relay.place, call=call)
    relay.tells(replace(CRM, url=receiver.url))
    relay.books()
    event = relay.happens()
    assert relay.round() == []
    assert receiver.ids == ["booked", event.id]
    at = datetime.fromtimestamp(int(receiver.told[0].headers["webhook-timestamp"]), NOON.tzinfo)
    assert at == relay.place.time()


def test_a_private_address_is_not_called(receiver: Receiver) -> None:
    with pytest.raises(NotReached, match="private network"):
        call("POST", receiver.url, {}, b"{}", private=False)
    assert receiver.told == []
    assert call("POST", receiver.url, {}, b"{}").status == 204
