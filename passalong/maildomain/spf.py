"""SPF: who may send mail in the envelope's domain (RFC 7208)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.maildomain.records import Finding, Record, lack, values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from passalong.maildomain.records import Ask
    from passalong.maildomain.way import Way

MOST_LOOKUPS: Final = 10
"""Terms that ask DNS, in all records together (section 4.6.4)."""
_AMAZON: Final = "amazonses.com"
_SPF: Final = re.compile(r"v=spf1(?: |$)", re.IGNORECASE)
_TERM: Final = re.compile(r"([+?~-]?)([a-z][a-z0-9_.-]*)(?:([:=/])(.*))?", re.IGNORECASE)
_ASKING: Final = frozenset({"include", "a", "mx", "ptr", "exists"})
_MECHANISMS: Final = _ASKING | {"all", "ip4", "ip6"}


class Term(NamedTuple):
    """A word of a record: ``~all``, ``include:example.com``, or ``redirect=example.com``."""

    text: str
    qualifier: str
    name: str
    mark: str
    value: str


def terms(record: str) -> list[Term]:
    """The words behind ``v=spf1``; one that is none has no name."""
    found = []
    for text in record.split()[1:]:
        match = _TERM.fullmatch(text)
        parts = match.groups("") if match else ("", "", "", "")
        found.append(Term(text, parts[0] or "+", parts[1].casefold(), parts[2], parts[3]))
    return found


def is_right(term: Term) -> bool:
    """Whether receivers can read a term; one that they cannot voids the whole record."""
    if term.mark == "=":
        return term.text[0] not in "+-~?" and (bool(term.value) or term.name != "redirect")
    if term.name in ("include", "exists"):
        return term.mark == ":" and bool(term.value)
    if term.name in ("ip4", "ip6"):
        network = ipaddress.IPv4Network if term.name == "ip4" else ipaddress.IPv6Network
        try:
            network(term.value, strict=False)
        except ValueError:
            return False
        return term.mark == ":"
    return term.name in _MECHANISMS and not (term.name == "all" and term.mark)


@dataclass(slots=True)
class _Walk:
    """What a record and all that it includes come to."""

    ask: Ask
    lookups: int = 0
    passing: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    open: str = ""
    """The name whose record lets everybody pass."""

    def read(self, name: str, record: str) -> str:
        """What becomes of a sender that no term names: "+", "-", "~", "?", or "" if it is not said.

        It goes no further than one lookup too many, so that a circle of records ends.
        """
        redirect = None
        for term in terms(record):
            if not is_right(term):
                self.faults.append(f"“{term.text}” in the record of {name} cannot be read")
            elif term.name == "all":
                self.open = name if term.qualifier == "+" and not self.open else self.open
                return term.qualifier
            elif term.mark == "=":
                redirect = term if term.name == "redirect" else redirect
            elif term.name in _ASKING:
                self.lookups += 1
                if term.name == "include":
                    self._include(term)
        if redirect is None:
            return ""
        self.lookups += 1
        return self._follow(redirect)

    def _include(self, term: Term) -> None:
        known = self.open
        if term.qualifier == "+":
            self.passing.add(term.value.casefold().rstrip("."))
        self._follow(term)
        if term.qualifier != "+":
            self.open = known

    def _follow(self, term: Term) -> str:
        """Reads the record that a term names; one with a macro is another for each letter."""
        if "%" in term.value or self.lookups > MOST_LOOKUPS:
            return ""
        name = term.value.casefold().rstrip(".")
        records = spf_records(values(self.ask, name, "TXT"))
        if len(records) != 1:
            self.faults.append(f"“{term.text}” leads to {len(records)} SPF records, not to one")
            return ""
        return self.read(name, records[0])


def spf_records(texts: Sequence[str]) -> list[str]:
    """Those of a name's TXT records that are about SPF."""
    return [text for text in texts if _SPF.match(text)]


def check_spf(way: Way, ask: Ask) -> Finding:
    """Whether the envelope's domain names who sends for it, and nobody else."""
    name = way.envelope
    records = spf_records(values(ask, name, "TXT"))
    better = Record(name, "TXT", mended(records, _needed(way)))
    if not records:
        gone = ask(name, "TXT").state == "nowhere"
        found = lack(ask, name, "TXT") if gone else f"{name} has no SPF record"
        how = "" if way.carrier == "ses" else "Your mail server’s provider may name another one."
        return Finding("SPF", name, "mend", found, how, better)
    if len(records) > 1:
        found = f"{name} has {len(records)} SPF records, which count as none"
        return Finding("SPF", name, "mend", found, "Leave one.", better)
    walk = _Walk(ask)
    end = walk.read(name, records[0])
    found = f"{name} says “{records[0]}”"
    if fault := _fault(walk, found, way, better):
        return fault
    found += f", {walk.lookups} of {MOST_LOOKUPS} lookups"
    if end in ("-", "~"):
        return Finding("SPF", name, "ok", found)
    return Finding("SPF", name, "note", f"{found}; other senders are not doubted", "", better)


def _fault(walk: _Walk, found: str, way: Way, better: Record) -> Finding | None:
    """What is wrong with the one record, if anything is; ``found`` shows it."""
    name = way.envelope
    if walk.lookups > MOST_LOOKUPS:
        what = f"{found}, with more than {MOST_LOOKUPS} lookups"
        how = "Take out what you no longer send by, or name networks by ip4: and ip6:."
        return Finding("SPF", name, "mend", what, how)
    if walk.faults:
        what = f"{found}; {'; '.join(walk.faults)}"
        how = "Mend or take out that part: as it is, receivers ignore the record."
        return Finding("SPF", name, "mend", what, how)
    if walk.open == name:
        return Finding("SPF", name, "mend", f"{found}, so everybody may send for you", "", better)
    if walk.open:
        what = f"{found}, and {walk.open} lets everybody send for you"
        return Finding("SPF", name, "mend", what, f"Take out what leads to {walk.open}.")
    if way.carrier == "ses" and _AMAZON not in walk.passing:
        return Finding("SPF", name, "mend", f"{found}, without SES", "", better)
    return None


def mended(records: Sequence[str], needed: str) -> str:
    """One record that says what these do, besides letting everybody pass, and ``needed``.

    >>> mended(["v=spf1 mx +all"], "include:amazonses.com")
    'v=spf1 include:amazonses.com mx ~all'
    """
    found = [term for record in records for term in _in_use(record)]
    ends = {term.text for term in found if term.name == "all"}
    kept = dict.fromkeys(term.text for term in found if term.mark != "=" and term.name != "all")
    others = dict.fromkeys(term.text for term in found if term.mark == "=")
    redirects = [text for text in others if text.casefold().startswith("redirect=")]
    if ends or not redirects:
        others = dict.fromkeys(text for text in others if text not in redirects)
        others = {("-all" if ends == {"-all"} else "~all"): None, **others}
    first = [needed] if needed not in kept and (not records or "include:" in needed) else []
    return " ".join(["v=spf1", *first, *kept, *others])


def _in_use(record: str) -> Iterator[Term]:
    """The words that receivers can read, up to the one for all others."""
    for term in filter(is_right, terms(record)):
        yield term
        if term.name == "all":
            return


def _needed(way: Way) -> str:
    return f"include:{_AMAZON}" if way.carrier == "ses" else f"a:{way.place}"
