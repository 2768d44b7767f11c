"""Which company an event is about, by a key that tells nobody its name; and self-referrals."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from passalong.booking.accounts import company_key, domain_in
from passalong.booking.mailboxes import mailbox_of
from passalong.booking.providers import is_free

if TYPE_CHECKING:
    from passalong.booking.accounts import Accounts

SAME_MAILBOX: Final = "same-mailbox"
SAME_DOMAIN: Final = "same-domain"

_REGISTRIES: Final = frozenset(
    {"ac", "co", "com", "edu", "go", "gob", "gov", "gv", "ne", "net", "or", "org"}
)
"""What stands before a country's top level where companies' names stand before that: co.uk."""


def account_key(
    secret: bytes, company: str, mailbox: str = "", accounts: Accounts | None = None
) -> str:
    """A company's key: 20 hex digits of an HMAC-SHA256, the same however its name is written.

    A company of ``accounts`` goes by the name it has there. Without a name it is the label of the
    domain of the web address or the ``mailbox``, so that "Blue Harbour Ltd" and blueharbour.com are
    one; of a free provider's address, or of nothing at all, the key is empty.
    """
    known = accounts.find(mailbox, company) if accounts else None
    if known:
        company, mailbox = known.company or known.domain, f"@{known.domain}"
    name = _plain(_label(domain_in(company)) or company)
    name = name or _plain(_label(mailbox.rpartition("@")[2]))
    if not name:
        return ""
    return hmac.digest(secret, f"passalong account\0{name}".encode(), "sha256").hex()[:20]


def self_referral(advocate: str, referee: str) -> tuple[str, ...]:
    """The signals that somebody refers themselves, by the mail addresses of both; empty if none.

    The same company's domain is one, but not that of a provider where anybody has an address.
    """
    if "@" not in advocate or "@" not in referee:
        return ()
    ours, theirs = mailbox_of(advocate), mailbox_of(referee)
    one, other = ours.rpartition("@")[2], theirs.rpartition("@")[2]
    within = f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")
    signals = (
        SAME_MAILBOX if ours == theirs else "",
        SAME_DOMAIN if within and not is_free(one) and not is_free(other) else "",
    )
    return tuple(filter(None, signals))


def attributed(account: str = "", story: str = "", signals: tuple[str, ...] = ()) -> dict[str, str]:
    """What an event's data says for attribution; whatever is empty is left out."""
    told = {"account": account, "story": story, "signals": ",".join(signals)}
    return {name: value for name, value in told.items() if value}


def _plain(name: str) -> str:
    """Letters and digits alone, as the words of a name and the label of a domain have in common."""
    return company_key(company_key(name).replace(" ", ""))


def _label(domain: str) -> str:
    """The part of a domain that is a company's own: "kestrel" of mail.kestrel.co.uk."""
    if not domain or is_free(domain):
        return ""
    labels = domain.casefold().strip(".").split(".")
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _REGISTRIES:
        labels.pop()
    return labels[-2] if len(labels) > 1 else ""
