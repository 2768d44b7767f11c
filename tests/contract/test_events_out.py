"""A receiver of events that fails for an hour: everything arrives, in order, and holds up nobody.

The receiver is a real server, the hour is not: the clock is the test's. On every storage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from passalong import receivers
from passalong.events import BOOKED, INTRODUCED, MET, QUALIFIED, WON, Event
from passalong.hooks import parsed
from passalong.ledger.port import Actor, Person
from passalong.mail.port import Mail
from passalong.program import Receiver as Named
from passalong.relay.deliver import Deliverer
from passalong.relay.run import deliver_due, read_new
from tests.contract.ledger_samples import NOON, Desk
from tests.receiver import SECRET, Receiver, a_receiver
from tests.worlds import Place, a_world

MINUTE = timedelta(minutes=1)
DOWN_FROM, DOWN_UNTIL, END = 10, 70, 140
WAYS_TO_FAIL: tuple[dict[str, Any], ...] = (
    {"status": 0},
    {"status": 500},
    {"status": 503},
    {"status": 503, "headers": {"Retry-After": "300"}},
    {"status": 204, "loses": True},
    {"status": 429, "headers": {"Retry-After": "30"}},
    {"status": 302, "headers": {"Location": "/elsewhere"}},
    {"status": 401},
)
STAGES = (INTRODUCED, BOOKED, MET, QUALIFIED, WON)


@dataclass
class Round:
    """The relay with a clock, and what came of each of its rounds."""

    place: Place
    desk: Desk
    mailed: dict[str, datetime] = field(default_factory=dict)

    def send(self, mail: Mail) -> None:
        self.mailed[mail.id.partition(".")[0]] = self.desk.clock.now

    def __call__(self) -> None:
        world = self.place
        read_new(world.ledger, world.known().program.events_out)
        deliver_due(world.ledger, Deliverer(world, self), self.desk.clock)


def a_round(tmp_path: Path, desk: Desk, *told: Receiver) -> Round:
    place = a_world(tmp_path, desk.ledger, program={"id": desk.program})
    known = place.known()
    names = ("crm", "other")[: len(told)]
    known.program = replace(
        known.program,
        events_out=tuple(
            Named(name, "webhook", one.url, receivers.STAGES, people=True)
            for name, one in zip(names, told, strict=True)
        ),
    )
    hooks = parsed("".join(f"out.{name}={SECRET}\n" for name in names), "the test")
    return Round(replace(place, clock=desk.clock, hooks=lambda: hooks), desk)


def happens(desk: Desk, referral: int, stage: str) -> Event:
    """An event of a referral comes in: a person with their introduction, the rest as it is."""
    person = f"in-{referral}"
    about = {"advocate": "a-1", "referee": person, "referral": f"ref-{referral}"}
    data = {"start": (desk.clock.now - MINUTE).isoformat(), "meeting": "m", "host": "jonas"}
    event = desk.event(stage, **about, data=data if stage == BOOKED else {})
    if stage == INTRODUCED:
        who = Person(person, "referee", "a-1", f"Ida {referral}", "introduction", desk.clock.now)
        desk.ledger.introduce(event, who, Actor("advocate:a-1"))
    else:
        desk.ledger.file(event)
    return event


def test_a_receiver_that_fails_for_an_hour_hears_of_everything_in_order(
    open_desk: Callable[[str], Desk], program: str, tmp_path: Path
) -> None:
    desk = open_desk(program)
    happened: list[Event] = []
    with a_receiver() as crm, a_receiver() as other:
        relay = a_round(tmp_path, desk, crm, other)
        heard: dict[str, datetime] = {}
        for minute in range(END):
            desk.clock.now = NOON + minute * MINUTE
            is_down = DOWN_FROM <= minute < DOWN_UNTIL
            fails = WAYS_TO_FAIL[minute % len(WAYS_TO_FAIL)] if is_down else {"status": 204}
            for name, value in ({"headers": {}, "loses": False} | fails).items():
                setattr(crm, name, value)
            if minute < 80 and minute % 3 == 0:
                number = minute // 3
                happened.append(happens(desk, number % 5, STAGES[min(number // 5, 4)]))
            relay()
            heard |= {one: desk.clock.now for one in other.ids if one not in heard}
        ids = [event.id for event in happened]
        during = [e.id for e in happened if DOWN_FROM <= (e.at - NOON) / MINUTE < DOWN_UNTIL]
        assert len(during) == 20

        assert set(crm.ids) == set(ids), "something was lost"
        assert len(crm.ids) > len(ids), "no answer was lost, so nothing went twice"
        assert in_order(happened, [one.id for one in crm.told])
        assert {one.json["data"]["person"]["name"] for one in crm.taken} == {
            f"Ida {number}" for number in range(5)
        }

        late = {event.id: heard[event.id] - event.at for event in happened}
        assert max(late.values()) <= MINUTE, "the other receiver waited for the one that is down"
        letters = {event.id: relay.mailed[event.id] for event in happened[:5]}
        assert all(letters[event.id] - event.at <= MINUTE for event in happened[:5])
        assert desk.ledger.deliveries("waiting") == []
        assert desk.ledger.deliveries("dead") == []


def in_order(happened: list[Event], told: list[str]) -> bool:
    """Whether what was told, repetitions included, never goes back within a referral."""
    place = {event.id: (event.referral, number) for number, event in enumerate(happened)}
    last: dict[str, int] = defaultdict(int)
    for one in told:
        referral, number = place[one]
        if number < last[referral]:
            return False
        last[referral] = number
    return True
