"""What came of experiments so far: people by variant and day, and what may be said of it.

People count from the day on which their variant was noted, which the ledger's standings tell; what
they brought about from the figures by advocate and day. So no event is read, however many there
are. What is said goes by days that are over: looking twice on one day says the same.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
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
    from passalong.model import Experiment, Program

GOALS: Final = {"acted": ("shared", "introduced"), "booked": ("booked",), "won": ("won",)}
"""By goal the metrics of the figures, one of which an advocate has to have brought about."""
_ADVOCATE: Final = "advocate:"
_EVER: Final = "0001-01-01"


class Person(NamedTuple):
    """An advocate in an experiment, and the day from which they count."""

    variant: str
    since: str


def shown_generation(ledger: Ledger) -> int:
    """The generation of the figures that reports show now."""
    return int(json.loads(ledger.cursor("figures") or "{}").get("shown", 1))


def experiments_of(
    ledger: Ledger, program: Program, generation: int, today: date
) -> tuple[Shown, ...]:
    """Every running experiment as a report shows it; ``generation`` is that of the figures."""
    every = running(program)
    if not every:
        return ()
    standings = ledger.standings()
    cells = _cells(ledger, generation, every, standings, today)
    return tuple(_shown(one, standings, cells, today) for one in every)


def shares_of(
    experiment: Experiment, ledger: Ledger, generation: int, today: date
) -> dict[str, int]:
    """By which weights, in percent, people not yet assigned draw today, if that is automatic."""
    standings = ledger.standings()
    cells = _cells(ledger, generation, [experiment], standings, today)
    results = _latest(by_day(experiment, standings, cells), experiment)
    found = weights(results, today.toordinal())
    return {variant: round(found[variant] * 100) for variant in experiment.variants}


def by_day(
    experiment: Experiment,
    standings: Mapping[str, Standing],
    cells: Iterable[tuple[Cell, Mapping[str, int]]],
) -> dict[str, Results]:
    """The results up to the end of each day on which they changed, by day.

    ``cells`` are those of the figures by advocate, in the order of their days.
    """
    people = _people(experiment, standings)
    assigned: dict[str, list[str]] = defaultdict(list)
    acted: dict[str, list[str]] = defaultdict(list)
    for person in people.values():
        assigned[person.since].append(person.variant)
    goals = {
        name_of(metric, influenced=influenced)
        for metric in GOALS[experiment.goal]
        for influenced in (False, True)
    }
    for cell, metrics in cells:
        one = people.get(cell.value)
        is_after = one is not None and cell.day >= one.since
        if one and is_after and any(metrics.get(goal, 0) > 0 for goal in goals):
            acted[cell.day].append(one.variant)
            del people[cell.value]  # who did it is counted once
    return _summed(experiment, assigned, acted)


def _summed(
    experiment: Experiment, assigned: Mapping[str, list[str]], acted: Mapping[str, list[str]]
) -> dict[str, Results]:
    now = dict.fromkeys(experiment.variants, Result(0, 0))
    found = {}
    for day in sorted({*assigned, *acted}):
        for variant in assigned.get(day, ()):
            now[variant] = now[variant]._replace(assigned=now[variant].assigned + 1)
        for variant in acted.get(day, ()):
            now[variant] = now[variant]._replace(acted=now[variant].acted + 1)
        found[day] = dict(now)
    return found


def _people(experiment: Experiment, standings: Mapping[str, Standing]) -> dict[str, Person]:
    """Everybody in it; who was in it before its results count does so from that day."""
    since = experiment.since.isoformat() if experiment.since else ""
    found = {}
    for subject, standing in standings.items():
        if subject.startswith(_ADVOCATE) and (given := given_to(experiment, standing)):
            advocate = subject.removeprefix(_ADVOCATE)
            found[advocate] = Person(given.variant, max(given.day, since))
    return found


def _cells(
    ledger: Ledger,
    generation: int,
    experiments: Sequence[Experiment],
    standings: Mapping[str, Standing],
    today: date,
) -> Sequence[tuple[Cell, Mapping[str, int]]]:
    """The figures by advocate since the first of them counted."""
    firsts = [p.since for one in experiments for p in _people(one, standings).values()]
    if not firsts:
        return []
    name = table(generation, BY_DAY, "advocate")
    return ledger.figures(name, max(min(firsts), _EVER), today.isoformat())


def _latest(days: Mapping[str, Results], experiment: Experiment) -> Results:
    last = max(days, default="")
    return days[last] if last else dict.fromkeys(experiment.variants, Result(0, 0))


def _shown(
    one: Experiment,
    standings: Mapping[str, Standing],
    cells: Iterable[tuple[Cell, Mapping[str, int]]],
    today: date,
) -> Shown:
    days = by_day(one, standings, cells)
    over = [days[day] for day in sorted(days) if day < today.isoformat()]
    said = verdict(over, one.minimum)
    begun = min(days, default="")
    return Shown(
        about=one.varies,
        arms=_arms(one, _latest(days, one), standings),
        code=said.code,
        winner=said.winner,
        probability=None if said.probability is None else round(said.probability * MILLION),
        minimum=said.awaited or one.minimum,
        since=one.since or (date.fromisoformat(begun) if begun else None),
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
