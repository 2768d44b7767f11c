"""Who acts: a token, read as the person whose page carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from passalong.access import Refused
from passalong.holders import read_reference
from passalong.ledger.port import Actor, Revoked
from passalong.merging import referee_of
from passalong.people import Referee

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from passalong.access import Kind
    from passalong.known import Known
    from passalong.ledger.port import Ledger, Standing
    from passalong.people import Advocate


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody at their page.

    ``referee`` is whose page it is, or empty on an advocate's and a share page. Of somebody who was
    introduced since the last build it holds no more than the token says: see `whole`.
    """

    kind: Kind
    advocate: Advocate
    revision: int
    locale: str
    referee: Referee | None = None
    is_listed: bool = True
    """Whether the bundle knows them."""

    @property
    def subject(self) -> str:
        """Whom limits count for, and revocations concern."""
        if self.referee:
            return f"referee:{self.referee.id}"
        return f"advocate:{self.advocate.id}"

    def actor(self, limit: int = 0) -> Actor:
        """Them, as the ledger checks them."""
        return Actor(self.subject, self.revision, limit)


def acting(known: Known, token: str, kinds: Collection[Kind], now: datetime) -> Acting:
    """Whoever holds the token of one of these kinds of page. Raises Refused, always alike."""
    kind, reference, revision = known.holders.signer.verify(token, kinds, now)
    if kind == "referee":
        return _referee(known, reference, revision)
    advocate = known.advocate_at(reference)
    if advocate is None or revision < known.holders.revision("advocate", advocate.id):
        raise Refused("nobody has this page")
    return Acting(kind, advocate, revision, known.program.locale_for(advocate.locale))


def _referee(known: Known, reference: str, revision: int) -> Acting:
    named = read_reference(reference)
    referee = known.referee_at(named.key) if named.key else known.referee(named.person)
    listed = referee is not None
    if referee is None and named.person:
        referee = _unlisted(known, named.person, named.advocate, named.locale)
    advocate = known.advocate(referee.advocate) if referee else None
    if (
        referee is None
        or advocate is None
        or revision < known.holders.revision("referee", referee.id)
    ):
        raise Refused("nobody has this page")
    locale = known.program.locale_for(referee.locale or advocate.locale)
    return Acting("referee", advocate, revision, locale, referee, is_listed=listed)


def _unlisted(known: Known, person: str, advocate_key: str, locale: str) -> Referee | None:
    """What a token says of somebody who was introduced since the last build."""
    advocate = known.advocate_at(advocate_key)
    if advocate is None:
        return None
    said = {"id": person, "advocate": advocate.id, "locale": locale, "status": "confirmed"}
    return Referee(**dict.fromkeys(Referee._fields[:-1], "") | said, line=0)


def refuse_revoked(who: Acting, standing: Standing) -> None:
    """Raises Revoked where the page that acts was taken away or replaced: for whatever only reads,
    for a step that writes asks this itself.
    """
    if standing.revoked or standing.revision != who.revision:
        raise Revoked(f"the page of {who.subject} was taken away or replaced")


def whole(ledger: Ledger, who: Acting, referee: Referee) -> Referee:
    """The referee with what the advocate said of them, which the bundle may not know yet.

    One more reading, where the bundle does not. Raises NotFound.
    """
    return referee if who.is_listed else referee_of(ledger.person(referee.id))
