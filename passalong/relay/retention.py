"""Who is forgotten by themselves: pages that nobody opened, and people after the program's time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from passalong.events import REMOVED, Event, id_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from passalong.ledger.port import Person
    from passalong.world import World


def forget_old(world: World, now: datetime) -> int:
    """Erases the records whose time is over, and takes their pages away; how many.

    Events stay, being ids only. Who is introduced again has a page again.
    """
    known, forgotten = world.known(), 0
    for person, reason in _over(world, now):
        event = Event(
            id=id_of(f"{person.id}\0{person.since.isoformat()}\0{reason}"),
            program=known.program.id,
            type=REMOVED,
            at=now,
            advocate=person.advocate,
            referee=person.id,
            referral=person.referral,
            classification=reason,
        )
        world.pages.remove(f"p/{known.holders.key('referee', person.id)}/index.html")
        world.ledger.forget(event, person.id)
        forgotten += 1
    return forgotten


def _over(world: World, now: datetime) -> Iterator[tuple[Person, str]]:
    program = world.known().program
    unopened = now - timedelta(days=program.retention_introduced_days)
    seen = set()
    for person in world.ledger.unopened(unopened):
        seen.add(person.id)
        yield person, "unopened"
    old = now - timedelta(days=program.retention_people_days)
    for person in list(world.ledger.people()):
        if person.since >= old or person.id in seen:
            continue
        if not _was_heard_of(world, person, old):
            yield person, "retention"


def _was_heard_of(world: World, person: Person, since: datetime) -> bool:
    """Whether they opened their page after that day, or have met somebody or still will."""
    if person.opened and person.opened >= since:
        return True
    meeting = world.ledger.meeting_of(person.id)
    return meeting is not None and meeting.status == "booked" and meeting.end >= since
