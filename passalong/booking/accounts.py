"""What is known about a company, and what follows from it at an introduction or a booking.

An account is found by the domain of a mail address, or by the name of the company as people write
it: capitals, accents, punctuation and legal form do not matter. Whatever is decided, the advocate
and the referee read the same friendly words; none of it is shown to them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from passalong.booking.providers import is_free, parents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from passalong.people import Account

Decision = Literal["go", "review", "decline"]

_DECISIONS: Final[dict[str, Decision]] = {
    "customer": "go",
    "open": "go",
    "competitor": "review",
    "do-not-contact": "decline",
}
_STRICTEST: Final = ("do-not-contact", "competitor", "open", "customer")

# Legal forms at the end of a name, as they read once points and accents are gone.
# fmt: off
_FORMS: Final = frozenset((
    "ab", "ag", "aps", "as", "asa", "bv", "bvba", "co", "company", "corp", "corporation", "cv",
    "eg", "ehf", "eood", "ev", "gbr", "gesmbh", "gmbh", "hf", "inc", "incorporated", "kft", "kg",
    "kgaa", "kk", "limited", "llc", "llp", "lp", "ltd", "ltda", "mbh", "nv", "nyrt", "ohf", "ohg",
    "oy", "oyj", "plc", "pte", "pty", "pvt", "sa", "sarl", "sas", "sasu", "sca", "se", "sia", "sl",
    "slu", "snc", "spa", "spk", "spzoo", "srl", "sro", "uab", "ug", "vof", "zrt",
))
# fmt: on
_AND: Final = frozenset({"and", "und", "et", "og", "och"})
_LETTERS: Final = str.maketrans(
    {"ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"}
)
_WORD: Final = re.compile(r"[^\W_]+")
_SLASHED: Final = re.compile(r"\b(a)/([bs])\b")
"""A/S and A/B: legal forms in the north."""
_DOMAIN: Final = re.compile(r"(?:https?://)?(?:www\.)?((?:[\w-]+\.)+[^\W\d_]{2,})(?:/\S*)?")


class Handling(NamedTuple):
    """What to do with an introduction or a booking.

    ``go``: as always; where ``influenced``, the account was ours already, so that the meeting is
    its owner's and the referral counts as influenced instead of sourced. ``review``: take it and
    thank for it, but give out nothing before somebody of the firm has looked: no page, no
    invitation. ``decline``: thank kindly, keep nothing of the person, and write to nobody.
    """

    decision: Decision = "go"
    influenced: bool = False
    account: Account | None = None

    @property
    def owner(self) -> str:
        """Who looks after the account: the host, if they are one; empty if nobody does."""
        return self.account.owner if self.account else ""


class Accounts:
    """The program's accounts, to be asked about one company at a time."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._by_domain: dict[str, Account] = {}
        self._by_name: dict[str, Account] = {}
        for account in accounts:
            _keep(self._by_domain, account.domain.casefold(), account)
            _keep(self._by_name, company_key(account.company), account)

    def find(self, email: str = "", company: str = "") -> Account | None:
        """The account that the address belongs to, else the one that bears the company's name.

        Domains within the account's are its own; a free provider's tells nothing. A company may
        be given by its web address.
        """
        domain = email.rpartition("@")[2]
        for place in (domain, domain_in(company)):
            for known in () if is_free(place) else parents(place):
                if account := self._by_domain.get(known):
                    return account
        return self._by_name.get(company_key(company)) if company_key(company) else None


def handling(accounts: Accounts, email: str = "", company: str = "") -> Handling:
    """What follows from what is known about the company of somebody introduced or booking."""
    account = accounts.find(email, company)
    if account is None:
        return Handling()
    decision = _DECISIONS.get(account.status, "review")
    return Handling(decision, decision == "go", account)


def company_key(name: str) -> str:
    """A company's name reduced to what everybody writes alike; empty if there is no name.

    >>> company_key("Hofmann Häfen GmbH & Co. KG"), company_key("HOFMANN HAEFEN")
    ('hofmann hafen', 'hofmann hafen')
    """
    plain = unicodedata.normalize("NFKD", name.replace(".", "")).casefold().translate(_LETTERS)
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    words = _WORD.findall(_SLASHED.sub(r"\1\2", letters))
    kept = [word for word in words if word not in _AND] or words
    while len(kept) > 1 and kept[-1] in _FORMS:
        kept.pop()
    return " ".join(re.sub("([aou])e+", r"\1", word) for word in kept)


def domain_in(company: str) -> str:
    """The domain, where a company is given by its web address; else nothing."""
    written = _DOMAIN.fullmatch(company.strip())
    return written[1] if written else ""


def _keep(known: dict[str, Account], key: str, account: Account) -> None:
    """Of two accounts by one name the one that asks for more care is kept."""
    other = known.get(key)
    if key and (other is None or _care(account) < _care(other)):
        known[key] = account


def _care(account: Account) -> int:
    return _STRICTEST.index(account.status) if account.status in _STRICTEST else -1
