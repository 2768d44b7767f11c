"""A delivery with all that it is about, looked up as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from passalong.booking.accounts import handling
from passalong.booking.hosts import host_for
from passalong.holders import is_introduced
from passalong.ledger.port import NotFound
from passalong.mail.letters.talk import Guest, Introduction, Talk
from passalong.merging import referee_of
from passalong.people import Advocate, Referee
from passalong.plan import byline_of

if TYPE_CHECKING:
    from passalong.known import Known
    from passalong.ledger.port import Delivery, Person
    from passalong.program import Host
    from passalong.world import World


@dataclass(frozen=True, slots=True)
class Case:
    """A delivery with the program and the people that it is about."""

    world: World
    known: Known
    delivery: Delivery
    advocate: Advocate
    referee: Referee
    person: Person | None

    @property
    def audience(self) -> str:
        """Whom the letter is to: advocate, referee, host or firm."""
        return self.delivery.kind.partition(".")[0]

    @property
    def about(self) -> str:
        """What it is about: introduced, booked, moved, …"""
        return self.delivery.kind.partition(".")[2]


def case_of(world: World, delivery: Delivery) -> Case | None:
    """What a delivery is about; None where nobody is left to hear of it. Raises Unavailable."""
    known, data = world.known(), delivery.data
    advocate = known.advocate(data["advocate"])
    if advocate is None:
        if delivery.kind.startswith(("advocate.", "firm.")):
            return None
        advocate = _gone(delivery)
    person = _person(world, data["referee"])
    referee = known.referee(data["referee"]) or (referee_of(person) if person else None)
    if referee is None:
        if delivery.kind != "host.cancelled":
            return None
        referee = _removed(delivery)
    return Case(world, known, delivery, advocate, referee, person)


def talk_of(case: Case) -> Talk | None:
    """The meeting that a letter is about, if it still is as its event left it."""
    meeting, person, data = (
        case.world.ledger.meeting_of(case.referee.id),
        case.person,
        case.delivery.data,
    )
    if meeting is None or meeting.id != data["meeting"]:
        return None
    cancelled = case.about == "cancelled"
    if person is None and not (cancelled and case.audience == "host"):
        return None
    if (meeting.status == "cancelled") != cancelled:
        return None
    if not cancelled and meeting.start != datetime.fromisoformat(data["start"]):
        return None
    guest = guest_of(case.referee, person) if person else Guest(_somebody(case), "")
    if not (guest.email or case.audience == "host"):
        return None
    story = case.known.story_of(case.referee, case.advocate)
    titles = {story.slug: story.title for story in case.known.bundle.editorial.stories}
    decided = handling(case.known.accounts, guest.email, guest.company)
    return Talk(
        meeting,
        _host(case, meeting.host),
        guest,
        introduction_of(case),
        decided.account,
        titles.get(story, ""),
    )


def guest_of(referee: Referee, person: Person | None) -> Guest:
    """The referee, as they said who they are when they booked."""
    if person is None:
        return Guest(referee.name, referee.email, referee.company, referee.role)
    return Guest(
        person.name,
        person.email,
        person.company or referee.company,
        person.role or referee.role,
        person.phone,
        person.note,
    )


def introduction_of(case: Case) -> Introduction:
    """How they came: through whom, and in which words."""
    advocate, person = case.advocate, case.person
    words = (person.reason if person else "") or case.referee.reason
    return Introduction(advocate.name, byline_of(advocate), words, is_by_link(case), advocate.email)


def is_by_link(case: Case) -> bool:
    """Whether they came by a share link, so that the advocate named nobody."""
    person = case.person
    return bool(person and person.origin == "booking" and is_introduced(person.id))


def _person(world: World, person_id: str) -> Person | None:
    try:
        return world.ledger.person(person_id)
    except NotFound:
        return None


def _gone(delivery: Delivery) -> Advocate:
    """An advocate who left the lists: their referees' meetings stand, and are written about."""
    blank = dict.fromkeys(Advocate._fields[:-1], "")
    return Advocate(**blank | {"id": delivery.data["advocate"]}, line=0)


def _removed(delivery: Delivery) -> Referee:
    """Somebody of whom nothing is kept, whose host has to hear that they do not come."""
    blank = dict.fromkeys(Referee._fields[:-1], "")
    return Referee(**blank | {"id": delivery.data["referee"]}, line=0)


def _somebody(case: Case) -> str:
    return case.known.locale(case.known.program.locale).text("letter.somebody")


def _host(case: Case, host_id: str) -> Host:
    """Whom a meeting is with; of a host who left the program, whoever follows."""
    program, advocate, referee = case.known.program, case.advocate, case.referee
    for host in program.booking.hosts:
        if host.id == host_id:
            return host
    region = referee.region or advocate.region
    return host_for(program, referee.id, advocate.owner, region, referee.locale or program.locale)
