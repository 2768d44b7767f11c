"""What every ledger can do, as single atomic steps in the words of the program.

A step that writes is idempotent by the id of its event: done again, it changes nothing and answers
as it did. Every step that acts for somebody checks, in the same round trip, that their page was not
revoked and that the day's limit is not reached; a refusal may cost one round trip more, to say why.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from passalong.errors import PassalongError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from passalong.events import Event

GRID_MINUTES = 5
"""Meetings begin and end on this grid; a meeting occupies every cell of it that it touches."""


class LedgerError(PassalongError):
    """A step was refused or could not be done."""


class Revoked(LedgerError):
    """The page that acts was taken away, or was replaced by a newer revision of itself."""


class LimitReached(LedgerError):
    """Too many of these for one page today."""


class SlotTaken(LedgerError):
    """Somebody else has the host at that time."""


class NotFound(LedgerError):
    """There is no such person or meeting."""


class Conflict(LedgerError):
    """The thing changed since it was read: read it again."""


class Unavailable(LedgerError):
    """The storage throttles or fails; nothing was written. ``retry_after`` is in seconds."""

    def __init__(self, message: str, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Actor:
    """Whose page acts: the ``subject`` that limits and revocations count for, at a revision.

    ``subject`` is ``advocate:<id>`` or ``referee:<id>``. ``limit`` is how many events of the type
    the subject may cause on the day of the event (UTC); 0 for no limit.
    """

    subject: str
    revision: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is known through the ledger: introduced, or booked from a share page."""

    id: str
    kind: Literal["referee"]
    advocate: str
    name: str
    origin: Literal["introduction", "booking"]
    since: datetime
    email: str = ""
    company: str = ""
    role: str = ""
    locale: str = ""
    reason: str = ""
    phone: str = ""
    industry: str = ""
    region: str = ""
    referral: str = ""
    opened: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody decided, and what was decided about their page."""

    revision: int = 0
    revoked: bool = False
    preferences: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A booked meeting: aware times in UTC; ``sequence`` grows with every change."""

    id: str
    referral: str
    referee: str
    advocate: str
    host: str
    start: datetime
    end: datetime
    timezone: str
    status: Literal["booked", "cancelled"] = "booked"
    sequence: int = 0
    medium: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A step that is done; ``fresh`` is False where it had been done before."""

    event: Event
    fresh: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that follows from an event and has to reach somebody: a mail, a page, a call.

    ``state`` is waiting until it succeeds; after the last attempt it is dead, and can be replayed.
    """

    id: str
    event: str
    kind: str
    referral: str
    next_at: datetime
    attempts: int = 0
    state: Literal["waiting", "done", "dead"] = "waiting"
    error: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


class Ledger(Protocol):
    """A place where events are kept, with the few things that must change together with them."""

    def record(self, event: Event, actor: Actor) -> Recorded:
        """Puts an event that changes nothing else: shared. Raises Revoked, LimitReached."""

    def introduce(self, event: Event, person: Person, actor: Actor) -> Recorded:
        """Puts the event and the person. The same person again (``person.id``) changes nothing."""

    def visit(self, event: Event, visitor: str, within_seconds: int) -> Recorded:
        """Puts a visit, unless ``visitor`` had one within that time: then it is not fresh.

        ``visitor`` is a keyed digest of link, day, address and user agent. A visit to a referee's
        own page notes that it was opened.
        """

    def file(self, event: Event) -> Recorded:
        """Puts an event that nobody's page acts in: a filtered hit, something from the relay."""

    def book(self, event: Event, meeting: Meeting, person: Person | None, actor: Actor) -> Recorded:
        """Puts the event, the meeting, its cells of the host's time, and a person new to us.

        Raises SlotTaken, and writes nothing, where another meeting has one of the cells.
        """

    def reschedule(self, event: Event, before: Meeting, after: Meeting, actor: Actor) -> Recorded:
        """Moves a meeting in one step. Raises SlotTaken, or Conflict if ``before`` is old."""

    def cancel(self, event: Event, before: Meeting, actor: Actor) -> Recorded:
        """Cancels a meeting and frees its time. Raises Conflict if ``before`` is not current."""

    def prefer(self, event: Event, changes: Mapping[str, str], actor: Actor) -> Recorded:
        """Notes preferences of the actor's subject; an empty value takes one back."""

    def revoke(self, event: Event, subject: str) -> Recorded:
        """Takes away a subject's page, link and tokens."""

    def renew(self, event: Event, subject: str) -> Recorded:
        """Gives a subject a new revision: old links and tokens go, new ones come."""

    def taken(
        self, host: str, start: datetime, end: datetime
    ) -> Sequence[tuple[datetime, datetime]]:
        """The host's meetings that touch the span, from one query."""

    def standing(self, subjects: Sequence[str]) -> Mapping[str, Standing]:
        """What is decided about each of the subjects."""

    def standings(self) -> Mapping[str, Standing]:
        """Every subject about whom anything is decided: what a build has to know."""

    def people(self) -> Iterable[Person]:
        """Everybody known through the ledger, removed people excepted."""

    def person(self, person_id: str) -> Person:
        """One of them. Raises NotFound."""

    def meeting_of(self, referee: str) -> Meeting | None:
        """The referee's newest meeting, cancelled or not."""

    def events_of(self, advocate: str) -> Sequence[Event]:
        """An advocate's events, oldest first: what became of their introductions."""

    def remove(self, event: Event, person_id: str) -> Recorded:
        """Erases a person's record and revokes their page; events stay, being ids only."""

    def unopened(self, before: datetime) -> Sequence[Person]:
        """Introduced people whose page was made before then and never opened."""

    def after(self, cursor: str, limit: int) -> tuple[Sequence[Event], str]:
        """Events in the order in which they came in, from a cursor ("" for the first) on."""

    def expect(self, deliveries: Sequence[Delivery]) -> None:
        """Puts deliveries that are not there yet."""

    def due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """Waiting deliveries whose time has come; of one referral only the earliest that waits."""

    def settle(self, delivery: Delivery) -> None:
        """Keeps a delivery as it now is."""

    def deliveries(self, state: str) -> Sequence[Delivery]:
        """All deliveries in a state."""

    def cursor(self, name: str) -> str:
        """Where a consumer stands."""

    def advance(self, name: str, cursor: str) -> None:
        """Notes where a consumer stands."""

    def close(self) -> None:
        """Lets go of the storage."""
