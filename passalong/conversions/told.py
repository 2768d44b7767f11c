"""What somebody told us became of a referral, before it is known whose referral that is.

It waits in the ledger as a delivery until it is filed as an event. No address and no name of a
person is in it: people are told apart by keyed digests of their mailboxes.
"""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from passalong.attribution.accounts import account_key
from passalong.booking.mailboxes import mailbox_of
from passalong.events import Money, id_of
from passalong.ledger.port import Delivery
from passalong.requests import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from passalong.booking.accounts import Accounts

HOOK: Final = "conversions"
HUBSPOT: Final = "hubspot"
SALESFORCE: Final = "salesforce"
IMPORT: Final = "import"
SOURCES: Final = (HOOK, HUBSPOT, SALESFORCE)
"""Who may tell us by ``/api/hooks/<source>``."""

KIND: Final = "conversion"
LONGEST: Final = 200
"""Characters of an id, a stage or a company's name."""
MOST_MINOR: Final = 10**15
_KEPT: Final = 32
"""Hex digits of a mailbox's digest."""


class Unreadable(BadRequest):
    """What was told is not in its form; the message is a sentence that quotes nobody."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that became of a referral.

    ``record`` is what the source calls this telling: told again, it is the same. ``stage`` is the
    source's own word, ``decided`` ours where a person chose one. Whose it is may be said by
    ``referral`` (its id, or the referee's), by ``booking`` (a meeting's id), by the deal's id
    (``external``), by mailboxes, or by companies (``accounts``); or by a person, who may name an
    ``advocate``. ``of`` says what is reversed.
    """

    source: str
    record: str
    stage: str
    at: datetime
    referral: str = ""
    booking: str = ""
    external: str = ""
    mailboxes: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    company: str = ""
    amount: Money | None = None
    of: str = ""
    decided: str = ""
    advocate: str = ""

    @property
    def event_id(self) -> str:
        """The id of the event that this becomes: told again, it is the same."""
        return id_of(f"conversion\0{self.source}\0{self.record}")


@dataclass(frozen=True, slots=True)
class Keys:
    """What people and companies are told apart by, under one secret; ``accounts`` are the known
    ones, whose names go first."""

    secret: bytes
    accounts_known: Accounts | None = None

    def mailbox(self, address: str) -> str:
        """The digest of an address, the same for all spellings of one mailbox; empty for none."""
        if "@" not in address:
            return ""
        told = b"mailbox\0" + mailbox_of(address.strip()).encode("utf-8", "surrogatepass")
        return hmac.digest(self.secret, told, "sha256").hex()[:_KEPT]

    def account(self, company: str, address: str = "") -> str:
        """The key of a company; empty where neither says which it is."""
        return account_key(self.secret, company, address.strip(), self.accounts_known)

    def mailboxes(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """The digests of addresses, each once."""
        return tuple(dict.fromkeys(filter(None, map(self.mailbox, addresses))))

    def accounts(self, company: str, addresses: Iterable[str]) -> tuple[str, ...]:
        """The keys of a company, or where it has no name, of the companies behind addresses."""
        found = [self.account(company)] if company else []
        found = list(filter(None, found)) or [self.account("", one) for one in addresses]
        return tuple(dict.fromkeys(filter(None, found)))


def waiting(told: Told, now: datetime) -> Delivery:
    """What was told, as the delivery that waits for the relay."""
    return Delivery(
        id=f"{told.event_id}.{KIND}",
        event=told.event_id,
        kind=f"{KIND}.{told.source}",
        referral="",
        next_at=now,
        data=data_of(told),
    )


def data_of(told: Told) -> dict[str, str]:
    """What was told as the texts of a delivery; what is empty is left out."""
    amount = told.amount
    given = {
        "source": told.source,
        "record": told.record,
        "stage": told.stage,
        "at": told.at.isoformat(),
        "referral": told.referral,
        "booking": told.booking,
        "external": told.external,
        "mailboxes": ",".join(told.mailboxes),
        "accounts": ",".join(told.accounts),
        "company": told.company,
        "minor": str(amount.minor) if amount else "",
        "currency": amount.currency if amount else "",
        "of": told.of,
        "decided": told.decided,
        "advocate": told.advocate,
    }
    return {name: value for name, value in given.items() if value}


def told_in(data: Mapping[str, str]) -> Told:
    """The reverse of ``data_of``."""
    texts = ("referral", "booking", "external", "company", "of", "decided", "advocate")
    money = Money(int(data["minor"]), data["currency"]) if "minor" in data else None
    return Told(
        source=data["source"],
        record=data["record"],
        stage=data["stage"],
        at=datetime.fromisoformat(data["at"]),
        mailboxes=tuple(filter(None, data.get("mailboxes", "").split(","))),
        accounts=tuple(filter(None, data.get("accounts", "").split(","))),
        amount=money,
        **{name: data.get(name, "") for name in texts},
    )


def plain(text: object, name: str, longest: int = LONGEST) -> str:
    """A text on one line, without what nobody can read. Raises Unreadable."""
    if text is None:
        return ""
    if isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str):
        raise Unreadable(f"{name} must be text.")
    said = " ".join("".join(map(_shown, text)).split())
    if len(said) > longest:
        raise Unreadable(f"{name} may have {longest} characters at most.")
    return said


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") else character
