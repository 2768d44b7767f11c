"""Advocates counted as people: who was asked, who acted, who came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from passalong.events import ASKED, INTRODUCED, SHARED, VISITED
from passalong.figures.rows import BY_DAY, name_of
from passalong.report.model import MILLION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.report.reading import Figures

_ACTS: Final = (SHARED, INTRODUCED, name_of(INTRODUCED, influenced=True))


@dataclass(frozen=True, slots=True)
class Person:
    """An advocate in the period: whether they were asked, acted, and had visits by their links; how
    many they introduced. ``acted_since`` and ``visited_since`` are until now."""

    asked: bool
    acted: bool
    acted_since: bool
    visited_since: bool
    introduced: int


@dataclass(frozen=True)
class People:
    """The advocates whom a report is about, by id."""

    by_id: dict[str, Person] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """How many were asked."""
        return sum(one.asked for one in self.by_id.values())

    @property
    def acted(self) -> int:
        """How many shared a link or introduced somebody."""
        return sum(one.acted for one in self.by_id.values())

    @property
    def acted_when_asked(self) -> int:
        """How many of those who were asked in the period acted in it or since."""
        return sum(one.asked and one.acted_since for one in self.by_id.values())

    @property
    def visited_when_acted(self) -> int:
        """How many of those who acted in the period had visits in it or since."""
        return sum(one.acted and one.visited_since for one in self.by_id.values())

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
    inside, later = figures.lines(BY_DAY, "advocate"), figures.later()
    return People(
        {
            who: _person(sums, later.get(who, {}))
            for who, sums in inside.items()
            if who and figures.is_meant(who)
        }
    )


def _person(sums: Mapping[str, int], later: Mapping[str, int]) -> Person:
    acted = any(sums.get(act, 0) > 0 for act in _ACTS)
    return Person(
        asked=sums.get(ASKED, 0) > 0,
        acted=acted,
        acted_since=acted or any(later.get(act, 0) > 0 for act in _ACTS),
        visited_since=sums.get(VISITED, 0) > 0 or later.get(VISITED, 0) > 0,
        introduced=sum(sums.get(metric, 0) for metric in _ACTS[1:]),
    )
