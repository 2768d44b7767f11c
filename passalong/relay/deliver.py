"""Makes one delivery: writes and sends its letter, or takes a page away.

What a letter says is looked up when it is sent, not when its event came in: a meeting that was
moved meanwhile has a letter of its own, and nobody who was removed is written to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from passalong.ledger.port import NotFound
from passalong.relay.letters import letter_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.known import Known
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
        """Takes the pages of a revoked subject away, and of somebody who was removed."""
        kind, _, person = data.get("subject", f"referee:{data['referee']}").partition(":")
        standing = self.world.ledger.standing([f"{kind}:{person}"])[f"{kind}:{person}"]
        if not standing.revoked:
            return  # forgotten, which took the page away at once, or renewed meanwhile
        for path in pages_of(self.world.known(), kind, person):
            self.world.pages.remove(path)


def pages_of(known: Known, kind: str, person: str) -> list[str]:
    """Where the pages of somebody lie in the site; an advocate has a share page, too."""
    paths = [f"{'a' if kind == 'advocate' else 'p'}/{known.holders.key(kind, person)}/index.html"]
    advocate = known.advocate(person) if kind == "advocate" else None
    return [*paths, f"r/{known.holders.code(advocate)}/index.html"] if advocate else paths
