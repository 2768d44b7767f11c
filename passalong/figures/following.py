"""The figures follow the ledger: they take in what is new, and leave out what nobody can count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from passalong.figures.state import consumer, digest_of, keep, state_of
from passalong.figures.taking import BATCH, take
from passalong.ledger.port import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from passalong.attribution.rules import Rules
    from passalong.events import Event
    from passalong.figures.rows import Lookup
    from passalong.ledger.port import Ledger

MANY: Final = 1000
"""Events that are yet to be counted are counted up to here."""


@dataclass(frozen=True, slots=True)
class Caught:
    """How many events were taken in, the ids of those that nobody can count, and whether the
    figures now have all that the ledger shows."""

    taken: int = 0
    left: tuple[str, ...] = ()
    is_all: bool = True


def catch_up(
    ledger: Ledger,
    lookups: Lookup,
    rules: Rules,
    enough: Callable[[], bool] = lambda: False,
) -> Caught:
    """Takes in what came in since the last time, into the figures that are shown.

    Ends early where it is ``enough``. Raises Unavailable.
    """
    state = state_of(ledger)
    if not state.rules:
        keep(ledger, replace(state, rules=digest_of(rules)))
    return read_on(ledger, state.shown, lookups, rules, lambda _events: enough())


def read_on(
    ledger: Ledger,
    generation: int,
    lookups: Lookup,
    rules: Rules,
    enough: Callable[[Sequence[Event]], bool],
) -> Caught:
    """Takes events into a generation from where it stands, a batch at a time until ``enough``."""
    cursor, taken = ledger.cursor(consumer(generation)), 0
    left: list[str] = []
    while True:
        events, after = ledger.after(cursor, BATCH)
        left += follow(ledger, events, lookups, rules, generation=generation)
        if after != cursor:
            ledger.advance(consumer(generation), after)
        taken, cursor = taken + len(events), after
        if len(events) < BATCH:
            return Caught(taken, tuple(left))
        if enough(events):
            return Caught(taken, tuple(left), is_all=False)


def follow(
    ledger: Ledger,
    events: Sequence[Event],
    lookups: Lookup,
    rules: Rules,
    *,
    generation: int = 0,
) -> list[str]:
    """Takes these events in; the ids of those that nobody can count, which hold up no others.

    Without a generation, into the figures that are shown. Raises Unavailable.
    """
    generation = generation or state_of(ledger).shown
    try:
        take(ledger, events, lookups, rules, generation=generation)
    except LedgerError:
        raise
    except Exception:  # noqa: BLE001 - one event's fault must not stop the others
        if len(events) < 2:
            return [event.id for event in events]
        half = len(events) // 2
        return [
            one
            for some in (events[:half], events[half:])
            for one in follow(ledger, some, lookups, rules, generation=generation)
        ]
    return []


def behind(ledger: Ledger, generation: int) -> int:
    """How many events a generation has yet to take in; no more than ``MANY``."""
    events, _ = ledger.after(ledger.cursor(consumer(generation)), MANY)
    return len(events)
