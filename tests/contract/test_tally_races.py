"""Figures are exact however many processes take the same events in: real ones, on each storage."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import pytest

from passalong.ledger import open_ledger
from passalong.ledger.port import Ledger
from passalong.ledger.tallies import Cell
from tests.contract.taker import DAY, PROGRAM, Cells, account_of, of_account, of_referral
from tests.contract.together import together

PROCESSES = 8
REFERRALS = ("a.1", "a.2", "a.3", "b.1", "b.2", "c.1")
Taken = tuple[str, str, int]


def some_events(number: int) -> list[Taken]:
    draw = Random(number)
    return [(f"e{n}", draw.choice(REFERRALS), draw.randrange(-500, 10_000)) for n in range(number)]


def shown(ledger: Ledger) -> dict[Cell, dict[str, int]]:
    """All that the figures hold."""
    found = [ledger.figures(table, DAY, DAY) for table in ("won", "largest", "account")]
    return {cell: dict(metrics) for cells in found for cell, metrics in cells}


def expected(events: list[Taken]) -> dict[Cell, dict[str, int]]:
    """What the figures of events are, each of them taken in once."""
    cells: Cells = {}
    for referral in REFERRALS:
        for cell, metrics in of_referral({e: m for e, r, m in events if r == referral}).items():
            cells.setdefault(cell, Counter()).update(metrics)
    for account, count in Counter(account_of(referral) for _, referral, _ in events).items():
        cells |= of_account(account, count)
    return {cell: dict(metrics) for cell, metrics in cells.items()}


def summed_exactly(url: str, number: int) -> None:
    """Each event comes to two processes, and in no order."""
    events, draw = some_events(number), Random(number)
    twice = draw.sample(events * 2, number * 2)
    tasks = [twice[first::PROCESSES] for first in range(PROCESSES)]
    met = together([["tests.contract.taker", url]] * PROCESSES, tasks)
    assert sum(one["conflicts"] for one in met) > 0, "nobody came in another's way"
    ledger = open_ledger(url, program=PROGRAM)
    kept = ledger.tallies([f"referral:{referral}" for referral in REFERRALS])
    for referral in REFERRALS:
        theirs = {event: minor for event, whose, minor in events if whose == referral}
        tally = kept[f"referral:{referral}"]
        assert json.loads(tally.record) == theirs
        assert tally.version == len(theirs), "each event is one step"
    assert shown(ledger) == expected(events)
    ledger.close()


def test_sums_are_exact_whoever_takes_what_in_at_once(own_url: str) -> None:
    summed_exactly(own_url, 150)


@pytest.mark.soak
def test_sums_stay_exact_where_many_take_much_in_at_once(own_url: str) -> None:
    summed_exactly(own_url, 3000)
