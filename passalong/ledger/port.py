"""What every ledger can do, as single atomic steps in the words of the program.

A step that writes is idempotent by the id of its event: done again, it changes nothing and answers
as it did, whatever happened since. Every step that acts for somebody checks, in the same round
trip, that their page was not revoked and that the day's limit is not reached; a refusal may cost
one round trip more, to say why. Where several refusals apply, the first of these is raised:
Revoked, what the step itself refuses, LimitReached. What is refused writes and counts nothing.

LedgerError: Revoked, LimitReached, SlotTaken, NotFound, Removed, Conflict, Unavailable
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from passalong.errors import PassalongError
from passalong.ledger.tallies import Tallies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from passalong.events import Event

GRID_MINUTES = 5
"""Of the host's time a meeting takes every cell of this grid (in UTC) that its span touches."""
LONGEST_HOURS = 10
"""A meeting takes no more than this of its host, buffers included."""


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


class Removed(LedgerError):
    """This person was removed for good: no record of them is made again."""


class Conflict(LedgerError):
    """The thing is not, or no longer, as the step takes it to be: read it again."""


class Unavailable(LedgerError):
    """The storage throttles or fails; nothing is half-written, and the step may be done again.

    ``retry_after`` is in seconds.
    """

    def __init__(self, message: str, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Actor(NamedTuple):
    """Whose page acts: the ``subject`` that limits and revocations count for, at a revision.

    ``subject`` is ``advocate:<id>`` or ``referee:<id>``. ``limit`` is how many events of the type
    the subject may cause on the day of the event (UTC); with 0 there is no limit and no count.
    """

    subject: str
    revision: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known through the ledger; in ``review`` they have no page before the firm looked."""

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
    note: str = ""
    referral: str = ""
    review: bool = False
    opened: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody decided, and what was decided about their page."""

    revision: int = 0
    revoked: bool = False
    preferences: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A booked meeting: aware times in UTC; ``sequence`` grows by one with every change.

    ``held`` is the time that it takes from the host, buffers included, where that is more than
    from start to end.
    """

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
    held: tuple[datetime, datetime] | None = None

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The host's time that it takes."""
        return self.held or (self.start, self.end)


class Recorded(NamedTuple):
    """A step that is done; ``fresh`` is False where it had been done before.

    ``event`` is the one that stands: ours, or the earlier one that made ours unnecessary.
    """

    event: Event
    fresh: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that follows from an event and has to reach somebody: a mail, a page, a call.

    ``state`` is waiting until it succeeds; after the last attempt it is dead, and can be replayed.
    What is held waits for a person. ``since`` is the first ``next_at``; the ledger sets it, and a
    referral's deliveries go in its order.
    """

    id: str
    event: str
    kind: str
    referral: str
    next_at: datetime
    attempts: int = 0
    state: Literal["waiting", "held", "done", "dead"] = "waiting"
    error: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None


class Ledger(Tallies, Protocol):
    """A place where events are kept, with the few things that must change together with them."""

    def record(self, event: Event, actor: Actor) -> Recorded:
        """Puts an event that changes nothing else: shared. Raises Revoked, LimitReached."""

    def introduce(self, event: Event, person: Person, actor: Actor, unless: str = "") -> Recorded:
        """Puts the event and the person. Raises Removed.

        The same person again (``person.id``) changes nothing: it is not fresh, and the event is
        the one that the person came with. Somebody whom other advocates may know by other ids is
        named by ``unless``, too: nothing is put where that id was removed.
        """

    def visit(self, event: Event, visitor: str, within_seconds: int, actor: Actor) -> Recorded:
        """Puts a visit, unless ``visitor`` had one within that time: then it is not fresh.

        ``visitor`` is a keyed digest of link, day, address and user agent. A visit with a referee
        is one to their own page, and notes that it was opened.
        """

    def file(self, event: Event) -> Recorded:
        """Puts an event that nobody's page acts in: a filtered hit, something from the relay."""

    def book(
        self, event: Event, meeting: Meeting | None, person: Person | None, actor: Actor
    ) -> Recorded:
        """Puts the event, the meeting with its cells of the host's time, and who the referee is.

        ``person`` takes the place of what was known of them, but for origin, since and opened; None
        leaves them as they are. No meeting takes no time: the firm looks first. Raises SlotTaken,
        Conflict where the referee has a meeting that does not end before the event, and Removed.
        """

    def reschedule(self, event: Event, before: Meeting, after: Meeting, actor: Actor) -> Recorded:
        """Moves a meeting, also onto time that it had. ``after`` has the next sequence.

        Raises SlotTaken, Conflict if ``before`` is not the referee's newest, NotFound.
        """

    def cancel(self, event: Event, before: Meeting, actor: Actor | None = None) -> Recorded:
        """Cancels a meeting and frees its time; it is kept with the next sequence.

        An ``actor`` asks for it themselves. Raises Conflict if ``before`` is not the referee's
        newest, or is cancelled; NotFound.
        """

    def prefer(self, event: Event, changes: Mapping[str, str], actor: Actor) -> Recorded:
        """Notes preferences of the actor's subject; an empty value takes one back."""

    def revoke(self, event: Event, subject: str, actor: Actor | None = None) -> Recorded:
        """Takes away a subject's page, link and tokens. An ``actor`` asks for it themselves."""

    def renew(self, event: Event, subject: str) -> Recorded:
        """Gives a subject the next revision: old links and tokens go, new ones come.

        What was revoked lives again, with the new ones.
        """

    def taken(
        self, host: str, start: datetime, end: datetime
    ) -> Sequence[tuple[datetime, datetime]]:
        """What meetings take of the host's time within the span, buffers included, in order.

        Whole cells, from one query; what lies outside the cells that the span touches is cut off.
        """

    def standing(self, subjects: Sequence[str]) -> Mapping[str, Standing]:
        """What is decided about each of the subjects; where that is nothing, ``Standing()``."""

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

    def remove(self, event: Event, person_id: str, actor: Actor | None = None) -> Recorded:
        """Erases a person's record, if there is one, and revokes their page, for good.

        Events stay, being ids only. An ``actor`` is the person at their own page.
        """

    def forget(self, event: Event, person_id: str) -> Recorded:
        """Erases a record that nobody asked to keep: the same person may be introduced again."""

    def unopened(self, before: datetime) -> Sequence[Person]:
        """Introduced people whose page was made before then and never opened, oldest first."""

    def after(self, cursor: str, limit: int) -> tuple[Sequence[Event], str]:
        """Events in the order in which they came in, from a cursor ("" for the first) on.

        Events of the last seconds may be missing until all that came before them is visible too.
        """

    def expect(self, deliveries: Sequence[Delivery]) -> None:
        """Puts deliveries that are not there yet."""

    def due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """Waiting deliveries whose time has come, in order, of one referral only the earliest.

        While that one waits, be it for its next attempt, the referral's later ones are held back;
        a delivery without a referral waits for none.
        """

    def settle(self, delivery: Delivery) -> None:
        """Keeps a delivery as it now is, in whatever state it was."""

    def deliveries(self, state: str) -> Sequence[Delivery]:
        """All deliveries in a state, by ``since``."""

    def cursor(self, name: str) -> str:
        """Where a consumer stands."""

    def advance(self, name: str, cursor: str) -> None:
        """Notes where a consumer stands."""

    def close(self) -> None:
        """Lets go of the storage."""
