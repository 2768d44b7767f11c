"""Who has which variant: by lot, as often as each weighs, and what was noted stays."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.experiments.statistics import Result, chance
from passalong.ledger.port import Standing
from passalong.program import Experiment
from passalong.tokens import PathKeys
from passalong.variants import (
    Given,
    drawn,
    given_to,
    noted,
    preference,
    subject_of,
    variants_of,
    weighed,
    weights_of,
)
from tests.programs import SECRET

KEYS = PathKeys(SECRET, "leeway")
MANY = [f"a-{number}" for number in range(20_000)]
LOTS = st.integers(0, 2**64 - 1)
WEIGHTS = st.lists(st.integers(0, 1000), min_size=2, max_size=5).filter(any)


def experiment(*weights: int, name: str = "tone", automatic: bool = False) -> Experiment:
    variants = tuple("abcde"[: len(weights)])
    return Experiment(name, "messages/linkedin", variants, weights, automatic=automatic)


def counted(one: Experiment, standings: dict[str, Standing] | None = None) -> dict[str, int]:
    """How many of many people draw each variant."""
    codes = [*variants_of([one], MANY, standings or {}, KEYS).values()]
    return {variant: codes.count(f"{one.name}={variant}") for variant in one.variants}


def is_likely(count: int, share: float) -> bool:
    """Whether so many of `MANY` are no farther from a share of them than five deviations."""
    return abs(count - len(MANY) * share) <= 5 * sqrt(len(MANY) * share * (1 - share))


# --- By lot -----------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [(1, 1), (9, 1), (1, 99), (62, 38), (1, 1, 1), (5, 3, 2)])
def test_each_variant_is_drawn_as_often_as_it_weighs(weights: tuple[int, ...]) -> None:
    one = experiment(*weights)
    found = counted(one)
    for variant, weight in zip(one.variants, weights, strict=True):
        assert is_likely(found[variant], weight / sum(weights))


def test_what_weighs_nothing_is_never_drawn() -> None:
    assert counted(experiment(0, 1, 0)) == {"a": 0, "b": len(MANY), "c": 0}


@given(WEIGHTS)
def test_the_lots_are_cut_into_parts_of_exactly_these_sizes(weights: list[int]) -> None:
    one, total = experiment(*weights), sum(weights)
    edge = 0
    for variant, weight in zip(one.variants, weights, strict=True):
        if weight:
            first = -(-edge * 2**64 // total)
            last = -(-(edge + weight) * 2**64 // total) - 1
            assert drawn(one, weights, first) == drawn(one, weights, last) == variant
        edge += weight


@given(LOTS, WEIGHTS)
def test_every_lot_falls_on_a_variant_that_weighs_something(lot: int, weights: list[int]) -> None:
    one = experiment(*weights)
    assert weights[one.variants.index(drawn(one, weights, lot))] > 0


def test_one_experiment_tells_nothing_of_another() -> None:
    codes = variants_of([experiment(1, 1), experiment(1, 1, name="gift")], MANY, {}, KEYS).values()
    both = sum(1 for code in codes if code in ("tone=a,gift=a", "tone=b,gift=b"))
    assert is_likely(both, 1 / 2)


def test_another_secret_draws_otherwise_and_the_same_one_alike() -> None:
    people, other = MANY[:200], PathKeys(bytes(32), "leeway")
    mine = variants_of([experiment(1, 1)], people, {}, KEYS)
    assert variants_of([experiment(1, 1)], people[::-1], {}, PathKeys(SECRET, "leeway")) == mine
    assert variants_of([experiment(1, 1)], people, {}, other) != mine


def test_an_unequal_split_has_no_say_in_who_is_of_which_kind() -> None:
    """Of two kinds of people, who are in no order, both are split alike."""
    codes = variants_of([experiment(9, 1)], MANY, {}, KEYS)
    kinds = [
        [codes[who] == "tone=b" for who in MANY if int(who[2:]) % 2 == kind] for kind in (0, 1)
    ]
    even, odd = (Result(len(kind), sum(kind)) for kind in kinds)
    assert 1e-6 < chance(even, odd) < 1 - 1e-6


# --- What was noted ---------------------------------------------------------------------------


@given(st.text("abcdefgh0123456789", min_size=1), st.sampled_from("ab"), WEIGHTS)
def test_what_was_noted_stays_whatever_it_weighs(
    advocate: str, variant: str, weights: list[int]
) -> None:
    one = experiment(*weights)
    standing = Standing(preferences={preference(one): noted(Given(variant, "2026-11-24"))})
    found = variants_of([one], [advocate], {f"advocate:{advocate}": standing}, KEYS)
    assert found == {advocate: f"tone={variant}"}


def test_a_variant_that_is_no_more_is_drawn_anew() -> None:
    one = experiment(0, 1)
    standing = Standing(preferences={preference(one): "z 2026-11-24"})
    assert given_to(one, standing) is None
    assert variants_of([one], ["a-1"], {"advocate:a-1": standing}, KEYS) == {"a-1": "tone=b"}


def test_a_preference_is_named_like_a_variable() -> None:
    assert preference(experiment(1, 1, name="linkedin-tone-2")).isidentifier()


def test_noted_weights_count_only_where_they_are_automatic_and_of_these_variants() -> None:
    standing = Standing(preferences=weighed({"a": 10, "b": 90}))
    assert weights_of(experiment(1, 1, automatic=True), standing) == (10, 90)
    assert weights_of(experiment(1, 1), standing) == (1, 1)
    assert weights_of(experiment(1, 1, 1, automatic=True), standing) == (1, 1, 1)
    assert weights_of(experiment(1, 1, automatic=True), None) == (1, 1)


def test_noted_weights_are_those_that_are_drawn_by() -> None:
    one = experiment(1, 1, automatic=True)
    found = counted(one, {subject_of(one): Standing(preferences=weighed({"a": 5, "b": 95}))})
    assert is_likely(found["b"], 0.95)
