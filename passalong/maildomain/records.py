"""What DNS says of a name, and what is found in that: the words that all checks have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from passalong.errors import PassalongError

Kind = Literal["TXT", "CNAME", "MX", "A", "AAAA"]

_STRING = 255
"""Bytes that one string of a TXT record can hold (RFC 1035, section 3.3); it may have several."""


class Answer(NamedTuple):
    """What DNS says of the records of a kind that a name has.

    "found": ``values``, as a zone writes them, a TXT record's strings joined and names without
    their last dot. "nowhere": there is no such name (NXDOMAIN). "empty": there is, without such
    records. "silent": nobody answered in time. "failed": the servers cannot say, for the reason in
    ``why``, such as SERVFAIL.
    """

    state: Literal["found", "nowhere", "empty", "silent", "failed"]
    values: tuple[str, ...] = ()
    why: str = ""


Ask = Callable[[str, Kind], Answer]
"""``ask(name, kind)``, the name in ASCII and without its last dot. It never raises for an answer
that is missing."""


class NotAnswered(PassalongError):
    """DNS told neither what a name has nor that it has nothing."""


class Record(NamedTuple):
    """A record to set."""

    name: str
    kind: Kind
    value: str

    def __str__(self) -> str:
        value = _quoted(self.value) if self.kind == "TXT" else self.value
        return f"{self.name} {self.kind} {value}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, and how it is mended.

    "note" is worth knowing and nothing is wrong; "unknown" could not be looked at.
    """

    check: str
    name: str
    state: Literal["ok", "note", "mend", "unknown"]
    found: str
    mend: str = ""
    record: Record | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody has to do something."""
        return self.state in ("mend", "unknown")

    def line(self) -> str:
        """All of it for a terminal."""
        said = [f"{self.found}.", self.mend, f"Set {self.record}" if self.record else ""]
        return f"{self.state:<8} {self.check:<9} {' '.join(filter(None, said))}"

    def plain(self) -> dict[str, Any]:
        """All of it for a program."""
        record = self.record and {**self.record._asdict(), "line": str(self.record)}
        return {
            "check": self.check,
            "name": self.name,
            "state": self.state,
            "found": self.found,
            "mend": self.mend,
            "record": record,
        }


def values(ask: Ask, name: str, kind: Kind) -> tuple[str, ...]:
    """The records, none if there are none. Raises NotAnswered."""
    answer = ask(name, kind)
    if answer.state == "silent":
        raise NotAnswered(f"nobody answered in time what {kind} record {name} has")
    if answer.state == "failed":
        raise NotAnswered(f"DNS cannot say what {kind} record {name} has: {answer.why}")
    return answer.values


def lack(ask: Ask, name: str, kind: Kind) -> str:
    """What is said where there are no such records."""
    if ask(name, kind).state == "nowhere":
        return f"{name} does not exist (NXDOMAIN)"
    return f"{name} has no {kind} record"


def tags(text: str) -> dict[str, str]:
    """The tags of a DKIM or DMARC record: ``v=DMARC1; p=none`` (RFC 6376, section 3.2)."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().casefold(), value.strip())
    return found


def within(domain: str, other: str) -> bool:
    """Whether a domain is the other or lies in it."""
    return domain == other or domain.endswith(f".{other}")


def ascii_domain(domain: str) -> str:
    """A domain as DNS has it; what cannot be one stays as it is, and will not be found."""
    domain = domain.rstrip(".").casefold()
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _quoted(text: str) -> str:
    clean = text.replace("\\", "\\\\").replace('"', '\\"')
    chunks = [clean[at : at + _STRING] for at in range(0, len(clean), _STRING)]
    return " ".join(f'"{chunk}"' for chunk in chunks)
