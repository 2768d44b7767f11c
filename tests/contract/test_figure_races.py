"""Figures are exact whoever counts the same events at once: real processes, on each storage."""

from __future__ import annotations

from random import Random

import pytest

from passalong.figures.taking import take
from passalong.ledger import open_ledger
from passalong.ledger.records import written
from tests.contract.figure_taker import GENERATION, PROGRAM
from tests.contract.test_figures import a_year, shown
from tests.contract.together import together
from tests.simulated_year import about, rules

PROCESSES = 4


def counted_at_once(url: str, number: int) -> None:
    """Each event comes to two processes, in portions and in no order."""
    events, draw = a_year(PROGRAM, number, number), Random(number)
    records = [written(event) for event in draw.sample(events * 2, len(events) * 2)]
    portions = [records[start : start + 9] for start in range(0, len(records), 9)]
    tasks = [portions[first::PROCESSES] for first in range(PROCESSES)]
    together([["tests.contract.figure_taker", url]] * PROCESSES, tasks)
    ledger = open_ledger(url, program=PROGRAM)
    take(ledger, events, about, rules("linear"), generation=GENERATION + 1)
    assert shown(ledger, GENERATION) == shown(ledger, GENERATION + 1)
    ledger.close()


def test_figures_are_exact_whoever_counts_at_once(own_url: str) -> None:
    counted_at_once(own_url, 240)


@pytest.mark.soak
def test_figures_stay_exact_where_many_count_much_at_once(own_url: str) -> None:
    counted_at_once(own_url, 4000)
