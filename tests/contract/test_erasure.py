"""All that is held on somebody, and nothing of it once they are erased: on every storage."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from passalong.conversions.told import HOOK, Keys, Told, told_in, waiting
from passalong.errors import Stop
from passalong.events import BOOKED, CANCELLED, INTRODUCED, PREFERRED, REMOVED, WON
from passalong.exports.erasure import Eraser
from passalong.exports.person import about, find, subjects_of
from passalong.ledger.port import Actor, NotFound
from passalong.people import Advocate, People, Referee
from tests.contract.ledger_samples import HOUR, NOON, Desk, a_meeting, a_person

KEYS = Keys(b"a secret")
BOX = "tomas@kestrel.example"


def an_advocate(person: str, email: str) -> Advocate:
    blank = dict.fromkeys(Advocate._fields[:-1], "")
    return Advocate(**blank | {"id": person, "name": "Maria Lind", "email": email}, line=7)


def a_referee(person: str, name: str, company: str) -> Referee:
    blank = dict.fromkeys(Referee._fields[:-1], "")
    given = {"id": person, "advocate": "maria", "name": name, "company": company}
    return Referee(**blank | given, line=3)


PEOPLE = People(
    [an_advocate("maria", "maria@nordhavn.example"), an_advocate("twin", "")],
    [a_referee("in-list", "Tomas Berg", "Kestrel Ferries GmbH"), a_referee("twin", "T. Win", "")],
    (),
    (),
)


def happens(desk: Desk) -> None:
    """Tomas booked by Maria, was introduced by Vera too, and a CRM told of his deal."""
    actor, meeting = Actor("referee:tomas"), a_meeting(NOON + 48 * HOUR)
    known = {"email": BOX, "company": "Kestrel Ferries", "phone": "+49 40 1", "note": "Parking?"}
    desk.ledger.book(desk.event(BOOKED, referee="tomas"), meeting, a_person(**known), actor)
    other = a_person("by-vera", advocate="vera", company="Kestrel Ferries")
    event = desk.event(INTRODUCED, referee="by-vera", advocate="vera")
    desk.ledger.introduce(event, other, Actor("advocate:vera"))
    ana = a_person("ana", name="Ana", company="Kestrel Ferries", email="ana@kestrel.example")
    desk.ledger.introduce(desk.event(INTRODUCED, referee="ana"), ana, Actor("advocate:maria"))
    desk.ledger.prefer(desk.event(PREFERRED), {"silent": "yes"}, actor)
    boxes = KEYS.mailboxes([BOX, "ana@kestrel.example"])
    told = Told(HOOK, "r-1", "closedwon", NOON, external="77", mailboxes=boxes)
    desk.ledger.expect([waiting(told, NOON)])
    desk.ledger.settle(replace(waiting(told, NOON), state="held"))
    desk.clock.forward(minutes=1)


def found(desk: Desk, wanted: str = BOX) -> list[Any]:
    return find(PEOPLE, desk.ledger, wanted)


def erase(desk: Desk, wanted: str = BOX) -> int:
    ids = count(1)
    eraser = Eraser(
        desk.ledger,
        desk.program,
        {one.row.id: getattr(one.row, "advocate", "") for one in found(desk, wanted)},
        desk.clock,
        lambda: f"erased-{next(ids)}",
    )
    boxes = KEYS.mailboxes(one.row.email for one in found(desk, wanted))
    return eraser.erase(subjects_of(found(desk, wanted)), boxes)


@pytest.mark.parametrize("wanted", [BOX, "Tomas+x@KESTREL.example", "tomas", "referee:by-vera"])
def test_somebody_is_found_wherever_they_are(desk: Desk, wanted: str) -> None:
    happens(desk)
    places = [(one.subject, one.place) for one in found(desk, wanted)]
    assert sorted(places) == [
        ("referee:by-vera", "ledger"),
        ("referee:in-list", "referees.csv:3"),
        ("referee:tomas", "ledger"),
    ]


def test_a_first_name_alone_is_many_people(desk: Desk) -> None:
    happens(desk)
    assert [one.subject for one in found(desk, "ana")] == ["referee:ana"]


@pytest.mark.parametrize("wanted", ["nobody", "nobody@kestrel.example", "@", "twin"])
def test_nobody_and_two_people_are_refused(desk: Desk, wanted: str) -> None:
    happens(desk)
    with pytest.raises(Stop):
        found(desk, wanted)


def test_all_that_is_held_is_handed_out_as_json(desk: Desk) -> None:
    happens(desk)
    held = about(desk.ledger, found(desk), KEYS.mailboxes([BOX]))
    said = json.dumps(held)
    for value in (BOX, "+49 40 1", "Parking?", "Kestrel Ferries GmbH", "silent", "closedwon"):
        assert value in said
    assert [one["type"] for one in held["events"]] == [BOOKED, INTRODUCED]
    assert len(held["meetings"]) == 1
    assert "ana@kestrel.example" not in said


def test_who_is_erased_is_nowhere_and_the_counts_stay(desk: Desk) -> None:
    happens(desk)
    before = len(desk.events())
    assert erase(desk) == 1
    for person in ("tomas", "by-vera"):
        with pytest.raises(NotFound):
            desk.ledger.person(person)
    assert [person.id for person in desk.ledger.people()] == ["ana"]
    events = desk.events()
    assert [e.type for e in events[before:]].count(REMOVED) == 3
    assert [e.type for e in events[before:]].count(CANCELLED) == 1
    meeting = desk.ledger.meeting_of("tomas")
    assert meeting is not None
    assert meeting.status == "cancelled"
    assert "kestrel.example" not in "".join(map(str, events)).casefold()
    (told,) = desk.ledger.deliveries("held")
    assert told_in(told.data).mailboxes == KEYS.mailboxes(["ana@kestrel.example"])
    standings = desk.ledger.standing(["referee:tomas", "referee:in-list", "referee:ana"])
    assert [one.revoked for one in standings.values()] == [True, True, False]


def test_who_is_erased_twice_is_erased(desk: Desk) -> None:
    happens(desk)
    erase(desk)
    assert erase(desk, "in-list") == 0


def test_an_advocate_who_is_erased_has_no_page_any_more(desk: Desk) -> None:
    happens(desk)
    erase(desk, "maria@nordhavn.example")
    assert desk.ledger.standing(["advocate:maria"])["advocate:maria"].revoked
    assert len(list(desk.ledger.people())) == 3


def test_a_deal_of_somebody_erased_still_counts(desk: Desk) -> None:
    happens(desk)
    desk.ledger.file(desk.event(WON, referee="tomas"))
    erase(desk)
    assert WON in [event.type for event in desk.events()]
