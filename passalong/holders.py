"""Whose page is where, and the token that it carries: the one place that knows both.

A token names its page by a *reference*: the key of an advocate's or a referee's page, the code of a
share link. Somebody who was introduced is in no list yet when functions meet them first, so their
reference says what a function must know without asking: their id, whose introduction it was and
their language. Neither tells a name or an address.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.booking.accounts import company_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.access import Signer
    from passalong.ledger.port import Meeting
    from passalong.people import Advocate, Referee
    from passalong.tokens import PathKeys

OUTCOME_DAYS: Final = timedelta(days=180)
"""So long after a meeting its host may say what came of it, and change their mind."""
_INTRODUCED = re.compile(r"in-[0-9a-hjkmnp-tv-z]{26}")


class Reference(NamedTuple):
    """A referee's reference, taken apart: a ``key``, or an introduced person's id and the rest."""

    key: str = ""
    person: str = ""
    advocate: str = ""
    """The key of their advocate's page."""
    locale: str = ""


class Holders:
    """Addresses and tokens of one program; ``revisions`` are by subject, 0 where there is none."""

    def __init__(
        self, keys: PathKeys, signer: Signer, revisions: Mapping[str, int] | None = None
    ) -> None:
        self.keys = keys
        self.signer = signer
        self.revisions = revisions or {}

    def revision(self, kind: str, person_id: str) -> int:
        """How often the addresses of somebody were replaced."""
        return self.revisions.get(f"{kind}:{person_id}", 0) if self.revisions else 0

    def code(self, advocate: Advocate) -> str:
        """The code in an advocate's share link."""
        if advocate.share_code:
            return advocate.share_code
        return self.keys.code(advocate.id, self.revision("advocate", advocate.id))

    def key(self, kind: str, person_id: str) -> str:
        """The key of somebody's private page; ``kind`` is "advocate" or "referee"."""
        return self.keys.key(kind, person_id, self.revision(kind, person_id))

    def advocate_token(self, advocate: Advocate) -> str:
        """What an advocate's own page may do."""
        revision = self.revision("advocate", advocate.id)
        return self.signer.sign("advocate", self.key("advocate", advocate.id), revision)

    def share_token(self, advocate: Advocate) -> str:
        """What the page behind an advocate's share link may do."""
        return self.signer.sign(
            "share", self.code(advocate), self.revision("advocate", advocate.id)
        )

    def unsubscribe_token(self, advocate: Advocate) -> str:
        """What a mail to an advocate may do: no more than stop such mail."""
        revision = self.revision("advocate", advocate.id)
        return self.signer.sign("unsubscribe", self.key("advocate", advocate.id), revision)

    def outcome_token(self, meeting: Meeting) -> str:
        """What a letter to a host may do: no more than say what came of that meeting."""
        reference = f"{meeting.referee}~{meeting.id}"
        return self.signer.sign("outcome", reference, expires=meeting.end + OUTCOME_DAYS)

    def referee_token(self, referee: Referee, locale: str) -> str:
        """What a referee's page, in ``locale``, may do."""
        revision = self.revision("referee", referee.id)
        return self.signer.sign("referee", self.reference(referee, locale), revision)

    def reference(self, referee: Referee, locale: str) -> str:
        """What tokens call a referee."""
        if is_introduced(referee.id):
            return f"{referee.id}~{self.key('advocate', referee.advocate)}~{locale}"
        return self.key("referee", referee.id)

    def introduced(self, advocate: str, name: str, company: str) -> str:
        """The id of somebody whom an advocate names: the same however often they do."""
        return "in-" + self.keys.key("introduced", f"{advocate}\0{who_key(name, company)}")

    def booked(self, advocate: str, mailbox: str) -> str:
        """The id of somebody who books from an advocate's share page."""
        return "in-" + self.keys.key("booked", f"{advocate}\0{mailbox}")

    def who(self, name: str, company: str) -> str:
        """The id under which somebody is known whichever advocate names them."""
        return "who-" + self.keys.key("who", who_key(name, company))

    def referral(self, advocate: str, company: str, person_id: str) -> str:
        """The id of a referral: one advocate, one company, or the person where none is known."""
        about = company_key(company) or person_id
        return "ref-" + self.keys.key("referral", f"{advocate}\0{about}")


def pages_at(
    keys: PathKeys, subject: str, revision: int, vanity: str = "", *, renewed: bool = False
) -> list[str]:
    """Where the pages of ``advocate:<id>`` or ``referee:<id>`` lay at a revision; others have none.

    An advocate has a share page, too: one with a code that somebody chose (``vanity``) keeps its
    address where they were ``renewed``.
    """
    kind, _, person = subject.partition(":")
    if kind not in ("advocate", "referee"):
        return []
    key = keys.key(kind, person, revision)
    if kind == "referee":
        return [f"p/{key}/index.html"]
    shared = f"r/{keys.code(person, revision, vanity)}/index.html"
    return [f"a/{key}/index.html", *([] if vanity and renewed else [shared])]


def is_introduced(person_id: str) -> bool:
    """Whether an id was made for somebody whom an advocate named, or who booked."""
    return _INTRODUCED.fullmatch(person_id) is not None


def read_reference(reference: str) -> Reference:
    """A referee's reference, taken apart."""
    person, _, rest = reference.partition("~")
    if not rest:
        return Reference(key=reference)
    advocate, _, locale = rest.partition("~")
    return Reference("", person, advocate, locale)


def who_key(name: str, company: str) -> str:
    """A person as everybody writes them: without case, accents' spelling or legal form."""
    return f"{' '.join(name.casefold().split())}\0{company_key(company)}"
