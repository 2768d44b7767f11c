"""What is said of experiments: against published examples, and over thousands of simulated ones."""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passalong.experiments.statistics import (
    FALSE_WINNERS,
    LEAST,
    Result,
    Results,
    beats,
    chance,
    difference,
    verdict,
    weights,
    wilson,
)

DAYS = 80
EVEN = {"a": 0.5, "b": 0.5}
SKEWED = {"a": 0.9, "b": 0.1}
THREE = {"a": 0.4, "b": 0.35, "c": 0.25}

results = st.integers(0, 300).flatmap(
    lambda n: st.builds(Result, st.just(n), st.integers(0, n)),
)


# --- Against published examples ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("acted", "assigned", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_a_rate_has_the_interval_of_wilson(
    acted: int, assigned: int, low: float, high: float
) -> None:
    """Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3."""
    assert wilson(Result(assigned, acted)) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("b", "a", "low", "high"),
    [
        ((70, 56), (80, 48), 0.0524, 0.3339),
        ((10, 9), (10, 3), 0.1705, 0.8090),
        ((7, 6), (7, 2), 0.0582, 0.8062),
        ((56, 5), (29, 0), -0.0381, 0.1926),
        ((10, 0), (20, 0), -0.1611, 0.2775),
        ((10, 0), (10, 0), -0.2775, 0.2775),
        ((10, 10), (20, 0), 0.6791, 1),
        ((10, 10), (10, 0), 0.6075, 1),
    ],
)
def test_a_difference_has_the_interval_of_newcombe(
    b: tuple[int, int], a: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10."""
    assert difference(Result(*a), Result(*b)) == pytest.approx((low, high), abs=5e-5)


def test_the_probability_of_being_better_is_that_of_cooks_resellers() -> None:
    """J. D. Cook, "A Bayesian view of Amazon resellers" (2011): 90 of 100 against 2 of 2."""
    assert beats(Result(100, 90), Result(2, 2)) == pytest.approx(0.713, abs=5e-4)


@given(results, results)
def test_one_more_who_acts_changes_the_probability_as_cook_says(b: Result, a: Result) -> None:
    """g(a+1, b, c, d) = g(a, b, c, d) + h/a: Cook, "Exact calculation of beta inequalities"."""
    more = Result(b.assigned + 1, b.acted + 1)
    p, q = b.acted + 1, b.assigned - b.acted + 1
    r, s = a.acted + 1, a.assigned - a.acted + 1
    step = math.exp(beta(p + r, q + s) - beta(p, q) - beta(r, s)) / p
    assert beats(more, a) == pytest.approx(beats(b, a) + step, abs=1e-9)
    assert beats(b, a) + beats(a, b) == pytest.approx(1)


def beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


@given(results, results)
def test_the_probability_is_what_integrating_gives(b: Result, a: Result) -> None:
    mine, theirs = density(b), density(a)
    below = [up_to - own / 2 for up_to, own in zip(accumulate(theirs), theirs, strict=True)]
    integral = sum(one * other for one, other in zip(mine, below, strict=True))
    assert beats(b, a) == pytest.approx(integral, abs=1e-3)


def density(found: Result) -> list[float]:
    """How likely a rate is to lie in each of many small steps, after a result."""
    acted, not_acted = found.acted, found.assigned - found.acted
    whole = beta(acted + 1, not_acted + 1)
    middles = [(step + 0.5) / 2000 for step in range(2000)]
    steps = [math.exp(acted * math.log(x) + not_acted * math.log(1 - x) - whole) for x in middles]
    return [one / sum(steps) for one in steps]


def test_chance_is_that_of_fishers_convicts_and_of_his_tea() -> None:
    """Fisher, "Statistical Methods for Research Workers" (1934), §21.02: 10 of 13 monozygotic
    twins of convicts against 2 of 17 others; "The Design of Experiments" (1935): 3 cups of 4.
    """
    assert chance(Result(13, 10), Result(17, 2)) == pytest.approx(0.000465, abs=5e-7)
    assert chance(Result(4, 3), Result(4, 1)) == pytest.approx(17 / 70)
    assert chance(Result(4, 4), Result(4, 0)) == pytest.approx(1 / 70)


def test_large_experiments_are_no_trouble() -> None:
    assert beats(Result(2_000_000, 20_000), Result(2_000_000, 20_000)) == pytest.approx(0.5)
    assert beats(Result(2_000_000, 20_900), Result(2_000_000, 20_000)) > 0.999
    assert chance(Result(2_000_000, 20_900), Result(2_000_000, 20_000)) < 0.001
    assert wilson(Result(0, 0)) == (0, 1)


# --- What is said -----------------------------------------------------------------------------


def test_nothing_is_said_before_every_variant_has_the_minimum() -> None:
    found = verdict([{"a": Result(900, 30), "b": Result(49, 40)}], minimum=50)
    assert (found.code, found.winner, found.awaited) == ("too-early", "b", 50)
    assert verdict([]).code == "too-early"
    with pytest.raises(ValueError, match="two variants"):
        verdict([{"a": Result(900, 30)}])


def test_a_large_difference_is_seen_at_the_first_checkpoint_and_stays() -> None:
    early = {"a": Result(60, 6), "b": Result(55, 25)}
    later = {"a": Result(90, 40), "b": Result(95, 41)}
    found = verdict([early, later])
    assert (found.code, found.winner, found.awaited) == ("better", "b", 0)
    assert found.probability == beats(early["b"], early["a"]) > 0.97


def test_between_checkpoints_nothing_is_decided() -> None:
    level = {"a": Result(50, 10), "b": Result(50, 10)}
    between = {"a": Result(99, 10), "b": Result(99, 40)}
    waits = verdict([level, between])
    assert (waits.code, waits.winner, waits.awaited) == ("no-winner", "b", 100)
    decided = verdict([level, between, {"a": Result(100, 10), "b": Result(100, 40)}])
    assert (decided.code, decided.winner) == ("better", "b")


def test_variants_that_are_level_have_no_leader() -> None:
    found = verdict([{"a": Result(80, 8), "b": Result(80, 8)}])
    assert (found.code, found.winner, found.probability) == ("no-winner", "", None)


def test_a_variant_that_came_later_is_waited_for() -> None:
    before = {"a": Result(500, 10), "b": Result(500, 90)}
    after = {"a": Result(510, 10), "b": Result(510, 92), "c": Result(20, 3)}
    assert verdict([before, after]).code == "too-early"


# --- Simulated experiments --------------------------------------------------------------------


class Binomial:
    """Draws of a binomial distribution, by its cumulative probabilities."""

    def __init__(self, n: int, p: float) -> None:
        self.below = [*accumulate(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n))]

    def draw(self, random: random.Random) -> int:
        return bisect(self.below, random.random())


class Experiments:
    """Experiments that are looked at daily: people come, are assigned by lot, and may act."""

    def __init__(self, split: dict[str, float], rates: dict[str, float], people: int) -> None:
        self.split, self.people = split, people
        self.act = {
            name: [Binomial(n, rate) for n in range(people + 1)] for name, rate in rates.items()
        }
        *first, self.last = split
        left, self.lots = 1.0, {}
        for name in first:
            share = split[name] / left
            self.lots[name] = [Binomial(n, share) for n in range(people + 1)]
            left -= split[name]

    def days(self, random: random.Random) -> list[Results]:
        totals, days = dict.fromkeys(self.split, (0, 0)), []
        for _ in range(DAYS):
            left = self.people
            for name in self.split:
                lot = self.lots[name][left].draw(random) if name in self.lots else left
                left -= lot
                assigned, acted = totals[name]
                totals[name] = (assigned + lot, acted + self.act[name][lot].draw(random))
            days.append({name: Result(*total) for name, total in totals.items()})
        return days

    def many(self, count: int, seed: int) -> Iterator[list[Results]]:
        lots = random.Random(seed)
        return (self.days(lots) for _ in range(count))


WITHOUT = [
    Experiments(EVEN, dict.fromkeys("ab", 0.25), 16),
    Experiments(SKEWED, dict.fromkeys("ab", 0.25), 40),
    Experiments(THREE, dict.fromkeys("abc", 0.1), 24),
    Experiments(EVEN, dict.fromkeys("ab", 0.02), 16),
]


def false_winners(count: int) -> list[float]:
    """In how many of ``count`` of each kind of experiment without a difference one is declared."""
    return [
        sum(verdict(days).code == "better" for days in kind.many(count, seed)) / count
        for seed, kind in enumerate(WITHOUT)
    ]


def test_of_10_000_experiments_without_a_difference_few_declare_a_winner() -> None:
    found = false_winners(2500)
    assert max(found) <= FALSE_WINNERS, found
    assert sum(found) > 0, "the test itself would see none"


@pytest.mark.soak
def test_of_400_000_experiments_without_a_difference_few_declare_a_winner() -> None:
    assert max(false_winners(100_000)) <= FALSE_WINNERS


def test_who_looks_every_day_sees_what_the_last_look_sees() -> None:
    for kind in WITHOUT[:3]:
        for days in kind.many(40, seed=7):
            looks = [verdict(days[: day + 1]) for day in range(DAYS)]
            declared = [look for look in looks if look.code == "better"]
            assert declared == [looks[-1]] * len(declared)
            assert bool(declared) == (looks[-1].code == "better")


def test_looking_daily_at_the_plain_probability_would_declare_far_too_many() -> None:
    """Why it is done so: with the same rate but no checkpoints, peeking misleads."""
    fooled = 0
    for days in WITHOUT[0].many(200, seed=1):
        looks = (chance(day["b"], day["a"]) for day in islice(days, 5, None, 3))
        fooled += any(min(p, 1 - p) <= FALSE_WINNERS / 2 for p in looks)
    assert fooled / 200 > 2 * FALSE_WINNERS


@pytest.mark.parametrize(
    ("split", "people", "power"), [(EVEN, 20, 0.8), (SKEWED, 60, 0.6), (THREE, 36, 0.7)]
)
def test_a_real_difference_is_found(split: dict[str, float], people: int, power: float) -> None:
    rates = dict.fromkeys(split, 0.20) | {"b": 0.32}
    found = [verdict(days) for days in Experiments(split, rates, people).many(300, seed=3)]
    right = sum(one.code == "better" and one.winner == "b" for one in found)
    wrong = sum(one.code == "better" and one.winner != "b" for one in found)
    assert right / 300 >= power
    assert wrong / 300 <= 0.01


@pytest.mark.parametrize("split", [EVEN, SKEWED, THREE])
def test_an_unequal_split_biases_neither_rates_nor_intervals(split: dict[str, float]) -> None:
    rates = dict(zip("abc", (0.2, 0.3, 0.1), strict=True))
    rates = {name: rates[name] for name in split}
    ends = [days[-1] for days in Experiments(split, rates, 40).many(600, seed=5)]
    for name, rate in rates.items():
        mean = sum(end[name].rate for end in ends) / len(ends)
        assert mean == pytest.approx(rate, abs=0.003)
        within = [wilson(end[name]) for end in ends]
        covered = sum(low <= rate <= high for low, high in within) / len(ends)
        assert covered == pytest.approx(0.95, abs=0.03)
    between = [difference(end["a"], end["b"]) for end in ends]
    covered = sum(low <= rates["b"] - rates["a"] <= high for low, high in between) / len(ends)
    assert covered == pytest.approx(0.95, abs=0.03)


# --- Shares that follow the results -----------------------------------------------------------


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from("abcdef"), results, min_size=1), st.integers(0, 2**32))
def test_shares_are_repeatable_together_one_and_none_is_left_out(found: Results, seed: int) -> None:
    shares = weights(found, seed)
    again = weights(dict(reversed(found.items())), seed)
    assert shares == again
    assert sum(round(share * 100) for share in shares.values()) == 100
    assert min(shares.values()) >= LEAST - 0.01


def test_who_does_better_gets_more_and_who_is_unknown_gets_a_chance() -> None:
    shares = weights({"a": Result(200, 10), "b": Result(200, 30), "new": Result(0, 0)}, seed=1)
    assert shares["b"] > shares["a"]
    assert shares["new"] > 0.3
    assert weights({}, seed=1) == {}
    even = weights({"a": Result(50, 5), "b": Result(50, 5)}, seed=1)
    assert even["a"] == pytest.approx(0.5, abs=0.03)


def following(lots: random.Random, rates: dict[str, float]) -> list[Results]:
    """An experiment whose shares are drawn anew every week."""
    totals = dict.fromkeys(rates, Result(0, 0))
    shares, days = dict.fromkeys(rates, 1 / len(rates)), []
    for day in range(DAYS):
        if day % 7 == 6:
            shares = weights(totals, seed=day)
        for name in lots.choices([*shares], [*shares.values()], k=16):
            assigned, acted = totals[name]
            totals[name] = Result(assigned + 1, acted + (lots.random() < rates[name]))
        days.append(dict(totals))
    return days


@pytest.mark.soak
def test_of_10_000_experiments_with_shares_that_follow_few_declare_a_winner() -> None:
    lots = random.Random(12)
    found = [verdict(following(lots, {"a": 0.2, "b": 0.2})) for _ in range(10_000)]
    assert sum(one.code == "better" for one in found) / len(found) <= FALSE_WINNERS
