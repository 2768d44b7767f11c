"""The figures of a report, as its sections ask for them: every table is read once, whole."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from passalong import zones
from passalong.figures.rows import BY_COHORT, BY_DAY, name_of, table
from passalong.figures.state import state_of
from passalong.report.model import MILLION, Figure
from passalong.report.opened import key_of
from passalong.variants import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from passalong.known import Known
    from passalong.ledger.port import Ledger
    from passalong.ledger.tallies import Cell
    from passalong.report.model import Picks

    Cells = Sequence[tuple[Cell, Mapping[str, int]]]

PEOPLE: Final = ("all", "advocate", "kind", "owner", "region", "industry")
"""Breakdowns in which each advocate has one place, so that they can be counted as people."""


class Figures:
    """What the ledger's figures say of a period, now."""

    def __init__(self, ledger: Ledger, known: Known, picks: Picks, now: datetime) -> None:
        self.ledger, self.known, self.picks = ledger, known, picks
        self.program = known.program
        self.today: date = now.astimezone(zones.first(self.program.timezone)).date()
        self.generation = state_of(ledger).shown
        self._read: dict[str, Cells] = {}
        self._lines: dict[tuple[str, str], dict[str, Counter[str]]] = {}
        self._messages = {
            one.name: one.varies.removeprefix(MESSAGES)
            for one in self.program.experiments
            if one.varies.startswith(MESSAGES)
        }

    def cells(self, basis: str, by: str) -> Cells:
        """The cells of a table in the period; for advocates also all that came later."""
        name = table(self.generation, basis, by)
        if name not in self._read:
            last = max(self.picks.last, self.today) if by == "advocate" else self.picks.last
            days = self.picks.first.isoformat(), last.isoformat()
            self._read[name] = self.ledger.figures(name, *days)
        return self._read[name]

    def lines(self, basis: str, by: str) -> dict[str, Counter[str]]:
        """The sums of the period by what a line is about."""
        if (basis, by) in self._lines:
            return self._lines[basis, by]
        found = self._lines[basis, by] = {}
        last = self.picks.last.isoformat()
        for cell, metrics in self.cells(basis, by):
            if cell.day <= last:
                for value in self.values(by, cell.value):
                    found.setdefault(value, Counter()).update(metrics)
        return found

    def total(self, basis: str = BY_DAY) -> Counter[str]:
        """The sums of all that the report is about."""
        picks = self.picks
        return self.lines(basis, picks.by if picks.only else "all").get(picks.only, Counter())

    def cohorts(self) -> Counter[str]:
        """How far those came whose first touch is in the period."""
        return self.total(BY_COHORT)

    def days(self) -> list[tuple[str, Mapping[str, int]]]:
        """What happened on each day, of all that the report is about."""
        picks = self.picks
        by = picks.by if picks.only else "all"
        found = self.cells(BY_DAY, by)
        last = picks.last.isoformat()
        return [
            (cell.day, metrics)
            for cell, metrics in found
            if cell.day <= last and picks.only in self.values(by, cell.value)
        ]

    def values(self, by: str, value: str) -> list[str]:
        """What lines a cell belongs to: in each experiment it is about a variant, so to several.

        Of a message only that variant is told which its own experiment is about.
        """
        if by == "variant":
            return value.split(",")
        if by == "message" and "." in value:
            medium, _, codes = value.partition(".")
            pairs = (code.partition("=") for code in codes.split(","))
            own = [variant for name, _, variant in pairs if self._messages.get(name) == medium]
            return [f"{medium}.{own[0]}" if own else medium]
        return [value]

    def counts_people(self) -> bool:
        """Whether the report can tell advocates apart, and so count them and not their acts."""
        return not self.picks.only or self.picks.by in PEOPLE

    def is_meant(self, advocate: str) -> bool:
        """Whether an advocate is one of those whom the report is about, as the lists have them."""
        by, only = self.picks.by, self.picks.only
        if not only or by == "all":
            return True
        if by == "advocate":
            return advocate == only
        found = self.known.advocate(advocate)
        return found is not None and getattr(found, by, "") == only

    def figure(
        self, sums: Mapping[str, int], metric: str, *, money: bool = False, rows: str = ""
    ) -> Figure:
        """A figure of a sum, sourced and influenced; what opens its rows is its metric's."""
        sourced = sums.get(name_of(metric, money=money), 0)
        influenced = sums.get(name_of(metric, influenced=True, money=money), 0)
        key = key_of(self.picks, rows or metric) if sourced or influenced else ""
        return Figure(sourced, influenced, key)


def ratio(part: int, whole: int) -> int | None:
    """How much a part is of a whole, in millionths; None of nothing."""
    return (part * MILLION + whole // 2) // whole if whole > 0 else None


def summed(sums: Mapping[str, int], metrics: Iterable[str]) -> int:
    """The sum of some metrics."""
    return sum(sums.get(metric, 0) for metric in metrics)
