"""What came of experiments so far: who has which variant, and what may be said of it.

Each advocate has so many days from the one on which their variant was noted, which the ledger's
standings tell; what they brought about in them the figures by advocate and day. So no event is
read, however many there are.

What is said goes by those whose days are over: each of them counts once and for all, and whoever
came late has not had less time. That many were given their variants at the same moment, as at the
first publishing, makes no first look at which nobody could have acted.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.experiments.statistics import Result, Results, verdict, weights, wilson
from passalong.figures.rows import BY_DAY, name_of, table
from passalong.report.model import MILLION, Arm
from passalong.report.model import Experiment as Shown
from passalong.variants import given_to, running, subject_of, weights_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from passalong.ledger.port import Ledger, Standing
    from passalong.ledger.tallies import Cell
    from passalong.program import Experiment, Program

    Figures = Sequence[tuple[Cell, Mapping[str, int]]]
    """The figures by advocate."""

GOALS: Final = {"acted": ("shared", "introduced"), "booked": ("booked",), "won": ("won",)}
"""By goal the metrics of the figures, one of which an advocate has to have brought about."""
_ADVOCATE: Final = "advocate:"


class Person(NamedTuple):
    """An advocate in an experiment: from the first day to the last they have, whether they did."""

    variant: str
    first: str
    last: str
    acted: bool = False


def experiments_of(
    ledger: Ledger, program: Program, generation: int, today: date
) -> tuple[Shown, ...]:
    """Every running experiment as a report shows it; ``generation`` is that of the figures."""
    every = running(program)
    if not every:
        return ()
    standings = ledger.standings()
    figures = _figures(ledger, generation, every, standings)
    return tuple(_shown(one, standings, figures, today) for one in every)


def shares_of(
    experiment: Experiment, ledger: Ledger, generation: int, today: date
) -> dict[str, int]:
    """By which weights, in percent, people not yet assigned draw today, if that is automatic."""
    standings = ledger.standings()
    people = people_of(experiment, standings, _figures(ledger, generation, [experiment], standings))
    over = [one for one in people if one.last < today.isoformat()]
    found = weights(_counted(experiment, over), today.toordinal())
    return {variant: round(found[variant] * 100) for variant in experiment.variants}


def people_of(
    experiment: Experiment, standings: Mapping[str, Standing], figures: Figures
) -> list[Person]:
    """Everybody in it; who was in it before its results count is so from that day."""
    goals = {
        name_of(metric, influenced=influenced)
        for metric in GOALS[experiment.goal]
        for influenced in (False, True)
    }
    acted = defaultdict(list)
    for cell, metrics in figures:
        if any(metrics.get(goal, 0) > 0 for goal in goals):
            acted[cell.value].append(cell.day)
    found = []
    for advocate, one in _given(experiment, standings):
        did = any(one.first <= day <= one.last for day in acted.get(advocate, ()))
        found.append(one._replace(acted=did))
    return found


def _given(
    experiment: Experiment, standings: Mapping[str, Standing]
) -> Iterable[tuple[str, Person]]:
    since = experiment.since.isoformat() if experiment.since else ""
    for subject, standing in standings.items():
        if subject.startswith(_ADVOCATE) and (given := given_to(experiment, standing)):
            first = date.fromisoformat(max(given.day, since))
            last = first + timedelta(days=experiment.days)
            one = Person(given.variant, first.isoformat(), last.isoformat())
            yield subject.removeprefix(_ADVOCATE), one


def _figures(
    ledger: Ledger,
    generation: int,
    experiments: Sequence[Experiment],
    standings: Mapping[str, Standing],
) -> Figures:
    """Those of all the days that anybody has."""
    given = [one for experiment in experiments for _, one in _given(experiment, standings)]
    if not given:
        return []
    first, last = min(one.first for one in given), max(one.last for one in given)
    return ledger.figures(table(generation, BY_DAY, "advocate"), first, last)


def _counted(experiment: Experiment, people: Iterable[Person]) -> Results:
    found = dict.fromkeys(experiment.variants, Result(0, 0))
    for one in people:
        assigned, acted = found[one.variant]
        found[one.variant] = Result(assigned + 1, acted + one.acted)
    return found


def days_over(experiment: Experiment, people: Iterable[Person], today: date) -> list[Results]:
    """The results of those whose days were over, up to the end of each day that changed them."""
    by_day = defaultdict(list)
    for one in people:
        if one.last < today.isoformat():
            by_day[one.last].append(one)
    found, now = [], _counted(experiment, ())
    for day in sorted(by_day):
        more = _counted(experiment, by_day[day])
        now = {
            name: Result(old.assigned + more[name].assigned, old.acted + more[name].acted)
            for name, old in now.items()
        }
        found.append(now)
    return found


def _shown(
    one: Experiment, standings: Mapping[str, Standing], figures: Figures, today: date
) -> Shown:
    people = people_of(one, standings, figures)
    said = verdict(days_over(one, people, today), one.minimum)
    began = min((person.first for person in people), default="")
    return Shown(
        about=one.varies,
        arms=_arms(one, _counted(one, people), standings),
        code=said.code,
        winner=said.winner,
        probability=None if said.probability is None else round(said.probability * MILLION),
        minimum=said.awaited or one.minimum,
        since=one.since or (date.fromisoformat(began) if began else None),
    )


def _arms(one: Experiment, now: Results, standings: Mapping[str, Standing]) -> tuple[Arm, ...]:
    shares = weights_of(one, standings.get(subject_of(one)))
    return tuple(
        _arm(variant, now[variant], share * MILLION // sum(shares))
        for variant, share in zip(one.variants, shares, strict=True)
    )


def _arm(variant: str, result: Result, weight: int) -> Arm:
    low, high = wilson(result)
    return Arm(
        variant,
        assigned=result.assigned,
        acted=result.acted,
        rate=round(result.rate * MILLION) if result.assigned else None,
        low=round(low * MILLION),
        high=round(high * MILLION),
        weight=weight,
    )
