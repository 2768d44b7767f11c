"""Makes one delivery: writes and sends its letter, or takes a page away.

What a letter says is looked up when it is sent, not when its event came in: a meeting that was
moved meanwhile has a letter of its own, and nobody who was removed is written to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from passalong.events import Event
from passalong.holders import pages_at
from passalong.ledger.port import NotFound
from passalong.ledger.records import read
from passalong.relay.follows import NOT_FOLLOWED, RETURNED, follows
from passalong.relay.letters import letter_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.ledger.port import Delivery
    from passalong.mail.port import Mailer
    from passalong.world import World


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Delivers to the world, mail through ``mailer``. Raises what stands in the way."""

    world: World
    mailer: Mailer

    def __call__(self, delivery: Delivery) -> None:
        """Makes the delivery, or nothing where it is pointless by now."""
        if delivery.kind == RETURNED:
            return  # whoever replays it has seen to it
        if delivery.kind == NOT_FOLLOWED:
            self.world.ledger.expect(list(follows(read(Event, delivery.data["record"]))))
            return
        if delivery.kind == "page.remove":
            self._remove_page(delivery.data)
            return
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
