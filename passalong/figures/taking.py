"""Takes events into the figures of a generation, each once, however often and in whichever order
they come, from however many processes.

What an event changes is written with the difference that this makes, in steps that are all or
nothing. Where a difference is too large for one step, the unit keeps what of it is in the figures,
and that it owes the rest. Whoever is killed takes the same events again.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from passalong.events import HIT
from passalong.figures.contribution import ALONE, alone
from passalong.figures.gathering import gather, is_gathered
from passalong.figures.rows import BY_DAY, REASON, About, Row, month_of, places, table
from passalong.figures.steps import Step, write, write_in_parts
from passalong.ledger.port import Conflict, Unavailable
from passalong.ledger.tallies import Cell, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from passalong.attribution.rules import Rules
    from passalong.events import Event
    from passalong.figures.rows import Lookup
    from passalong.ledger.port import Ledger

BATCH: Final = 400
"""Events that are looked at together, at most."""
_TRIES: Final = 20
_ALIKE: Final = 40
"""Events that are counted in the same cells and go into one step, at most."""


def take(
    ledger: Ledger, events: Sequence[Event], lookups: Lookup, rules: Rules, *, generation: int
) -> None:
    """Takes events in. Raises Unavailable, also where others are in the way time and again."""
    taking = _Taking(ledger, lookups, rules, generation)
    for start in range(0, len(events), BATCH):
        batch = list({event.id: event for event in events[start : start + BATCH]}.values())
        if by_themselves := [event for event in batch if event.type in ALONE]:
            _insist(lambda: taking.alone(by_themselves))
        if gathered := [event for event in batch if is_gathered(event)]:
            _insist(lambda: taking.together(gathered))


def event_key(generation: int, event: Event) -> str:
    """The key of the tally that says that an event is counted."""
    return f"{generation}.event:{event.id}"


def _insist(step: Callable[[], None]) -> None:
    """Does a step again as often as somebody else came before it."""
    for _ in range(_TRIES):
        try:
            return step()
        except Conflict:
            continue
    raise Unavailable("the figures are busy")


class _Taking:
    def __init__(self, ledger: Ledger, lookups: Lookup, rules: Rules, generation: int) -> None:
        self._ledger, self._rules, self._generation = ledger, rules, generation
        self._lookups = lookups

    def alone(self, events: Sequence[Event]) -> None:
        """Events that count by themselves; which of them are in is what their tallies say."""
        keys = {event_key(self._generation, event): event for event in events}
        found = self._ledger.tallies(list(keys))
        new = [(*self._row(event), key) for key, event in keys.items() if not found[key].version]
        step = Step(self._ledger, self._generation)
        for (row, metric, reason), some in groupby(sorted(new), key=itemgetter(0, 1, 2)):
            tallies = [Tally(key, 1) for *_, key in some]
            where = places(self._generation, row)
            if reason:
                cell = Cell(table(self._generation, BY_DAY, REASON), row.day, reason)
                where = (*where, cell, month_of(cell))
            for start in range(0, len(tallies), _ALIKE):
                alike = tallies[start : start + _ALIKE]
                step.count(alike, where, metric)
        step.write()

    def _row(self, event: Event) -> tuple[Row, str, str]:
        about = self._lookups(event.advocate) or About()
        row, metric = alone(event, about, self._rules)
        return row, metric, event.classification if metric == HIT else ""

    def together(self, events: Sequence[Event]) -> None:
        """Events of referrals and accounts: one by one, where they change too much at once."""
        found = gather(self._ledger, self._generation, events, self._lookups, self._rules)
        for change in write(self._ledger, self._generation, found):
            if len(change.events) == 1:
                write_in_parts(self._ledger, self._generation, change)
                continue
            for event in change.events:
                self.together([event])
