"""One of several processes that book at the same time: python -m tests.contract.racer URL NAME.

Reads its attempts from stdin, as JSON: [start, minutes]. Says "ready" when its ledger is open,
begins when it is told to, and ends with the attempts that it won, those that were taken, and how
often the ledger was unavailable and it tried again.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from itertools import count

from passalong.events import BOOKED
from passalong.ledger import open_ledger
from passalong.ledger.port import Actor, Ledger, SlotTaken, Unavailable
from tests.contract.ledger_samples import a_meeting, an_event

PROGRAM = "race"


def attempt(ledger: Ledger, name: str, start: datetime, minutes: int) -> bool:
    """Books for a referee of its own, who is on another's page."""
    event = an_event(PROGRAM, BOOKED, id=f"event-{name}", referee=name)
    meeting = a_meeting(start, minutes, id=f"meeting-{name}", referee=name)
    try:
        return ledger.book(event, meeting, None, Actor("advocate:maria")).fresh
    except SlotTaken:
        return False


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(url: str, name: str) -> None:
    ledger = open_ledger(url, program=PROGRAM)
    attempts = json.loads(sys.stdin.readline())
    ledger.cursor("relay")  # a first call, so that all are connected
    say("ready")
    sys.stdin.readline()
    won: list[object] = []
    taken: list[object] = []
    unavailable = 0
    for number, (start, minutes) in enumerate(attempts):
        for _ in count():
            try:
                mine = attempt(ledger, f"{name}-{number}", datetime.fromisoformat(start), minutes)
            except Unavailable:
                unavailable += 1
            else:
                (won if mine else taken).append([start, minutes])
                break
    ledger.close()
    say(json.dumps({"won": won, "taken": taken, "unavailable": unavailable}))


if __name__ == "__main__":
    main(*sys.argv[1:])
