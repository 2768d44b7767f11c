"""A slot is sold once, however many processes try at once: real ones, on both storages."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from passalong.ledger import open_ledger
from passalong.ledger.dynamodb_calls import connect
from passalong.ledger.dynamodb_table import create_table
from tests.contract.ledger_samples import NOON, Clock, Desk
from tests.contract.racer import PROGRAM

ROOT = Path(__file__).parents[2]
PROCESSES = 8

Attempt = tuple[str, int]
Span = tuple[datetime, datetime]


def race(url: str, attempts: list[list[Attempt]]) -> tuple[list[Attempt], list[Attempt]]:
    """Lets processes go through their attempts at the same time; says what was won and taken."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.contract.racer", url, f"racer{number}"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(len(attempts))
    ]
    won: list[Attempt] = []
    taken: list[Attempt] = []
    try:
        for racer, theirs in zip(racers, attempts, strict=True):
            assert racer.stdin
            racer.stdin.write(json.dumps(theirs) + "\n")
            racer.stdin.flush()
        for racer in racers:
            assert racer.stdout
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            assert racer.stdin
            racer.stdin.write("go\n")
            racer.stdin.flush()
        for racer in racers:
            assert racer.stdout
            result = json.loads(racer.stdout.readline())
            won += [(start, minutes) for start, minutes in result["won"]]
            taken += [(start, minutes) for start, minutes in result["taken"]]
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()
    return won, taken


def span(attempt: Attempt) -> Span:
    start = datetime.fromisoformat(attempt[0])
    return start, start + timedelta(minutes=attempt[1])


def overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


@pytest.fixture
def url(storage: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty ledger that no other test uses."""
    if storage == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    dynamodb = request.getfixturevalue("dynamodb")
    name = tmp_path.name.replace("[", "-").replace("]", "-")
    create_table(connect("local", dynamodb), name)
    return f"dynamodb://{name}?region=local&endpoint={dynamodb}"


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


def test_each_slot_is_sold_once(url: str) -> None:
    sold_once(url, 60)


def test_overlapping_times_of_any_length_are_sold_once(url: str) -> None:
    sold_once_at_any_length(url, 60)


@pytest.mark.soak
def test_each_of_many_slots_is_sold_once(url: str) -> None:
    sold_once(url, 500)


@pytest.mark.soak
def test_many_overlapping_times_of_any_length_are_sold_once(url: str) -> None:
    sold_once_at_any_length(url, 500)
