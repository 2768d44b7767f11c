"""The lists of people and companies as data, and nothing of how they are read or shown.

People are named tuples, because a program may hold 100,000 of them and a tuple of shared strings
is the smallest and fastest record Python has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from passalong.errors import Problem


class Advocate(NamedTuple):
    """Somebody who may refer us; the columns of ``advocates.csv``.

    ``company_size`` is people as text; ``show_name`` and ``reward`` are as written in the row
    (``yes``/``no``/empty; ``none``/a text of their own/empty for the program's).
    """

    id: str
    name: str
    email: str
    company: str
    role: str
    industry: str
    company_size: str
    region: str
    locale: str
    kind: str
    status: str
    case_study: str
    context: str
    customer_since: str
    owner: str
    reward: str
    show_name: str
    share_code: str
    line: int


class Referee(NamedTuple):
    """Somebody an advocate named, or might name; the columns of ``referees.csv``."""

    id: str
    advocate: str
    name: str
    email: str
    company: str
    role: str
    industry: str
    company_size: str
    region: str
    locale: str
    status: str
    reason: str
    line: int


class Account(NamedTuple):
    """A company we know: customer, open, competitor or do-not-contact."""

    domain: str
    company: str
    status: str
    owner: str
    region: str
    line: int


ADVOCATE_KINDS = ("customer", "partner", "contact")
ADVOCATE_STATUSES = ("active", "paused", "moved", "left")
REFEREE_STATUSES = ("suggested", "confirmed")
ACCOUNT_STATUSES = ("customer", "open", "competitor", "do-not-contact")


@dataclass(frozen=True, slots=True)
class People:
    """The lists of people and companies, kept ones included, each row checked."""

    advocates: list[Advocate]
    referees: list[Referee]
    accounts: tuple[Account, ...]
    problems: tuple[Problem, ...]
    kept: tuple[str, ...] = ()
    """Ids of people who are no longer in the export and stay until they are removed."""
    variants: dict[str, str] = field(default_factory=dict)
    """By an advocate's id the variants that they see, as ``gift=b,linkedin-tone=a``."""
