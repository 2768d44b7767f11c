"""Erases somebody: records, pages, letters; events stay, being ids, and so do the counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from passalong.conversions.notes import forget
from passalong.conversions.whom import drop
from passalong.events import CANCELLED, REMOVED, REVOKED, Event
from passalong.exports.person import deliveries_about, mailboxes_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

    from passalong.ledger.port import Ledger


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases in a program's ledger; ``advocates`` are those of referees, by the referee's id."""

    ledger: Ledger
    program: str
    advocates: dict[str, str]
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def erase(self, subjects: Iterable[str], digests: Collection[str]) -> int:
        """Erases each of the subjects; how many meetings to come were called off."""
        called_off = 0
        for subject in subjects:
            kind, _, person = subject.partition(":")
            if kind == "advocate":
                self.ledger.revoke(self._event(REVOKED, subject, advocate=person), subject)
                continue
            called_off += self._call_off(person)
            advocate = self.advocates.get(person, "")
            event = self._event(REMOVED, subject, advocate=advocate, referee=person)
            self.ledger.remove(event, person)
            drop(self.ledger, person)
            forget(self.ledger, person)
        self._forget_mailboxes(digests)
        return called_off

    def _call_off(self, referee: str) -> bool:
        """Cancels a meeting that is to come, so that the host hears of it and has the time back."""
        meeting = self.ledger.meeting_of(referee)
        if meeting is None or meeting.status == "cancelled" or meeting.end <= self.clock():
            return False
        event = replace(
            self._event(CANCELLED, f"referee:{referee}", meeting.advocate, referee),
            referral=meeting.referral,
            data={"meeting": meeting.id, "host": meeting.host, "start": meeting.start.isoformat()},
        )
        self.ledger.cancel(event, meeting)
        return True

    def _forget_mailboxes(self, digests: Collection[str]) -> None:
        """Takes their mailbox out of what others told us of a deal; the deal stays."""
        gone = set(digests)
        for one in list(deliveries_about(self.ledger, (), digests)):
            rest = ",".join(sorted(mailboxes_in(one) - gone))
            self.ledger.settle(replace(one, data={**one.data, "mailboxes": rest}))

    def _event(self, kind: str, subject: str, advocate: str = "", referee: str = "") -> Event:
        return Event(
            id=self.new_id(),
            program=self.program,
            type=kind,
            at=self.clock(),
            advocate=advocate,
            referee=referee,
            evidence="command",
            data={"subject": subject},
        )
