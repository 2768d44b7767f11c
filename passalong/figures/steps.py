"""Writes changes of units in steps that the ledger can take: each all or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from passalong.attribution.money import WHOLE
from passalong.figures.rows import CHANGES, add, changes, changes_cell, places, sum_into
from passalong.figures.units import Unit
from passalong.ledger.tallies import RECORD_BYTES, TOGETHER, Cell, Tally

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from passalong.figures.gathering import Change, Kept
    from passalong.figures.rows import Given, Row
    from passalong.ledger.port import Ledger

Cells = dict[Cell, dict[str, int]]
_MOST: Final = TOGETHER - 1
"""Tallies and cells in one step, beside the cell that counts steps."""
_BYTES: Final = 8 * RECORD_BYTES
"""Of records in one step; the ledger takes a little more."""


class Step:
    """A step that grows until nothing more fits into it, and then is written."""

    def __init__(self, ledger: Ledger, generation: int) -> None:
        self._ledger, self._generation = ledger, generation
        self._tallies: list[Tally] = []
        self._cells: Cells = {}
        self._bytes = 0

    def fits(self, tallies: int, cells: Iterable[Cell], size: int = 0) -> bool:
        """Whether so much more does."""
        new = sum(cell not in self._cells for cell in cells)
        count = len(self._tallies) + len(self._cells) + tallies + new
        return count <= _MOST and self._bytes + size <= _BYTES

    def put(self, tallies: Sequence[Tally], cells: Mapping[Cell, Mapping[str, int]]) -> None:
        """Puts tallies and what is added to cells, after writing what there is if it has to."""
        self._make_room(tallies, cells)
        for cell, numbers in cells.items():
            sum_into(self._cells, (cell,), numbers)

    def count(self, tallies: Sequence[Tally], where: Collection[Cell], metric: str) -> None:
        """Puts tallies of which each is one more of the metric in all of these cells."""
        self._make_room(tallies, where)
        sum_into(self._cells, where, {metric: len(tallies) * WHOLE})

    def _make_room(self, tallies: Sequence[Tally], cells: Collection[Cell]) -> None:
        size = sum(len(tally.record) for tally in tallies)
        if not self.fits(len(tallies), cells, size):
            self.write()
        self._tallies += tallies
        self._bytes += size

    def write(self) -> None:
        """Writes what there is. Raises Conflict, Unavailable."""
        if self._tallies:
            _write(self._ledger, self._generation, self._tallies, self._cells)
        self._tallies, self._cells, self._bytes = [], {}, 0


def _write(ledger: Ledger, generation: int, tallies: Sequence[Tally], cells: Cells) -> None:
    ledger.tally(tallies, cells | {changes_cell(generation): {CHANGES: 1}})


def write(ledger: Ledger, generation: int, found: Iterable[Change]) -> list[Change]:
    """Writes changes, several in a step; those that fit into none are left. Raises Conflict."""
    step, large = Step(ledger, generation), []
    for change in found:
        cells = _cells(generation, _differences(change))
        if len(change.kept) + len(cells) > _MOST:
            large.append(change)
            continue
        for kept in change.kept:
            if isinstance(kept.thing, Unit) and kept.thing.key in change.goals:
                kept.thing.given, kept.thing.owes = change.goals[kept.thing.key], False
        step.put([kept.next() for kept in change.kept], cells)
    step.write()
    return large


def write_in_parts(ledger: Ledger, generation: int, change: Change) -> None:
    """Writes what one event changes, in as many steps as it takes.

    What a unit loses is written first, while its event is not kept anywhere: whoever takes the
    event again finds the same to do.
    """
    losing = [kept for kept in change.kept if kept.thing.key in change.losing]
    others = [kept for kept in change.kept if kept.thing.key not in change.losing]
    for some in (losing, others):
        _write_some(ledger, generation, some, change.goals)


def _write_some(
    ledger: Ledger, generation: int, some: list[Kept], goals: Mapping[str, Given]
) -> None:
    """Writes all of these with as many rows as fit, then units alone with the rows they owe."""
    while some:
        cells: Cells = {}
        units = [kept.thing for kept in some if isinstance(kept.thing, Unit)]
        for unit in units:
            unit.owes = not _move(generation, unit, goals.get(unit.key), cells, len(some))
        tallies = [kept.next() for kept in some]
        _write(ledger, generation, tallies, cells)
        for kept, tally in zip(some, tallies, strict=True):
            kept.tally = tally
        some = [kept for kept in some if isinstance(kept.thing, Unit) and kept.thing.owes]


def _move(generation: int, unit: Unit, goal: Given | None, cells: Cells, tallies: int) -> bool:
    """Brings what a unit gives towards its goal, as far as a step reaches; whether it is there."""
    if goal is None:
        return True
    for row, numbers in sorted(changes(unit.given, goal).items()):
        where = list(places(generation, row, unit.key))
        if tallies + len({*cells, *where}) > _MOST:
            return False
        sum_into(cells, where, numbers)
        for metric, number in numbers.items():
            add(unit.given, row, metric, number)
    return True


def _differences(change: Change) -> Iterator[tuple[str, Row, Mapping[str, int]]]:
    for kept in change.kept:
        if isinstance(kept.thing, Unit) and (goal := change.goals.get(kept.thing.key)) is not None:
            for row, numbers in changes(kept.thing.given, goal).items():
                yield kept.thing.key, row, numbers


def _cells(generation: int, rows: Iterable[tuple[str, Row, Mapping[str, int]]]) -> Cells:
    cells: Cells = {}
    for unit, row, numbers in rows:
        sum_into(cells, places(generation, row, unit), numbers)
    return cells
