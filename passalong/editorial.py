"""What the marketer wrote, as data: stories, sign-offs, messages, pages of text, and the program.

Nothing here knows how it is read or shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from passalong.errors import Problem
from passalong.program import Program


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of a story, as text: ``value`` large, ``label`` below, the others beside."""

    value: str
    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody at the customer said, in their own words."""

    text: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Asset:
    """Material that may be passed on: a file of the content folder and what to call it."""

    file: str
    label: str


@dataclass(frozen=True, slots=True)
class Anonymous:
    """How an anonymised story speaks of its customer.

    ``customer`` stands in for the name, ``slug`` for the address, and ``replace`` maps every other
    word that would give the customer away (people, places, domain) to what is said instead.
    """

    customer: str
    slug: str = ""
    replace: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """A case study as written: front matter and Markdown ``body``.

    ``file`` and ``body_line`` lead back to the source; ``company_size`` is people, 0 if not given.
    """

    slug: str
    file: str
    body_line: int
    title: str
    customer: str
    summary: str
    body: str
    industry: str = ""
    company_size: int = 0
    roles: tuple[str, ...] = ()
    region: str = ""
    locale: str = ""
    domain: str = ""
    metrics: tuple[Metric, ...] = ()
    quote: Quote | None = None
    logo: str = ""
    assets: tuple[Asset, ...] = ()
    anonymous: Anonymous | None = None
    date: str = ""


@dataclass(frozen=True, slots=True)
class SignOff:
    """The customer's consent to a story: who gave it, by what authority, for which text."""

    slug: str
    state: Literal["requested", "with legal", "approved", "withdrawn"]
    by: str = ""
    authority: str = ""
    when: date | None = None
    scope: Literal["named", "anonymised"] = "named"
    until: date | None = None
    digest: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A drafted message for one medium and locale, with ``{placeholders}`` still in it."""

    medium: str
    locale: str
    variant: str
    subject: str
    text: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page of the firm's own words (privacy, terms, imprint), in one locale."""

    slug: str
    locale: str
    title: str
    body: str
    file: str
    body_line: int


@dataclass(frozen=True, slots=True)
class Editorial:
    """What the marketer wrote: everything of the content folder but the lists of people.

    ``stories`` are those with a sign-off that holds, each already in the mode of its scope (an
    anonymised story arrives rewritten, without a trace of the customer); ``withheld`` maps the slug
    of every other story to the reason why it is not shown. ``forbidden`` holds, per anonymised
    story (by its public slug), the words that must not be found on any page that shows it.
    """

    program: Program
    stories: tuple[Story, ...]
    withheld: dict[str, str]
    messages: tuple[Message, ...]
    pages: tuple[TextPage, ...]
    problems: tuple[Problem, ...]
    public_slugs: dict[str, str] = field(default_factory=dict)
    """From a story's own slug to the one it is published under; they differ where anonymised."""
    forbidden: dict[str, tuple[str, ...]] = field(default_factory=dict)
    mappings: dict[str, object] = field(default_factory=dict)
    """``[content]`` of program.toml as written: how lists in somebody else's columns are read."""
