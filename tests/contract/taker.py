"""One of several processes that take events into the figures: python -m tests.contract.taker URL.

Its task is a list of events: [id, referral, minor]. Ends with how often others came before it, and
how often the ledger was unavailable.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping

from passalong.ledger import open_ledger
from passalong.ledger.port import Conflict, Ledger, Unavailable
from passalong.ledger.tallies import Cell, Tally
from tests.contract.together import take_part

PROGRAM = "race"
DAY = "2026-11-21"
Cells = dict[Cell, Counter[str]]


def account_of(referral: str) -> str:
    return referral.partition(".")[0]


def of_referral(kept: Mapping[str, int]) -> Cells:
    """What a referral's events give to the figures; a second cell moves with the largest."""
    if not kept:
        return {}
    return {
        Cell("won", DAY, ""): Counter({"won": len(kept), "won.money": sum(kept.values())}),
        Cell("largest", DAY, f"{max(kept.values())}"): Counter(referral=1),
    }


def of_account(account: str, events: int) -> Cells:
    return {Cell("account", DAY, account): Counter(won=events)} if events else {}


def take(ledger: Ledger, event: str, referral: str, minor: int) -> None:
    """Takes an event in, unless somebody did. Raises Conflict, Unavailable."""
    account = account_of(referral)
    kept = ledger.tallies([f"referral:{referral}", f"account:{account}"])
    theirs, own = kept[f"account:{account}"], kept[f"referral:{referral}"]
    before: dict[str, int] = json.loads(own.record or "{}")
    if event in before:
        return
    after, count = before | {event: minor}, int(theirs.record or 0)
    cells: Cells = {}
    for found, sign in (
        (of_referral(after), 1),
        (of_referral(before), -1),
        (of_account(account, count + 1), 1),
        (of_account(account, count), -1),
    ):
        for cell, metrics in found.items():
            for metric, number in metrics.items():
                cells.setdefault(cell, Counter())[metric] += sign * number
    ledger.tally(
        [
            Tally(own.key, own.version + 1, json.dumps(after)),
            Tally(theirs.key, theirs.version + 1, str(count + 1)),
        ],
        cells,
    )


def main(url: str) -> None:
    ledger = open_ledger(url, program=PROGRAM)

    def take_all(events: list[tuple[str, str, int]]) -> dict[str, int]:
        met = {"conflicts": 0, "unavailable": 0}
        left = events[::-1]
        while left:
            try:
                take(ledger, *left[-1])
                left.pop()
            except Conflict:
                met["conflicts"] += 1
            except Unavailable:
                met["unavailable"] += 1
        ledger.close()
        return met

    take_part(lambda: ledger.cursor("relay"), take_all)  # a first call, so that it is connected


if __name__ == "__main__":
    main(*sys.argv[1:])
