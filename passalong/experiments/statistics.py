"""What the results of an experiment say: rates with intervals, the better variant, the next shares.

How sure one may be although one looks every day: a verdict falls only at checkpoints, the first
when the smallest variant has ``minimum`` people, each further one when it has twice as many. They
are days of the past, so that looking often, or not at all, changes nothing. The permitted rate of
false winners is shared among them, 1/2, 1/6, 1/12, 1/20 … of it, which together is no more than all
of it however long an experiment runs (Bonferroni's inequality; on spending an error rate over
looks: Lan and DeMets, Biometrika 70, 1983). At a checkpoint the leader must beat each other variant
by Fisher's exact test (one-sided, at the checkpoint's share divided by the number of variants). It
holds at any sample size and for any split, since it takes the people of each variant as given. What
was found stays found.

That holds for a split that does not follow the results; for `weights`, which do, it is measured.
People must be counted from the day they were assigned. An outcome may come late, if it comes
equally late in every variant.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, sqrt
from random import Random
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MINIMUM: Final = 50
"""People of each variant before the first verdict."""
FALSE_WINNERS: Final = 0.05
"""Of experiments without a difference, those in which a winner may be declared."""
LEAST: Final = 0.05
"""The share of new people that every variant keeps, so that it goes on being measured."""
_DRAWS: Final = 2000


class Result(NamedTuple):
    """People assigned to a variant so far, and how many of them acted."""

    assigned: int
    acted: int

    @property
    def rate(self) -> float:
        """The share that acted; 0 of nobody."""
        return self.acted / self.assigned if self.assigned else 0.0


Results = dict[str, Result]
"""Of each variant by its name."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said.

    ``too-early``: no checkpoint was reached. ``no-winner``: at none of them was there one. In both
    cases ``winner`` leads at the last look ("" where nobody does). ``better``: it won.
    ``probability`` that it is the best is a lower bound where there are more than two; of a winner
    it is that of the checkpoint that decided. ``awaited`` is how many people of each variant the
    next checkpoint waits for, 0 where it is decided.
    """

    code: Literal["too-early", "no-winner", "better"]
    winner: str = ""
    probability: float | None = None
    awaited: int = 0


def wilson(result: Result, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a rate (Wilson, Journal of the American Statistical Association 22, 1927)."""
    n, p = result.assigned, result.rate
    if not n:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def difference(a: Result, b: Result, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of b's rate less a's (Newcombe, Statistics in Medicine 17, 1998, method 10)."""
    low_a, high_a = wilson(a, confidence)
    low_b, high_b = wilson(b, confidence)
    between = b.rate - a.rate
    below = sqrt((b.rate - low_b) ** 2 + (high_a - a.rate) ** 2)
    above = sqrt((high_b - b.rate) ** 2 + (a.rate - low_a) ** 2)
    return max(-1.0, between - below), min(1.0, between + above)


def beats(b: Result, a: Result) -> float:
    """The probability that b's true rate is above a's, both taken for equally likely before.

    Exactly: Evan Miller, "Formulas for Bayesian A/B Testing". Of the four equal forms that Cook's
    symmetries give ("Exact Calculation of Beta Inequalities", 2005) the one with fewest terms.
    """
    sizes = (b.acted, b.assigned - b.acted, a.acted, a.assigned - a.acted)
    p, q, r, s = (size + 1 for size in sizes)
    fewest = min(p, q, r, s)
    if fewest == p:
        return _above(p, q, r, s)
    if fewest == s:
        return _above(s, r, q, p)
    if fewest == r:
        return 1 - _above(r, s, p, q)
    return 1 - _above(q, p, s, r)


def _above(p: int, q: int, r: int, s: int) -> float:
    """The probability that a Beta(p, q) is above a Beta(r, s), as a sum of p terms."""
    terms = (
        exp(_beta(r + i, s + q) - log(q + i) - _beta(1 + i, q) - _beta(r, s)) for i in range(p)
    )
    return min(1.0, sum(terms))


def _beta(a: float, b: float) -> float:
    """The logarithm of the beta function."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def chance(b: Result, a: Result) -> float:
    """How often b would lead a by this much or more if they were alike (Fisher's exact test).

    One-sided. Source: Fisher, "Statistical Methods for Research Workers", 1934, §21.02.
    """
    people, acted = a.assigned + b.assigned, a.acted + b.acted
    term = exp(
        _ways(b.assigned, b.acted) + _ways(a.assigned, a.acted) - _ways(people, acted)
    )  # that it is exactly this, and then ever more
    total = 0.0
    for ours in range(b.acted, min(b.assigned, acted) + 1):
        total += term
        theirs = acted - ours
        term *= (b.assigned - ours) * theirs
        term /= (ours + 1) * (a.assigned - theirs + 1)
    return min(1.0, total)


def _ways(n: int, k: int) -> float:
    """The logarithm of n choose k."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def verdict(
    days: Sequence[Mapping[str, Result]],
    minimum: int = MINIMUM,
    false_winners: float = FALSE_WINNERS,
) -> Verdict:
    """What may be said after these days: the results up to the end of each, oldest first.

    A day may lack variants that came later, the last one none. Raises ValueError for fewer than two
    variants, and for a ``minimum`` below 1.
    """
    now = days[-1] if days else {}
    if (days and len(now) < 2) or minimum < 1:
        raise ValueError("an experiment has two variants or more, and waits for somebody")
    whole = [day for day in days if day.keys() == now.keys()]
    reached = 0
    for look in _checkpoints(whole, minimum):
        reached += 1
        share = false_winners / (reached * (reached + 1))
        if winner := _winner(look, share / len(look)):
            return Verdict("better", winner, _best(look, winner))
    leader = _leader(now)
    likely = _best(now, leader) if leader else None
    awaited = _next(now, minimum)
    return Verdict("no-winner" if reached else "too-early", leader, likely, awaited)


def _checkpoints(
    days: Iterable[Mapping[str, Result]], minimum: int
) -> Iterator[Mapping[str, Result]]:
    """Each day that decides. Where one day passes several, it is the first of them, once."""
    awaited = minimum
    for look in days:
        if _smallest(look) >= awaited:
            yield look
            awaited = _next(look, awaited)


def _next(now: Mapping[str, Result], awaited: int) -> int:
    while awaited <= _smallest(now):
        awaited *= 2
    return awaited


def _smallest(look: Mapping[str, Result]) -> int:
    return min((result.assigned for result in look.values()), default=0)


def _leader(look: Mapping[str, Result]) -> str:
    """The variant with the highest rate; none where two share it."""
    rates = sorted(((result.rate, name) for name, result in look.items()), reverse=True)
    return rates[0][1] if rates and (len(rates) < 2 or rates[0][0] > rates[1][0]) else ""


def _winner(look: Mapping[str, Result], level: float) -> str:
    leader = _leader(look)
    if not leader:
        return ""
    rivals = (result for name, result in look.items() if name != leader)
    return leader if all(chance(look[leader], rival) <= level for rival in rivals) else ""


def _best(look: Mapping[str, Result], name: str) -> float:
    """At least how likely the variant is to be the best of all."""
    rivals = (result for other, result in look.items() if other != name)
    return max(0.0, 1 - sum(1 - beats(look[name], rival) for rival in rivals))


def weights(results: Mapping[str, Result], seed: int) -> dict[str, float]:
    """Which share of the people not yet assigned each variant should get; together 1.

    The probability that it is the best (Thompson, Biometrika 25, 1933), drawn from ``seed``, with
    no less than `LEAST` for any. The same results and seed give the same shares, in whole percent.
    """
    names = sorted(results)
    if not names:
        return {}
    random = Random(seed)  # noqa: S311 - repeatable on purpose, and no secret
    wins = dict.fromkeys(names, 0)
    for _ in range(_DRAWS):
        drawn = {
            name: random.betavariate(acted + 1, assigned - acted + 1)
            for name, (assigned, acted) in ((name, results[name]) for name in names)
        }
        wins[max(names, key=drawn.__getitem__)] += 1
    least = min(LEAST, 1 / len(names))
    shares = {name: least + (1 - least * len(names)) * wins[name] / _DRAWS for name in names}
    return _in_percent(shares)


def _in_percent(shares: Mapping[str, float]) -> dict[str, float]:
    """Shares in whole percent that together are 100, by the largest remainders."""
    percent = {name: int(share * 100) for name, share in shares.items()}
    by_rest = sorted(shares, key=lambda name: (percent[name] - shares[name] * 100, name))
    for name in by_rest[: 100 - sum(percent.values())]:
        percent[name] += 1
    return {name: whole / 100 for name, whole in percent.items()}
