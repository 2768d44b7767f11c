"""What a report says first: its sentence, its funnel, and money over time."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from passalong.events import (
    ASKED,
    BOOKED,
    EXPANDED,
    INTRODUCED,
    MET,
    QUALIFIED,
    RENEWED,
    REVERSED,
    SHARED,
    VISITED,
    WON,
)
from passalong.figures.contribution import REACHED
from passalong.figures.rows import OPENED, TOUCHED, name_of
from passalong.report.model import (
    ACTS,
    AFTERWARDS,
    MILLION,
    Figure,
    Point,
    Sentence,
    Series,
    Stage,
)
from passalong.report.opened import ACTED, SOLD, key_of
from passalong.report.period import ONE_DAY, steps
from passalong.report.reading import ratio

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.report.advocates import People
    from passalong.report.reading import Figures

WON_MONEY: Final = (WON, RENEWED, EXPANDED, REVERSED)
"""What pipeline won is the sum of; what was taken back is negative."""


def won_money(sums: Mapping[str, int], rows: str = "") -> Figure:
    """Pipeline won: sales, renewals and expansions without what was taken back."""
    sourced, influenced = (
        sum(sums.get(name_of(kind, influenced=apart, money=True), 0) for kind in WON_MONEY)
        for apart in (False, True)
    )
    return Figure(sourced, influenced, rows if sourced or influenced else "")


def sentence_of(figures: Figures, people: People) -> Sentence:
    """The report in a sentence."""
    sums, picks = figures.total(), figures.picks
    return Sentence(
        asked=_asked(figures, people),
        acted=_acted(figures, people),
        meetings=figures.figure(sums, MET),
        opened=figures.figure(sums, OPENED, money=True),
        won=won_money(sums, key_of(picks, SOLD)),
        opened_earlier=figures.opened_before(),
    )


def funnel_of(figures: Figures, people: People) -> tuple[Stage, ...]:
    """The funnel.

    Up to the visit, rates are of advocates: of those who were asked in the period, those who acted
    in it or since; of those who acted, those who had visits in it or since. From then on they are
    of companies first reached in the period: how many came to this stage, or past it, of those who
    came to the one before.
    """
    sums, cohorts = figures.total(), figures.cohorts()
    rates = [ratio(cohorts[after], cohorts[before]) for before, after in _PAIRS]
    by_people = figures.counts_people()
    return (
        Stage("asked", _asked(figures, people)),
        Stage(
            "acted",
            _acted(figures, people),
            ratio(people.acted_when_asked, people.asked) if by_people else None,
        ),
        Stage(
            "visited",
            figures.figure(sums, VISITED),
            ratio(people.visited_when_acted, people.acted) if by_people else None,
        ),
        *(
            Stage(code, figures.figure(sums, code), rate)
            for code, rate in zip((BOOKED, MET, QUALIFIED, WON), rates, strict=True)
        ),
    )


_PAIRS: Final = tuple(zip((TOUCHED, *REACHED), REACHED, strict=False))


def acts_of(figures: Figures) -> tuple[Stage, ...]:
    """What advocates did, as often as they did it."""
    sums = figures.total()
    return tuple(Stage(code, figures.figure(sums, code)) for code in ACTS)


def afterwards_of(figures: Figures) -> tuple[Stage, ...]:
    """What else became of it."""
    sums = figures.total()
    return tuple(Stage(code, figures.figure(sums, code)) for code in AFTERWARDS)


def _asked(figures: Figures, people: People) -> Figure:
    """Advocates who were asked; where they cannot be told apart, how often."""
    if not figures.counts_people():
        return figures.figure(figures.total(), ASKED)
    return Figure(people.asked * MILLION, rows=_rows(figures, ASKED, people.asked))


def _acted(figures: Figures, people: People) -> Figure:
    """Advocates who acted; where they cannot be told apart, how often."""
    if figures.counts_people():
        return Figure(people.acted * MILLION, rows=_rows(figures, ACTED, people.acted))
    sums = figures.total()
    acts = sum(sums[metric] for metric in (SHARED, INTRODUCED))
    return Figure(acts, sums[name_of(INTRODUCED, influenced=True)], _rows(figures, ACTED, acts))


def _rows(figures: Figures, metric: str, count: int) -> str:
    return key_of(figures.picks, metric) if count else ""


def series_of(figures: Figures) -> Series:
    """Pipeline opened and won in each step of the period."""
    picks = figures.picks
    step, starts = steps(picks.first, picks.last)
    names = [start.isoformat() for start in starts]
    sums: list[Counter[str]] = [Counter() for _ in starts]
    for day, metrics in figures.course():
        sums[bisect_right(names, day) - 1].update(metrics)
    points = []
    for place, start in enumerate(starts):
        end = starts[place + 1] - ONE_DAY if place + 1 < len(starts) else picks.last
        opened = figures.figure(sums[place], OPENED, money=True)
        rows = key_of(picks, OPENED, start, end) if opened.rows else ""
        won = won_money(sums[place], key_of(picks, SOLD, start, end))
        points.append(Point(start, replace(opened, rows=rows), won))
    return Series(step, tuple(points))
