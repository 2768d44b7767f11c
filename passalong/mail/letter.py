"""A letter, and its two forms: plain text set by hand, and HTML filled into the site's skeleton."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from passalong.letter_fields import ROWS, TEXTS
from passalong.mail.port import Mail
from passalong.pages.fill import fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from passalong.locales import Locale
    from passalong.pages.fill import Row, Skeleton
    from passalong.party import Party


class Paragraph(NamedTuple):
    """A line or a paragraph."""

    text: str


class Quote(NamedTuple):
    """Somebody's own words, in the quotation marks of the letter's language."""

    text: str
    by: str


class Fact(NamedTuple):
    """Something to look up: when, with whom, where."""

    label: str
    text: str


class Link(NamedTuple):
    """An address with what it is for."""

    label: str
    url: str


class Button(NamedTuple):
    """The one thing to press; ``address`` is what is read under it."""

    label: str
    url: str
    address: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: greeting, paragraphs, facts with links, quotes, the button, the end."""

    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    closing: tuple[str, ...]
    footer: tuple[str, ...]
    facts: tuple[Fact, ...] = ()
    links: tuple[Link, ...] = ()
    quotes: tuple[Quote, ...] = ()
    button: Button | None = None
    unsubscribe: Link | None = None


def mail_of(
    letter: Letter,
    locale: Locale,
    skeleton: Skeleton,
    *,
    id: str,  # noqa: A002 - what a mail calls it
    to: Party,
    sender: Party,
    reply_to: Party | None = None,
    invitation: bytes = b"",
    method: Literal["REQUEST", "CANCEL"] = "REQUEST",
) -> Mail:
    """The letter as a mail. ``skeleton`` is the bundle's for the locale."""
    return Mail(
        id=id,
        to=to,
        sender=sender,
        subject=letter.subject,
        text=text_of(letter, locale),
        html=html_of(letter, skeleton),
        locale=locale.code,
        reply_to=reply_to,
        invitation=invitation,
        method=method,
        unsubscribe=letter.unsubscribe.url if letter.unsubscribe else "",
    )


def text_of(letter: Letter, locale: Locale) -> str:
    """The letter as plain text: paragraphs as long as they are, since phones break lines best."""
    blocks = [letter.greeting, *letter.paragraphs]
    facts = [*letter.facts, *letter.links]
    blocks.append("\n".join(_line(locale, label, text) for label, text in facts))
    blocks += [f"{quote.text}\n– {quote.by}" for quote in letter.quotes]
    if letter.button:
        blocks.append(f"{_line(locale, letter.button.label, '')}\n{letter.button.address}")
    blocks.append("\n".join(letter.closing))
    end = list(letter.footer)
    if letter.unsubscribe:
        end.append(_line(locale, *letter.unsubscribe))
    blocks.append("\n".join(("-- ", *end)))  # RFC 3676, section 4.3: what answers leave out
    return "\n\n".join(filter(None, blocks)) + "\n"


def html_of(letter: Letter, skeleton: Skeleton) -> str:
    """The letter as a page."""
    said: dict[str, Sequence[Paragraph | Quote | Fact | Link | Button]] = {
        "paragraphs": [Paragraph(text) for text in letter.paragraphs],
        "quotes": letter.quotes,
        "facts": letter.facts,
        "links": letter.links,
        "button": [letter.button] if letter.button else [],
        "closing": [Paragraph(text) for text in letter.closing],
        "footer": [Paragraph(text) for text in letter.footer],
        "unsubscribe": [letter.unsubscribe] if letter.unsubscribe else [],
    }
    texts = (_fit(getattr(letter, name)) for name in TEXTS)
    rows = (tuple(map(_row, said[name])) for name in ROWS)
    (page,) = fill(skeleton, [(*texts, *rows)])
    return page.decode()


def _row(row: Paragraph | Quote | Fact | Link | Button) -> Row:
    return {name: _fit(text) for name, text in row._asdict().items()}


def _fit(text: str) -> str:
    return text.replace("\0", "")  # which skeletons cannot be filled with


def _line(locale: Locale, label: str, text: str) -> str:
    return locale.text("letter.fact", label=label, text=text).strip()
