"""The figures of a report, as its sections ask for them: every table is read once, whole."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from passalong import zones
from passalong.figures.rows import (
    BEFORE,
    BY_COHORT,
    BY_DAY,
    MONTH,
    TABLES,
    WON_OF,
    name_of,
    table,
)
from passalong.figures.state import state_of
from passalong.report.model import MILLION, Figure
from passalong.report.opened import key_of
from passalong.report.period import ONE_DAY, by_months, steps
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
        self._cells_read: dict[tuple[str, str, str], Cells] = {}
        self._lines: dict[tuple[str, str], dict[str, Counter[str]]] = {}
        self._messages = {
            one.name: one.varies.removeprefix(MESSAGES)
            for one in self.program.experiments
            if one.varies.startswith(MESSAGES)
        }

    def days(self, by: str) -> Cells:
        """The cells of the table of what happened, day by day."""
        return self._cells(
            [(table(self.generation, BY_DAY, by), self.picks.first, self.picks.last)]
        )

    def lines(self, basis: str, by: str) -> dict[str, Counter[str]]:
        """The sums of the period by what a line is about."""
        if (basis, by) not in self._lines:
            found = self._lines[basis, by] = {}
            for value, metrics in self._sums(basis, by):
                for line in self.values(by, value):
                    found.setdefault(line, Counter()).update(metrics)
        return self._lines[basis, by]

    def later(self) -> dict[str, Counter[str]]:
        """The sums by advocate of what came after the period, until today."""
        if self.picks.last >= self.today:
            return {}
        found: dict[str, Counter[str]] = {}
        spans = self._spans(BY_DAY, "advocate", self.picks.last + ONE_DAY, self.today)
        for value, metrics in self._summed(spans):
            found.setdefault(value, Counter()).update(metrics)
        return found

    def _sums(self, basis: str, by: str) -> Iterable[tuple[str, Mapping[str, int]]]:
        if (basis, by) == (BY_DAY, TABLES[0]):
            return (("", metrics) for _, metrics in self._in_steps(by))  # a series needs them, too
        return self._summed(self._spans(basis, by, self.picks.first, self.picks.last))

    def _in_steps(self, by: str) -> Cells:
        """What happened: each whole month of a period that is shown in months, else each day."""
        picks = self.picks
        if steps(picks.first, picks.last)[0] != "month":
            return self.days(by)
        return self._cells(self._spans(BY_DAY, by, picks.first, picks.last))

    def _spans(self, basis: str, by: str, first: date, last: date) -> list[tuple[str, date, date]]:
        """Where these days are summed: whole months as such, the others one by one."""
        before, months, after = by_months(first, last)
        daily = table(self.generation, basis, by)
        spans = ((daily, before), (daily + MONTH, months), (daily, after))
        return [(name, *days) for name, days in spans if days]

    def _cells(self, spans: Sequence[tuple[str, date, date]]) -> Cells:
        return [cell for span in spans for cell in self._read(*span)]

    def _read(self, name: str, first: date, last: date) -> Cells:
        span = name, first.isoformat(), last.isoformat()
        if span not in self._cells_read:
            self._cells_read[span] = self.ledger.figures(*span)
        return self._cells_read[span]

    def _summed(
        self, spans: Iterable[tuple[str, date, date]]
    ) -> Iterable[tuple[str, Mapping[str, int]]]:
        for name, first, last in spans:
            yield from self.ledger.sums(name, first.isoformat(), last.isoformat()).items()

    def total(self, basis: str = BY_DAY) -> Counter[str]:
        """The sums of all that the report is about."""
        picks = self.picks
        return self.lines(basis, picks.by if picks.only else "all").get(picks.only, Counter())

    def cohorts(self) -> Counter[str]:
        """How far those came whose first touch is in the period."""
        return self.total(BY_COHORT)

    def course(self) -> list[tuple[str, Mapping[str, int]]]:
        """What happened by the days on which it did, of all that the report is about; whole months
        by their first where a series goes by months."""
        picks = self.picks
        by = picks.by if picks.only else TABLES[0]
        return [
            (cell.day, metrics)
            for cell, metrics in self._in_steps(by)
            if picks.only in self.values(by, cell.value)
        ]

    def opened_before(self) -> bool:
        """Whether a part of what was won in the period had been opened before it; of the whole
        program alone."""
        if self.picks.only:
            return False
        name = table(self.generation, BEFORE, TABLES[0])
        won = self._summed([(name, self.picks.first, self.picks.last)])
        first = WON_OF + self.picks.first.isoformat()
        return any(metric < first for _, metrics in won for metric in metrics)

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
