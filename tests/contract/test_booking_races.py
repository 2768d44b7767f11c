"""A time is sold once through the handlers too, however many processes book at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from passalong.ledger import open_ledger
from tests.contract.together import together
from tests.desk import hosts
from tests.programs import advocate
from tests.worlds import NOON, Place, a_world

PROCESSES = 8
MIDNIGHT = datetime(2026, 11, 24, 23, tzinfo=UTC)
"""In Berlin, where the host works day and night."""
HALF_HOUR = timedelta(minutes=30)
ADVOCATES = 40

Attempt = tuple[str, str, str]
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Length:
    """Meetings of a length that begin so many minutes after each half hour."""

    minutes: int
    after: int
    late: int

    @property
    def program(self) -> dict[str, Any]:
        hours = [f"Mon-Sun 00:{self.late:02}-24:00"]
        people = hosts(jonas={"hours": hours, "link": "https://meet.leeway.example/jonas"})
        return {
            "hosts": people,
            "minutes": self.minutes,
            "buffer_after": self.after,
            "notice_hours": 0,
            "horizon_days": 12,
        }

    def held(self, start: str) -> Span:
        """What such a meeting takes of the host, in steps of five minutes."""
        begins = datetime.fromisoformat(start)
        return begins, begins + timedelta(minutes=-(-(self.minutes + self.after) // 5) * 5)

    def start(self, number: int) -> str:
        at = MIDNIGHT + timedelta(minutes=self.late) + number * HALF_HOUR
        return at.isoformat()


HALF_HOURS = Length(25, 5, 0)
LENGTHS = (Length(25, 5, 0), Length(15, 0, 5), Length(45, 10, 10), Length(60, 0, 20))


def a_program(folder: Path, length: Length) -> Place:
    people = [advocate(f"a-{number}") for number in range(ADVOCATES)]
    return a_world(folder, advocates=people, referees=(), program={"booking": length.program})


def tokens(world: Place) -> Iterable[str]:
    """A share page's for each booking, so that none of them reaches its limit."""
    return cycle([world.share(f"a-{number}") for number in range(ADVOCATES)])


def race(url: str, bundles: list[Path], attempts: list[list[Attempt]]) -> list[dict[str, Any]]:
    """Lets processes go through their attempts at the same time; what each of them says."""
    commands = [["tests.contract.booker", url, str(bundle)] for bundle in bundles]
    return together(commands, attempts, {"POWERTOOLS_LOG_LEVEL": "CRITICAL"})


def sold_once(url: str, folder: Path, number: int) -> None:
    """All try the same times, in the same order."""
    world = a_program(folder, HALF_HOURS)
    starts = [HALF_HOURS.start(n) for n in range(number)]
    attempts = [
        [
            (token, start, f"guest-{process}-{n}@sula.example")
            for n, (token, start) in enumerate(zip(tokens(world), starts, strict=False))
        ]
        for process in range(PROCESSES)
    ]
    results = race(url, [bundle_of(world)] * PROCESSES, attempts)
    assert [result["wrong"] for result in results] == [[]] * PROCESSES
    won = Counter(start for result in results for start in result["won"])
    assert won == Counter(starts)
    assert sum(len(result["lost"]) for result in results) == (PROCESSES - 1) * number
    agrees(url, [HALF_HOURS.held(start) for start in starts])


def sold_once_at_any_length(url: str, folder: Path, number: int) -> None:
    """Each tries times of its length, which overlap those of the others more and more."""
    draw = Random(number)
    lengths = [LENGTHS[process % len(LENGTHS)] for process in range(PROCESSES)]
    worlds = {length: a_program(folder / str(length.minutes), length) for length in LENGTHS}
    attempts = []
    for process, length in enumerate(lengths):
        starts = [length.start(draw.randrange(number)) for _ in range(number)]
        guests = [f"guest-{process}-{n}@sula.example" for n in range(number)]
        attempts.append(list(zip(tokens(worlds[length]), starts, guests, strict=False)))
    results = race(url, [bundle_of(worlds[length]) for length in lengths], attempts)
    assert [result["wrong"] for result in results] == [[]] * PROCESSES
    told = list(zip(lengths, results, strict=True))
    spans = sorted(length.held(start) for length, result in told for start in result["won"])
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    for length, result in told:
        assert len(result["won"]) + len(result["lost"]) == number
        for begins, ends in map(length.held, result["lost"]):
            assert any(s < ends and begins < e for s, e in spans), "nobody lost to nobody"
    agrees(url, spans)


def bundle_of(world: Place) -> Path:
    return world.made.out.parent / "bundle.json"


def agrees(url: str, spans: list[Span]) -> None:
    """The ledger holds what was won and nothing else."""
    ledger = open_ledger(url, program="leeway", clock=lambda: NOON.replace(year=2100))
    assert ledger.taken("jonas", NOON, spans[-1][1]) == spans
    assert len(list(ledger.people())) == len(spans)
    ledger.close()


def test_each_time_is_sold_once(own_url: str, tmp_path: Path) -> None:
    sold_once(own_url, tmp_path / "program", 40)


def test_overlapping_times_of_any_length_are_sold_once(own_url: str, tmp_path: Path) -> None:
    sold_once_at_any_length(own_url, tmp_path, 40)


@pytest.mark.soak
def test_each_of_many_times_is_sold_once(own_url: str, tmp_path: Path) -> None:
    sold_once(own_url, tmp_path / "program", 500)


@pytest.mark.soak
def test_many_overlapping_times_of_any_length_are_sold_once(own_url: str, tmp_path: Path) -> None:
    sold_once_at_any_length(own_url, tmp_path, 500)
