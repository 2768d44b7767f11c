"""One of several processes that book at the same time: python -m tests.contract.racer URL NAME.

Its task is a list of attempts: [start, minutes]. Ends with those that it won, those that were
taken, and how often the ledger was unavailable and it tried again.
"""

from __future__ import annotations

import sys
from datetime import datetime
from itertools import count

from passalong.events import BOOKED
from passalong.ledger import open_ledger
from passalong.ledger.port import Actor, Ledger, SlotTaken, Unavailable
from tests.contract.ledger_samples import a_meeting, an_event
from tests.contract.together import take_part

PROGRAM = "race"


def attempt(ledger: Ledger, name: str, start: datetime, minutes: int) -> bool:
    """Books for a referee of its own, who is on another's page."""
    event = an_event(PROGRAM, BOOKED, id=f"event-{name}", referee=name)
    meeting = a_meeting(start, minutes, id=f"meeting-{name}", referee=name)
    try:
        return ledger.book(event, meeting, None, Actor("advocate:maria")).fresh
    except SlotTaken:
        return False


def main(url: str, name: str) -> None:
    ledger = open_ledger(url, program=PROGRAM)

    def race(attempts: list[tuple[str, int]]) -> dict[str, object]:
        won: list[object] = []
        taken: list[object] = []
        unavailable = 0
        for number, (start, minutes) in enumerate(attempts):
            at, which = datetime.fromisoformat(start), f"{name}-{number}"
            for _ in count():
                try:
                    mine = attempt(ledger, which, at, minutes)
                except Unavailable:
                    unavailable += 1
                else:
                    (won if mine else taken).append([start, minutes])
                    break
        ledger.close()
        return {"won": won, "taken": taken, "unavailable": unavailable}

    take_part(lambda: ledger.cursor("relay"), race)  # a first call, so that all are connected


if __name__ == "__main__":
    main(*sys.argv[1:])
