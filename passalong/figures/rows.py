"""Rows: what is counted on a day for one way of being credited, and the cells that it is added to.

A table of figures is named ``<generation>.<basis>.<by>``. Counts are in millionths, money in minor
units of the program's currency, days between two others in millionths of a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from passalong.ledger.tallies import Cell

BY_DAY: Final = "e"
"""The basis of what happened on a day."""
BY_COHORT: Final = "c"
"""The basis of what ever became of those whose first touch was on a day: how far they came."""
WAITING: Final = "r"
"""The basis of what waits for a person to release it: kept by unit, and summed on `ANY_DAY`."""
BEFORE: Final = "o"
"""The basis of what was won on a day, by the day on which it was opened: `WON_OF`."""

TOUCHED: Final = "touched"
"""A company, or a referral without one, was reached; whatever came of it comes after."""
OPENED: Final = "opened"
"""An opportunity has a value that somebody told; with its money: pipeline generated."""
REVIEW: Final = "review"
"""An opportunity waits for a person to release it, and is counted nowhere else."""
KEPT: Final = "kept"
"""Of what was won on the day, what is still there: neither left nor taken back."""
WON_OF: Final = "won.of."
"""So many were won that had been opened on the day that ends the name of the metric."""
CYCLE: Final = "cycle_days"
"""Days from the first touch to won, summed."""
DECLINED: Final = "declined"
"""An introduction that the firm wants nothing to do with."""

TABLES: Final = (
    *("all", "advocate", "kind", "owner", "region"),
    *("medium", "story", "industry", "variant", "message"),
)
"""What every row is added to, by what the value of a cell is."""
MONTH: Final = ".month"
"""Ends the name of what sums a table month by month, on its first day: few cells for many days."""
REASON: Final = "reason"
"""Hits by the reason why they are no visits."""
UNIT: Final = "unit"
"""Stages by the unit that they came from, whole: what opens the rows of a figure."""

ANY_DAY: Final = "0001-01-01"
"""The day of a cell that sums whatever the day."""
CHANGES: Final = "changes"
"""How often the figures were changed, in a cell of its own: whether anything is new is cheap to
ask."""


class About(NamedTuple):
    """What the lists say of an advocate."""

    kind: str = ""
    owner: str = ""
    region: str = ""
    industry: str = ""


class Who(NamedTuple):
    """Who and what a part of the credit goes to; nobody and nothing, where it goes to nobody."""

    advocate: str = ""
    about: About = About()
    medium: str = ""
    story: str = ""
    variant: str = ""

    @property
    def message(self) -> str:
        """The drafted message that was sent, as its medium and variant name it."""
        return f"{self.medium}.{self.variant}" if self.variant else self.medium

    def values(self) -> tuple[str, ...]:
        """The value in each of `TABLES`."""
        kind, owner, region, industry = self.about
        return (
            *("", self.advocate, kind, owner, region),
            *(self.medium, self.story, industry, self.variant, self.message),
        )


NOBODY: Final = Who()
Lookup = Callable[[str], About | None]
"""What the lists say of the advocate with an id; None of somebody whom they do not have."""


class Row(NamedTuple):
    """Where something is counted: a basis, a day such as 2026-11-21, and who is credited."""

    basis: str
    day: str
    who: Who


Given = dict[Row, dict[str, int]]
"""What a unit gives to the figures: a number for each metric of its rows, none of them nought."""


def name_of(metric: str, *, influenced: bool = False, money: bool = False) -> str:
    """A metric's name: ``won``, ``won.money``, ``won.influenced``, ``won.influenced.money``."""
    return metric + (".influenced" if influenced else "") + (".money" if money else "")


def add(given: Given, row: Row, metric: str, number: int) -> None:
    """Adds to what is given; what comes to nothing is left out."""
    metrics = given.setdefault(row, {})
    total = metrics.get(metric, 0) + number
    if total:
        metrics[metric] = total
    else:
        metrics.pop(metric, None)
        if not metrics:
            del given[row]


@lru_cache(10_000)
def places(generation: int, row: Row, unit: str = "") -> tuple[Cell, ...]:
    """The cells that a row is added to; what comes from a ``unit`` also to its own."""
    own = Cell(table(generation, row.basis, UNIT), row.day, unit)
    if row.basis == WAITING:
        return own, Cell(table(generation, WAITING, TABLES[0]), ANY_DAY, "")
    if row.basis == BEFORE:
        return (Cell(table(generation, BEFORE, TABLES[0]), row.day, ""),)
    values = zip(TABLES, row.who.values(), strict=True)
    days = [Cell(table(generation, row.basis, by), row.day, value) for by, value in values]
    found = (*days, *map(month_of, days))
    return (*found, own) if unit and row.basis == BY_DAY else found


def month_of(cell: Cell) -> Cell:
    """Where a day's cell is summed with those of its month."""
    return Cell(cell.table + MONTH, f"{cell.day[:8]}01", cell.value)


def table(generation: int, basis: str, by: str) -> str:
    """The name of a table."""
    return f"{generation}.{basis}.{by}"


def changes_cell(generation: int) -> Cell:
    """Where it is counted how often a generation's figures were changed; in no order's way."""
    return Cell(table(generation, BY_DAY, CHANGES), ANY_DAY, "")


def tables(generation: int) -> list[str]:
    """Every table of a generation that says what happened."""
    both = [(basis, by) for basis in (BY_DAY, BY_COHORT) for by in TABLES]
    summed = [table(generation, basis, by) for basis, by in (*both, (BY_DAY, REASON))]
    more = [(BY_DAY, UNIT), (WAITING, UNIT), (WAITING, TABLES[0]), (BEFORE, TABLES[0])]
    alone = [table(generation, basis, by) for basis, by in more]
    return [*summed, *(name + MONTH for name in summed), *alone]


def changes(before: Given, after: Given) -> Given:
    """What has to be added to what was given, so that it is what is given now."""
    found: Given = {}
    for row in before.keys() | after.keys():
        old, new = before.get(row, {}), after.get(row, {})
        if old == new:
            continue
        for metric in old.keys() | new.keys():
            if difference := new.get(metric, 0) - old.get(metric, 0):
                found.setdefault(row, {})[metric] = difference
    return found


def sum_into(
    cells: dict[Cell, dict[str, int]], where: Iterable[Cell], of: Mapping[str, int]
) -> None:
    """Adds numbers to each of some cells."""
    for cell in where:
        metrics = cells.setdefault(cell, {})
        for metric, number in of.items():
            metrics[metric] = metrics.get(metric, 0) + number
