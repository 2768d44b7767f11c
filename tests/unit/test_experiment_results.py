"""What may be said of an experiment: who counts, from when, until when, and for what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.content.experiments import DAYS
from passalong.events import ASSIGNED, Event
from passalong.experiments.results import days_over, experiments_of, people_of, shares_of
from passalong.experiments.statistics import Result, wilson
from passalong.figures.rows import BY_DAY, table
from passalong.ledger.port import Actor, Standing
from passalong.ledger.sqlite import SqliteLedger, open_file
from passalong.ledger.tallies import Cell, Tally
from passalong.program import Booking, Brand, Experiment, Program, Texts
from passalong.report.model import MILLION
from passalong.variants import Given, noted, preference, subject_of, weighed

BEGIN = date(2026, 3, 2)
TONE = Experiment("tone", "messages/linkedin", ("a", "b"), (1, 1), days=14, minimum=10)


def day(number: int) -> str:
    return (BEGIN + timedelta(days=number)).isoformat()


def standing(one: Experiment, variant: str, number: int) -> Standing:
    return Standing(preferences={preference(one): noted(Given(variant, day(number)))})


def told(one: Experiment, cells: list[tuple[int, str, str]], **people: tuple[str, int]) -> Any:
    """Who counts, from people as (variant, day) and cells as (day, advocate, metric)."""
    standings = {f"advocate:{who}": standing(one, *given) for who, given in people.items()}
    figures = [(Cell("1.e.advocate", day(n), who), {metric: 1}) for n, who, metric in cells]
    found = people_of(one, standings, figures)
    return [(person.variant, person.acted) for person in found]


# --- Who counts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "metric", "counts"),
    [
        ("acted", "shared", True),
        ("acted", "introduced", True),
        ("acted", "introduced.influenced", True),
        ("acted", "visited", False),
        ("booked", "booked", True),
        ("booked", "booked.influenced", True),
        ("booked", "shared", False),
        ("won", "won", True),
        ("won", "won.money", False),
    ],
)
def test_only_what_it_is_about_counts(goal: Any, metric: str, counts: bool) -> None:
    one = Experiment("tone", "reward", ("a", "b"), (1, 1), goal)
    assert told(one, [(3, "maria", metric)], maria=("b", 0)) == [("b", counts)]


@pytest.mark.parametrize(("when", "counts"), [(-1, False), (0, True), (14, True), (15, False)])
def test_everybody_has_the_same_days(when: int, counts: bool) -> None:
    assert told(TONE, [(when, "maria", "shared")], maria=("a", 0)) == [("a", counts)]


def test_who_did_it_often_counts_once_and_others_do_not_at_all() -> None:
    cells = [(1, "maria", "shared"), (2, "maria", "introduced"), (2, "stranger", "shared")]
    assert told(TONE, cells, maria=("a", 0), jo=("b", 0)) == [("a", True), ("b", False)]


def test_before_its_results_count_nothing_does() -> None:
    later = Experiment("tone", "reward", ("a", "b"), (1, 1), since=BEGIN + timedelta(days=5))
    cells = [(3, "maria", "shared"), (6, "jo", "shared")]
    assert told(later, cells, maria=("a", 0), jo=("b", 0)) == [("a", False), ("b", True)]


# --- When they count --------------------------------------------------------------------------


def over(number: int, **people: tuple[str, int]) -> list[dict[str, Result]]:
    standings = {f"advocate:{who}": standing(TONE, *given) for who, given in people.items()}
    today = BEGIN + timedelta(days=number)
    return days_over(TONE, people_of(TONE, standings, []), today)


def test_nobody_counts_before_their_days_are_over() -> None:
    people = {"maria": ("a", 0), "jo": ("b", 0), "kim": ("b", 3)}
    assert over(14, **people) == []
    assert over(15, **people) == [{"a": Result(1, 0), "b": Result(1, 0)}]
    assert over(18, **people)[-1] == {"a": Result(1, 0), "b": Result(2, 0)}


PEOPLE = st.dictionaries(
    st.text("abc", min_size=1, max_size=4),
    st.tuples(st.sampled_from("ab"), st.integers(0, 60)),
    max_size=30,
)
ACTS = st.lists(
    st.tuples(
        st.integers(0, 90),
        st.text("abc", min_size=1, max_size=4),
        st.sampled_from(["shared", "introduced", "won"]),
    ),
    max_size=30,
)


@given(PEOPLE, ACTS, st.integers(0, 90), st.integers(0, 90))
def test_what_was_said_of_a_day_is_said_ever_after(
    people: dict[str, tuple[str, int]], acts: list[tuple[int, str, str]], one: int, other: int
) -> None:
    def said(number: int) -> list[dict[str, Result]]:
        """What is said on a day, when nothing later has happened."""
        standings = {f"advocate:{who}": standing(TONE, *given) for who, given in people.items()}
        cells = [(Cell("", day(n), who), {metric: 1}) for n, who, metric in acts if n <= number]
        found = people_of(TONE, standings, cells)
        return days_over(TONE, found, BEGIN + timedelta(days=number))

    early, late = said(min(one, other)), said(max(one, other))
    assert late[: len(early)] == early


# --- What is said of it -----------------------------------------------------------------------


class Kept:
    """A ledger with people and what they did."""

    def __init__(self, ledger: SqliteLedger) -> None:
        self.ledger, self._ids = ledger, count()

    def assign(self, one: Experiment, variant: str, number: int, people: int) -> list[str]:
        """So many more people with a variant from a day on."""
        names = [f"{variant}{next(self._ids)}" for _ in range(people)]
        for name in names:
            at = datetime(2026, 3, 2, tzinfo=UTC)
            event = Event(f"{one.name}{name}", "leeway", ASSIGNED, at, advocate=name)
            changes = {preference(one): noted(Given(variant, day(number)))}
            self.ledger.prefer(event, changes, Actor(f"advocate:{name}"))
        return names

    def act(self, people: list[str], number: int) -> None:
        for name in people:
            cell = Cell(table(1, BY_DAY, "advocate"), day(number), name)
            self.ledger.tally([Tally(f"{name}{number}", 1)], {cell: {"shared": 1_000_000}})


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    ledger = open_file(tmp_path / "ledger.db", "leeway")
    yield Kept(ledger)
    ledger.close()


def program(*experiments: Experiment) -> Program:
    return Program(
        id="leeway",
        base_url="",
        timezone="UTC",
        currency="EUR",
        brand=Brand("", "", "", ""),
        locales=("en",),
        texts={"en": Texts("", "", "")},
        media=(),
        booking=Booking(()),
        experiments=experiments,
    )


def said(kept: Kept, number: int, one: Experiment = TONE) -> Any:
    (found,) = experiments_of(kept.ledger, program(one), 1, BEGIN + timedelta(days=number))
    return found


def test_at_first_it_is_too_early_and_nobody_acted(kept: Kept) -> None:
    found = said(kept, 0)
    assert (found.code, found.winner, found.minimum, found.since) == ("too-early", "", 10, None)
    assert [(arm.assigned, arm.rate, arm.weight) for arm in found.arms] == [
        (0, None, 500_000),
        (0, None, 500_000),
    ]


def test_people_who_got_their_variant_all_at_once_are_looked_at_when_they_had_their_time(
    kept: Kept,
) -> None:
    kept.assign(TONE, "a", 0, 40)
    kept.act(kept.assign(TONE, "b", 0, 40)[:30], 5)
    assert said(kept, 14).code == "too-early"
    found = said(kept, 15)
    assert (found.code, found.winner, found.since) == ("better", "b", BEGIN)
    assert found.probability > 0.99 * MILLION


def test_numbers_are_as_they_are_now_with_their_intervals(kept: Kept) -> None:
    kept.assign(TONE, "a", 0, 4)
    kept.act(kept.assign(TONE, "b", 0, 8)[:2], 1)
    a, b = said(kept, 2).arms
    low, high = wilson(Result(8, 2))
    assert (a.assigned, a.acted, a.rate) == (4, 0, 0)
    assert (b.assigned, b.acted, b.rate) == (8, 2, 250_000)
    assert (b.low, b.high) == (round(low * MILLION), round(high * MILLION))


def test_without_a_difference_there_is_no_winner_and_a_next_look(kept: Kept) -> None:
    kept.act(kept.assign(TONE, "a", 0, 12)[:4], 1)
    kept.act(kept.assign(TONE, "b", 0, 12)[:5], 1)
    found = said(kept, 20)
    assert (found.code, found.winner, found.minimum) == ("no-winner", "b", 20)


def test_weights_are_those_that_new_people_draw_by(kept: Kept) -> None:
    one = Experiment("tone", "reward", ("a", "b"), (3, 1), automatic=True)
    assert [arm.weight for arm in said(kept, 0, one).arms] == [750_000, 250_000]
    actor = Actor(subject_of(one))
    event = Event("1", "leeway", ASSIGNED, datetime(2026, 3, 2, tzinfo=UTC))
    kept.ledger.prefer(event, weighed({"a": 10, "b": 90}), actor)
    assert [arm.weight for arm in said(kept, 0, one).arms] == [100_000, 900_000]


def test_shares_follow_whose_days_are_over_and_are_the_same_all_day(kept: Kept) -> None:
    kept.assign(TONE, "a", 0, 30)
    kept.act(kept.assign(TONE, "b", 0, 30)[:20], 1)
    early = shares_of(TONE, kept.ledger, 1, BEGIN + timedelta(days=14))
    late = shares_of(TONE, kept.ledger, 1, BEGIN + timedelta(days=15))
    assert 40 < early["a"] < 60
    assert late == {"a": 5, "b": 95}
    assert late == shares_of(TONE, kept.ledger, 1, BEGIN + timedelta(days=15))
    assert sum(late.values()) == 100


def test_what_has_ended_is_not_looked_at(kept: Kept) -> None:
    over_ = Experiment("tone", "reward", ("a", "b"), (1, 1), ended="b")
    assert experiments_of(kept.ledger, program(over_), 1, BEGIN) == ()
    assert set(DAYS) == {"acted", "booked", "won"}
