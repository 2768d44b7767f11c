"""Who is forgotten by themselves: pages that nobody opened, and people after the program's time."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from passalong.events import REMOVED, Event

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
            id=_id(person, reason),
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
        if person.since < old and person.id not in seen:
            yield person, "retention"


def _id(person: Person, reason: str) -> str:
    about = f"{person.id}\0{person.since.isoformat()}\0{reason}"
    return hashlib.blake2b(about.encode(), digest_size=16).hexdigest()
