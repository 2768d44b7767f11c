"""A slot is sold once, however many processes try at once: real ones, on both storages."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from passalong.ledger import open_ledger
from tests.contract.ledger_samples import NOON, Clock, Desk
from tests.contract.racer import PROGRAM
from tests.contract.together import together

PROCESSES = 8

Attempt = tuple[str, int]
Span = tuple[datetime, datetime]


def race(url: str, attempts: list[list[Attempt]]) -> tuple[list[Attempt], list[Attempt]]:
    """Lets processes go through their attempts at the same time; says what was won and taken."""
    commands = [["tests.contract.racer", url, f"racer{n}"] for n in range(len(attempts))]
    results = together(commands, attempts)
    won, taken = (
        [(start, minutes) for result in results for start, minutes in result[what]]
        for what in ("won", "taken")
    )
    return won, taken


def span(attempt: Attempt) -> Span:
    start = datetime.fromisoformat(attempt[0])
    return start, start + timedelta(minutes=attempt[1])


def overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def sold_once(url: str, number: int) -> None:
    """All try the same slots, in the same order."""
    slots = [((NOON + timedelta(minutes=30 * n)).isoformat(), 30) for n in range(number)]
    won, taken = race(url, [slots] * PROCESSES)
    assert Counter(won) == Counter(slots)
    assert len(taken) == (PROCESSES - 1) * number
    agrees(url, won)


def sold_once_at_any_length(url: str, number: int) -> None:
    """All try times of any length, which overlap more and more."""
    draw = Random(number)
    attempts = []
    for _ in range(PROCESSES):
        starts = [NOON + timedelta(minutes=5 * draw.randrange(number * 3)) for _ in range(number)]
        attempts.append([(at.isoformat(), draw.choice([10, 15, 30, 45, 90])) for at in starts])
    won, taken = race(url, attempts)
    assert len(won) + len(taken) == PROCESSES * number
    spans = sorted(map(span, won))
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    for loser in map(span, taken):
        assert any(overlap(loser, winner) for winner in spans), "nobody lost to nobody"
    agrees(url, won)


def agrees(url: str, won: list[Attempt]) -> None:
    """The ledger holds what was won and nothing else."""
    desk = Desk(open_ledger(url, program=PROGRAM, clock=later), PROGRAM, Clock())
    spans = sorted(map(span, won))
    assert desk.ledger.taken("jonas", NOON, spans[-1][1]) == spans
    assert len(desk.ids()) == len(won)
    desk.ledger.close()


def later() -> datetime:
    return datetime.now(NOON.tzinfo) + timedelta(minutes=1)


def test_each_slot_is_sold_once(own_url: str) -> None:
    sold_once(own_url, 60)


def test_overlapping_times_of_any_length_are_sold_once(own_url: str) -> None:
    sold_once_at_any_length(own_url, 60)


@pytest.mark.soak
def test_each_of_many_slots_is_sold_once(own_url: str) -> None:
    sold_once(own_url, 500)


@pytest.mark.soak
def test_many_overlapping_times_of_any_length_are_sold_once(own_url: str) -> None:
    sold_once_at_any_length(own_url, 500)
