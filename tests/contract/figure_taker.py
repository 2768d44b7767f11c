"""One of several processes that count the same events: python -m tests.contract.figure_taker URL.

Its task is a list of events as records, in portions. Ends with how often it was refused, because
others were in its way or the ledger was.
"""

from __future__ import annotations

import sys

from passalong.events import Event
from passalong.figures.taking import take
from passalong.ledger import open_ledger
from passalong.ledger.port import Unavailable
from passalong.ledger.records import read
from tests.contract.together import take_part
from tests.simulated_year import about, rules

PROGRAM = "race"
GENERATION = 1


def main(url: str) -> None:
    ledger = open_ledger(url, program=PROGRAM)

    def take_all(portions: list[list[str]]) -> int:
        refused, left = 0, portions[::-1]
        while left:
            events = [read(Event, record) for record in left[-1]]
            try:
                take(ledger, events, about, rules("linear"), generation=GENERATION)
                left.pop()
            except Unavailable:
                refused += 1
        ledger.close()
        return refused

    take_part(lambda: ledger.cursor("figures"), take_all)


if __name__ == "__main__":
    main(*sys.argv[1:])
