"""Who has which variant, noted in the ledger before anybody sees it: so it stays what it is.

An advocate's variant is noted once, by an event whose id says nothing of the variant: of two who
note it at the same time, one is heard, and both go by what it said. What was noted when this broke
off stays noted, and the next time goes on from there.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.events import ASSIGNED, PREFERRED, Event, id_of
from passalong.ledger.port import Actor, Revoked
from passalong.variants import (
    Given,
    code_of,
    given_to,
    noted,
    preference,
    running,
    subject_of,
    weighed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime

    from passalong.holders import Holders
    from passalong.ledger.port import Ledger, Standing
    from passalong.people import People
    from passalong.program import Experiment, Program

AT_ONCE: Final = 16
"""So many are on their way to the ledger at a time."""


class _New(NamedTuple):
    """A variant that is to be noted; ``before`` is what was noted and is no more."""

    experiment: Experiment
    advocate: str
    revision: int
    variant: str
    before: str


def assign(
    ledger: Ledger,
    program: Program,
    people: People,
    holders: Holders,
    known: Mapping[str, Standing],
    *,
    at: datetime,
    day: date,
    progress: Callable[[int, int], None],
) -> int:
    """Notes what each of ``people`` has who has nothing noted; how many that were.

    ``known`` is what the ledger knew when they got it; ``day`` is that of ``at`` where the program
    is.
    """
    new = list(_new(program, people, holders, known))
    if not new:
        return 0

    def note(one: _New) -> None:
        _note(ledger, program, one, at, day)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number, _ in enumerate(pool.map(note, new), 1):
            progress(number, len(new))
    return len(new)


def _new(
    program: Program, people: People, holders: Holders, known: Mapping[str, Standing]
) -> Iterator[_New]:
    every = running(program)
    for advocate in people.advocates:
        standing = known.get(f"advocate:{advocate.id}")
        codes = people.variants[advocate.id].split(",")
        for one, code in zip(every, codes, strict=True):
            if given_to(one, standing) is None:
                before = standing.preferences.get(preference(one), "") if standing else ""
                revision = holders.revision("advocate", advocate.id)
                yield _New(one, advocate.id, revision, code.partition("=")[2], before)


def _note(ledger: Ledger, program: Program, new: _New, at: datetime, day: date) -> None:
    """Notes one of them; whoever was revoked meanwhile has no page and needs none."""
    one, advocate = new.experiment, new.advocate
    event = Event(
        id=id_of(f"{ASSIGNED}\0{one.name}\0{advocate}\0{new.before}"),
        program=program.id,
        type=ASSIGNED,
        at=at,
        advocate=advocate,
        variant=code_of(one, new.variant),
        evidence="lot",
    )
    changes = {preference(one): noted(Given(new.variant, day.isoformat()))}
    subject, revision = f"advocate:{advocate}", new.revision
    while True:
        try:
            ledger.prefer(event, changes, Actor(subject, revision))
        except Revoked:
            standing = ledger.standing([subject])[subject]
            if standing.revoked or standing.revision == revision:
                return
            revision = standing.revision  # their addresses were replaced meanwhile
        else:
            return


def note_weights(
    ledger: Ledger,
    program: Program,
    experiment: Experiment,
    weights: Mapping[str, int],
    *,
    at: datetime,
    day: date,
) -> None:
    """Notes by which weights people not yet assigned draw from now on: once a day."""
    subject = subject_of(experiment)
    event = Event(
        id=id_of(f"{subject}\0{day}"),
        program=program.id,
        type=PREFERRED,
        at=at,
        evidence="command",
        data={"subject": subject, "day": day.isoformat()},
    )
    ledger.prefer(event, weighed(weights), Actor(subject))
