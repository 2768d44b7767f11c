"""One round of the relay: read what is new, do what is due, note how it went."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from passalong.bundle import UnknownFormat
from passalong.errors import PassalongError
from passalong.ledger.port import Delivery, LedgerError, NotFound
from passalong.ledger.records import written
from passalong.mail.port import MailRefused
from passalong.receivers import KIND
from passalong.relay.follows import NOT_FOLLOWED, follows
from passalong.relay.outcomes import NO_TIME, Failed, Hopeless, NotTried

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import datetime

    from passalong.events import Event
    from passalong.ledger.port import Ledger
    from passalong.program import Receiver

    Deliver = Callable[[Delivery], Delivery | None]

CONSUMER: Final = "relay"
_MINUTE: Final = timedelta(minutes=1)
PAUSES: Final = tuple(n * _MINUTE for n in (1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440))
"""How long after each failure a delivery is tried again: for five days, then it is dead."""
_BATCH: Final = 100


def read_new(ledger: Ledger, receivers: Sequence[Receiver]) -> list[Event]:
    """Puts the deliveries of all events that came in since the last round; the events.

    ``receivers`` are the other systems that the program tells of events.
    """
    cursor = ledger.cursor(CONSUMER)
    seen: list[Event] = []
    while True:
        events, after = ledger.after(cursor, _BATCH)
        expect(ledger, events, receivers)
        if after != cursor:
            ledger.advance(CONSUMER, after)
        seen += events
        if len(events) < _BATCH:
            return seen
        cursor = after


def expect(ledger: Ledger, events: Iterable[Event], receivers: Sequence[Receiver]) -> None:
    """Puts the deliveries of these events, unless they are there.

    An event of which nobody can tell what follows holds up no other: to follow it is a delivery,
    too, which is tried again, dies and can be replayed.
    """
    if deliveries := [one for event in events for one in _following(event, receivers)]:
        ledger.expect(deliveries)


def _following(event: Event, receivers: Sequence[Receiver]) -> list[Delivery]:
    try:
        return list(follows(event, receivers))
    except Exception:  # noqa: BLE001 - one event's fault must not stop the others
        return [not_followed(event.id, written(event), event.at)]


def not_followed(event_id: str, record: str, at: datetime) -> Delivery:
    """The delivery that follows an event later on, from its ``record`` as ledgers write it."""
    return Delivery(
        id=f"{event_id}.{NOT_FOLLOWED}",
        event=event_id,
        kind=NOT_FOLLOWED,
        referral="",
        next_at=at,
        data={"record": record},
    )


def deliver_due(
    ledger: Ledger,
    deliver: Deliver,
    clock: Callable[[], datetime],
    *,
    only: Collection[str] | None = None,
    ahead: timedelta = timedelta(0),
    enough: Callable[[], bool] = lambda: False,
) -> int:
    """Tries everything that is due, a referral's things in their order; how many went well.

    ``only`` names the events whose deliveries are tried. What becomes due within ``ahead`` is
    tried, too; if that is negative, what became due since then is not. Ends where it is ``enough``.
    """
    done = 0
    tried: set[str] = set()

    def due() -> list[Delivery]:
        """Some that are due and untried; letters first, for they go to nobody who may be down."""
        limit = _BATCH
        while True:
            found = ledger.due(clock() + ahead, limit)
            wanted = [one for one in found if only is None or one.event in only]
            untried = [one for one in wanted if one.id not in tried]
            if untried or len(found) < limit:
                return sorted(untried, key=lambda one: one.kind.startswith(KIND))
            limit *= 4  # what was tried and is due still stands before the rest

    while batch := due():
        for delivery in batch:
            if enough():
                return done
            tried.add(delivery.id)
            settled = attempt(delivery, deliver, clock)
            if settled != delivery:
                ledger.settle(settled)
            done += settled.state == "done"
    return done


def attempt(delivery: Delivery, deliver: Deliver, clock: Callable[[], datetime]) -> Delivery:
    """The delivery after one attempt. What went wrong is kept in words that name nobody."""
    attempts = delivery.attempts + 1
    try:
        found = deliver(delivery)
    except NotTried as left:
        return replace(delivery, next_at=clock() + left.wait) if left.wait else delivery
    except Exception as error:  # noqa: BLE001 - one delivery's fault must not stop the others
        hopeless = isinstance(error, (MailRefused, Hopeless)) or attempts > len(PAUSES)
        wait = error.wait if isinstance(error, Failed) else NO_TIME
        pause = max(PAUSES[min(attempts, len(PAUSES)) - 1], wait)
        return replace(
            delivery,
            attempts=attempts,
            state="dead" if hopeless else "waiting",
            error=_said(error),
            next_at=clock() + pause,
        )
    if found:
        return replace(found, attempts=attempts)
    return replace(delivery, attempts=attempts, state="done", error="")


def _said(error: Exception) -> str:
    """Our own errors name nobody; what others say might."""
    if isinstance(error, PassalongError) and not isinstance(error, (LedgerError, UnknownFormat)):
        return f"{type(error).__name__}: {error}"
    return type(error).__name__


def replay(ledger: Ledger, ids: Iterable[str], clock: Callable[[], datetime]) -> list[Delivery]:
    """Lets dead deliveries live again, at once. Raises NotFound where one of them is not dead."""
    dead = {delivery.id: delivery for delivery in ledger.deliveries("dead")}
    wanted = list(ids)
    if missing := [one for one in wanted if one not in dead]:
        raise NotFound(f"there is no dead delivery {missing[0]}")
    again = [
        replace(dead[one], state="waiting", attempts=0, next_at=clock(), error="") for one in wanted
    ]
    for delivery in again:
        ledger.settle(delivery)
    return again
