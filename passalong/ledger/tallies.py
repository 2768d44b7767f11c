"""Figures that are kept ready: tallies, and the cells of tables that are summed beside them.

A tally is what one unit (an event, a referral, an account) gives to the figures as they are now.
Whoever takes something in reads the tallies, works out what they become, and writes them with the
difference that this makes to the cells, all in one step; on a Conflict they read again. So it does
not matter how often or in which order things are taken in, and who reads figures counts nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOGETHER: Final = 90
"""So many tallies and cells change in one step, at most."""
RECORD_BYTES: Final = 300_000
"""A tally's record is no longer, in UTF-8; those of one step together have ten times that."""
NAME_BYTES: Final = 1000
"""Nor is a key, or the table or value of a cell."""
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Tally:
    """What a unit gives to the figures, as its owner writes it; in version 0 it is not there yet.

    ``key`` names the unit: ``referral:<id>``. The ledger does not look into ``record``.
    """

    key: str
    version: int = 0
    record: str = ""


class Cell(NamedTuple):
    """A place in a table of figures: a day such as 2026-11-21, and a value, which may be any text.

    In a cell there is a whole number for each metric.
    """

    table: str
    day: str
    value: str


class Tallies(Protocol):
    """The part of a ledger that keeps figures."""

    def tallies(self, keys: Sequence[str]) -> Mapping[str, Tally]:
        """The tallies as they are now; of what is not there, ``Tally(key)``."""

    def tally(self, changed: Sequence[Tally], cells: Mapping[Cell, Mapping[str, int]]) -> None:
        """Keeps tallies, at least one, and adds to cells: all of it or nothing.

        Each tally is the next version of the kept one; otherwise, as when the step is done again,
        it raises Conflict. Whatever a change relies on has to be among ``changed``. More than
        ``TOGETHER``, or what is too long to keep, is a ValueError.
        """

    def figures(
        self, table: str, first: str, last: str
    ) -> Sequence[tuple[Cell, Mapping[str, int]]]:
        """The cells of a table from the first day to the last, by day and value, without zeros."""

    def sums(self, table: str, first: str, last: str) -> Mapping[str, Mapping[str, int]]:
        """The sums of these cells by their value, in order, without zeros."""

    def drop_figures(self, table: str) -> None:
        """Drops a table's cells, whose tallies nobody writes any longer; can be done again."""

    def drop_tallies(self, keys: Sequence[str]) -> None:
        """Drops tallies that nobody writes any longer, if they are there; can be done again."""


def additions(
    changed: Sequence[Tally], cells: Mapping[Cell, Mapping[str, int]]
) -> list[tuple[Cell, dict[str, int]]]:
    """What a step adds to cells, zeros left out. What no storage can keep is a ValueError."""
    found = [
        (cell, added)
        for cell, metrics in cells.items()
        if (added := {name: number for name, number in metrics.items() if number})
    ]
    if not changed or len({tally.key for tally in changed}) < len(changed):
        raise ValueError("a step changes at least one tally, and each of them once")
    if len(changed) + len(found) > TOGETHER:
        raise ValueError(f"a step changes no more than {TOGETHER} tallies and cells")
    if wrong := [tally.key for tally in changed if tally.version < 1]:
        raise ValueError(f"the first version is 1: {wrong[0]}")
    sizes = [len(tally.record.encode()) for tally in changed]
    if max(sizes) > RECORD_BYTES or sum(sizes) > 10 * RECORD_BYTES:
        raise ValueError(f"too long for one step: {[tally.key for tally in changed]}")
    for cell, _ in found:
        if not _DAY.fullmatch(cell.day):
            raise ValueError(f"a cell's day is like 2026-11-21: {cell}")
    names = [*(tally.key for tally in changed), *(name for cell, _ in found for name in cell)]
    if long := [name for name in names if len(name.encode()) > NAME_BYTES]:
        raise ValueError(f"too long a name: {long[0]}")
    return found
