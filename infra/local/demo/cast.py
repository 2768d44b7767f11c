"""The people of the played year who are introduced or come by a link, and what becomes of each.

``cast.csv`` has a row for each: whose friend they are; ``named``, or the medium of the link by
which they came; how many days before today that begins; and the course of things. A step of it is
a word, what it needs (``fits=72000``), and how many days after the step before (``won=66000/58``).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from passalong.events import Money

NAMED: Final = "named"
_CAST: Final = Path(__file__).with_name("cast.csv")
_FIRST_DEAL: Final = 2101


class Step(NamedTuple):
    """One step of a course: ``value`` is a number as text, ``days`` those since the step before."""

    word: str
    value: str = ""
    days: int = 0

    def money(self, currency: str) -> Money | None:
        """The value as an amount: of the program's ``currency`` unless it names another."""
        amount, _, other = self.value.partition("-")
        return Money(int(Decimal(amount) * 100), other or currency) if amount else None


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody of the cast; ``days`` before today it begins with them."""

    number: int
    advocate: str
    way: str
    name: str
    email: str
    company: str
    role: str
    locale: str
    days: int
    course: tuple[Step, ...]
    reason: str

    @property
    def is_named(self) -> bool:
        """Whether an advocate names them; else they book from a share page."""
        return self.way == NAMED

    @property
    def deal(self) -> str:
        """What the firm's CRM calls the deal with them."""
        return f"LW-{_FIRST_DEAL + self.number}"


def cast() -> tuple[Role, ...]:
    """Everybody, in the order of the file."""
    with _CAST.open(encoding="utf-8", newline="") as lines:
        return tuple(_role(number, row) for number, row in enumerate(csv.DictReader(lines)))


def _role(number: int, row: dict[str, str]) -> Role:
    days, course = int(row.pop("days")), tuple(map(_step, row.pop("course").split()))
    return Role(number=number, days=days, course=course, **row)


def _step(text: str) -> Step:
    said, _, days = text.partition("/")
    word, _, value = said.partition("=")
    return Step(word, value, int(days or 0))
