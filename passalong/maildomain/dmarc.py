"""DMARC: what receivers do with a letter that is not the domain's, and when it is (RFC 9989).

Which domains belong together is told by DNS itself: one climbs from a name towards the root, and
the highest DMARC record on the way is the organisation's (section 4.10).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.maildomain.records import Finding, Record, lack, tags, values, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from passalong.maildomain.records import Ask
    from passalong.maildomain.way import Way

_DMARC: Final = re.compile(r"v\s*=\s*DMARC1\s*(;|$)")
_POLICIES: Final = ("none", "quarantine", "reject")
_MOST: Final = 8
"""Labels from which on a walk leaps, so that a long name costs no more questions than this."""


class Station(NamedTuple):
    """A domain on the way up, and the DMARC records of its own."""

    domain: str
    records: tuple[str, ...]

    @property
    def tags(self) -> dict[str, str]:
        """What its record says; nothing if it has none, and as little if it has several."""
        return tags(self.records[0]) if len(self.records) == 1 else {}


def climb(domain: str, ask: Ask) -> list[Station]:
    """The stations from a domain upwards, as far as a receiver goes. Raises NotAnswered."""
    found = []
    for name in _names(domain):
        texts = values(ask, f"_dmarc.{name}", "TXT")
        found.append(Station(name, tuple(text for text in texts if _DMARC.match(text))))
        if found[-1].tags.get("psd") in ("y", "n"):
            break
    return found


def _names(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    yield domain
    for count in range(min(len(labels), _MOST) - 1, 0, -1):
        yield ".".join(labels[-count:])


def organisation(stations: Sequence[Station]) -> str:
    """The domain that answers for the first station; that itself, if no record says otherwise."""
    start = stations[0].domain
    speaking = [station for station in stations if station.tags]
    if not speaking:
        return start
    top = speaking[-1]
    if top.tags.get("psd") == "y" and top is not stations[0]:
        labels = start.split(".")
        return ".".join(labels[-(top.domain.count(".") + 2) :])
    return top.domain


def in_force(stations: Sequence[Station]) -> Station | None:
    """The station whose record holds for the first: its own, else the organisation's."""
    own = organisation(stations)
    for station in stations:
        if station.tags and station.domain in (stations[0].domain, own):
            return station
    return next((station for station in reversed(stations) if station.tags), None)


def check_dmarc(way: Way, ask: Ask) -> Finding:
    """Whether there is one record, and what it asks receivers to do."""
    stations = climb(way.sender, ask)
    for many in stations:
        if len(many.records) > 1:
            name = f"_dmarc.{many.domain}"
            found = f"{name} has {len(many.records)} DMARC records, which count as none"
            return Finding("DMARC", name, "mend", found, f"Leave one: “{many.records[0]}”.")
    if station := in_force(stations):
        return _judged(station, way.sender)
    name = f"_dmarc.{way.signer}"
    record = Record(name, "TXT", f"v=DMARC1; p=none; rua=mailto:{way.mailbox}")
    return Finding("DMARC", name, "mend", lack(ask, name, "TXT"), "", record)


def _judged(station: Station, sender: str) -> Finding:
    """What the policy of a station means for a sender there or below."""
    name, said = f"_dmarc.{station.domain}", station.tags
    tag = "sp" if station.domain != sender and "sp" in said else "p"
    found = f"{name} says “{station.records[0]}”"
    for needed in dict.fromkeys(("p", tag)):
        if said.get(needed, "").casefold() not in _POLICIES:
            better = Record(name, "TXT", _with(said, needed, "none"))
            return Finding("DMARC", name, "mend", f"{found}, without a policy", "", better)
    if said[tag].casefold() != "none":
        return Finding("DMARC", name, "ok", found)
    then = "Later, once reports show nothing but your own letters:"
    better = Record(name, "TXT", _with(said, tag, "quarantine"))
    return Finding("DMARC", name, "note", f"{found}: others’ mail is not stopped", then, better)


def _with(said: dict[str, str], tag: str, value: str) -> str:
    """A record with a tag set; the policy stands right behind the version."""
    rest = {name: text for name, text in said.items() if name not in ("v", tag)}
    return "; ".join(f"{name}={text}" for name, text in {"v": "DMARC1", tag: value, **rest}.items())


def check_alignment(way: Way, ask: Ask) -> Finding | None:
    """Whether the domains that vouch for a letter go with the one in its From, as DMARC wants it.

    One of both is enough. Nothing is to be said where there is no record.
    """
    stations = climb(way.sender, ask)
    station = in_force(stations)
    if station is None:
        return None
    own, said = organisation(stations), station.tags

    def goes(domain: str, tag: str) -> bool:
        strict = said.get(tag, "r").casefold() == "s"
        return domain == way.sender or (not strict and organisation(climb(domain, ask)) == own)

    both = {f"SPF’s {way.envelope}": goes(way.envelope, "aspf")}
    both[f"DKIM’s {way.signer}"] = goes(way.signer, "adkim")
    found = "; ".join(
        f"{what} {'goes' if holds else 'does not go'} with {way.sender}"
        for what, holds in both.items()
    )
    if all(both.values()):
        return Finding("alignment", way.sender, "ok", found)
    if any(both.values()):
        return Finding("alignment", way.sender, "note", f"{found}: one of both is enough")
    loose = {tag: text for tag, text in said.items() if tag not in ("aspf", "adkim")}
    record = Record(f"_dmarc.{station.domain}", "TXT", _with(loose, "p", loose.get("p", "none")))
    if loose == said:
        return Finding("alignment", way.sender, "mend", found, f"Send from {way.signer}.")
    return Finding("alignment", way.sender, "mend", found, "", record)


def check_links(host: str, way: Way, ask: Ask) -> Finding:
    """Whether links lead to the domain that letters come from, or one of the same organisation."""
    beside = within(host, way.sender) or within(way.sender, host)
    both = f"links lead to {host}, letters come from {way.sender}"
    if beside or organisation(climb(host, ask)) == organisation(climb(way.sender, ask)):
        return Finding("links", host, "ok", both)
    how = (
        f'Let both lie in one domain, as in base_url = "https://friends.{way.sender}"; where one '
        "domain above both is yours, a DMARC record there says so."
    )
    return Finding("links", host, "mend", f"{both}: to receivers, two strangers", how)
