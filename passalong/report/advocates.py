"""Advocates counted as people: who was asked, who acted, who came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from passalong.events import ASKED, INTRODUCED, SHARED, VISITED
from passalong.figures.rows import BY_DAY, name_of
from passalong.report.model import MILLION

if TYPE_CHECKING:
    from passalong.report.reading import Figures

_ACTS: Final = (SHARED, INTRODUCED, name_of(INTRODUCED, influenced=True))
_VISITS: Final = (VISITED,)


@dataclass
class Person:
    """An advocate: the first days, in the period, on which they were asked and acted; the last day,
    until now, of an act and of a visit by their links; how many they introduced in the period."""

    asked: str = ""
    acted: str = ""
    acted_last: str = ""
    visited_last: str = ""
    introduced: int = 0


@dataclass(frozen=True)
class People:
    """The advocates whom a report is about, by id."""

    by_id: dict[str, Person] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """How many were asked."""
        return sum(bool(one.asked) for one in self.by_id.values())

    @property
    def acted(self) -> int:
        """How many shared a link or introduced somebody."""
        return sum(bool(one.acted) for one in self.by_id.values())

    @property
    def acted_when_asked(self) -> int:
        """How many of those who were asked in the period have acted since."""
        return sum(bool(one.asked) and one.acted_last >= one.asked for one in self.by_id.values())

    @property
    def visited_when_acted(self) -> int:
        """How many of those who acted in the period have had visits since."""
        return sum(bool(one.acted) and one.visited_last >= one.acted for one in self.by_id.values())

    @property
    def introducing(self) -> int:
        """How many introduced somebody in the period."""
        return sum(one.introduced > 0 for one in self.by_id.values())

    @property
    def again(self) -> list[str]:
        """Who introduced somebody at least twice in the period."""
        return [who for who, one in self.by_id.items() if one.introduced >= 2 * MILLION]


def people_of(figures: Figures) -> People:
    """The advocates of the report: what they did in the period, and what came of it since."""
    people: dict[str, Person] = {}
    last = figures.picks.last.isoformat()
    for cell, metrics in figures.cells(BY_DAY, "advocate"):  # by day
        if not cell.value or not figures.is_meant(cell.value):
            continue
        one = people.setdefault(cell.value, Person())
        acted = any(metrics.get(act, 0) > 0 for act in _ACTS)
        if acted:
            one.acted_last = cell.day
        if any(metrics.get(visit, 0) > 0 for visit in _VISITS):
            one.visited_last = cell.day
        if cell.day > last:
            continue
        if acted:
            one.acted = one.acted or cell.day
        if metrics.get(ASKED, 0) > 0:
            one.asked = one.asked or cell.day
        one.introduced += sum(metrics.get(metric, 0) for metric in _ACTS[1:])
    return People(people)
