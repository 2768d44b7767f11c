"""After a restore from a backup: what people decided since is decided again.

    python -m infra.aws.replay --program ID FROM TO

FROM is the ledger as it was before the restore, TO the restored one, both as LEDGER names them.
Whoever was erased since the backup is erased again, whoever was revoked is revoked, and what people
wished (no mail, no name) holds. Bookings are not carried over: hosts and referees have their mail.
Done again, it changes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from passalong.errors import PassalongError
from passalong.events import PREFERRED, REMOVED, REVOKED, Event
from passalong.ledger import open_ledger
from passalong.ledger.history import events_in
from passalong.ledger.port import Actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from passalong.ledger.port import Ledger

_FORGOTTEN: Final = frozenset({"unopened", "retention"})


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many of each were done again."""

    erased: int
    revoked: int
    wishes: int


def replay(before: Ledger, restored: Ledger, program: str, now: Callable[[], datetime]) -> Replayed:
    """Decides again in the restored ledger. Raises LedgerError."""
    erased = revoked = 0
    for event in events_in(before):
        if event.type == REMOVED:
            how = restored.forget if event.classification in _FORGOTTEN else restored.remove
            erased += how(event, event.referee).fresh
        elif event.type == REVOKED:
            revoked += restored.revoke(event, event.data["subject"]).fresh
    return Replayed(erased, revoked, _wishes(before, restored, program, now()))


def _wishes(before: Ledger, restored: Ledger, program: str, at: datetime) -> int:
    """Gives subjects the wishes that they have before the restore; how many it concerns."""
    done = 0
    there = restored.standings()
    for subject, standing in before.standings().items():
        has = there[subject].preferences if subject in there else {}
        wished = dict.fromkeys(has, "") | dict(standing.preferences)
        if standing.revoked or has == dict(standing.preferences):
            continue
        kind, _, person = subject.partition(":")
        about = f"restore\0{subject}\0{sorted(wished.items())}\0{at.isoformat()}"
        event = Event(
            id=hashlib.blake2b(about.encode(), digest_size=16).hexdigest(),
            program=program,
            type=PREFERRED,
            at=at,
            advocate=person if kind == "advocate" else "",
            referee=person if kind == "referee" else "",
            evidence="restore",
        )
        revision = there[subject].revision if subject in there else 0
        restored.prefer(event, wished, Actor(subject, revision))
        done += 1
    return done


def main(arguments: list[str] | None = None) -> int:
    """Replays as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--program", required=True, metavar="ID", help="the program's id")
    parser.add_argument("before", metavar="FROM", help="dynamodb://old-table?region=…")
    parser.add_argument("restored", metavar="TO", help="dynamodb://restored-table?region=…")
    given = parser.parse_args(arguments)
    try:
        with (
            closing(open_ledger(given.before, program=given.program)) as before,
            closing(open_ledger(given.restored, program=given.program)) as restored,
        ):
            done = replay(before, restored, given.program, lambda: datetime.now(UTC))
    except PassalongError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{done.erased} erased, {done.revoked} revoked, {done.wishes} people's wishes.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
