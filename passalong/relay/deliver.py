"""Makes one delivery: writes and sends its letter, takes a page away, or tells another system.

What a letter says is looked up when it is sent, not when its event came in: a meeting that was
moved meanwhile has a letter of its own, and nobody who was removed is written to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from passalong.conversions.inbox import forget, take_note
from passalong.conversions.resolving import is_conversion, resolve
from passalong.events import Event
from passalong.holders import pages_at
from passalong.ledger.port import NotFound
from passalong.ledger.records import read
from passalong.receivers import KIND
from passalong.relay import follows
from passalong.relay.letters import letter_for
from passalong.relay.out import Out

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.ledger.port import Delivery
    from passalong.mail.port import Mailer
    from passalong.world import World


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Delivers to the world, mail through ``mailer``, for one round. Raises what stands in the way.

    ``out`` keeps in mind who was down in it.
    """

    world: World
    mailer: Mailer
    out: Out = field(default_factory=Out)

    def __call__(self, delivery: Delivery) -> Delivery | None:
        """Makes the delivery, or nothing where it is pointless by now.

        What comes back is the delivery as it is now, where that is not simply done.
        """
        if is_conversion(delivery):
            return resolve(self.world, delivery)
        self._make(delivery)
        return None

    def _make(self, delivery: Delivery) -> None:
        world, data = self.world, delivery.data
        match delivery.kind:
            case follows.RETURNED:
                pass  # whoever replays it has seen to it
            case follows.NOT_FOLLOWED:
                event = read(Event, data["record"])
                world.ledger.expect(list(follows.follows(event, world.known().program.events_out)))
            case follows.NOTED:
                take_note(world, read(Event, data["record"]))
            case follows.FORGOTTEN:
                forget(world, data["referee"])
            case "page.remove":
                self._remove_page(data)
            case kind if kind.startswith(KIND):
                self.out.tell(world, delivery)
            case _:
                self._send(delivery)

    def _send(self, delivery: Delivery) -> None:
        try:
            mail = letter_for(self.world, delivery)
        except NotFound:
            return  # whoever it was for was removed
        if mail:
            self.mailer.send(mail)

    def _remove_page(self, data: Mapping[str, str]) -> None:
        """Takes away the pages of a subject that was revoked, or of somebody who was removed."""
        known, subject = self.world.known(), data.get("subject", f"referee:{data['referee']}")
        standing = self.world.ledger.standing([subject])[subject]
        revision = int(data.get("revision", standing.revision))
        if standing.revoked or revision != standing.revision:
            advocate = known.advocate(subject.removeprefix("advocate:"))
            chosen, renewed = advocate.share_code if advocate else "", not standing.revoked
            for path in pages_at(known.holders.keys, subject, revision, chosen, renewed=renewed):
                self.world.pages.remove(path)
