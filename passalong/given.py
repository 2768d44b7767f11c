"""What a personal page shows of a host and of stories, as flat values like the personal ones.

They fill a skeleton too, one step earlier: a Frame is compiled once for all hosts and stories that
look alike (with or without a phone, a quote, a logo), and bound to each pair that occurs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from passalong.sharing import mailbox

if TYPE_CHECKING:
    from passalong.pages.fill import Row
    from passalong.pages.views import Card, HostView
    from passalong.plan import Shape

Given = dict[str, "str | tuple[Row, ...]"]

_HOST = ("name", "first", "role", "bio", "email", "phone", "monogram")
_STORY = ("url", "title", "customer", "facts", "summary", "lang", "dir", "logo", "monogram")
_QUOTE = ("text", "name", "role")
_METRIC = ("value", "label", "before", "after")
_ASSET = ("url", "label", "size")
_CARD = ("url", "title", "customer", "facts", "lang", "dir")

NAMES = (
    *(f"host.{name}" for name in (*_HOST, "tel", "mailbox")),
    *(f"story.{name}" for name in _STORY),
    *(f"story.quote.{name}" for name in _QUOTE),
    "story.metrics",
    "story.assets",
    "more",
    "image",
    "image_alt",
    "looking_for",
)
"""Every given value, whether or not a page has it."""

ROW_NAMES: dict[str, tuple[str, ...]] = {
    "story.metrics": _METRIC,
    "story.assets": _ASSET,
    "more": _CARD,
}


class Frame(NamedTuple):
    """All that a template can see of a page before any value: what a skeleton is compiled for.

    ``fields`` names the values that there are; ``rows`` the shapes that rows of given values have;
    ``more`` counts the further stories.
    """

    kind: str
    locale: str
    fields: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
    place: str
    own_story: bool
    anonymised: bool
    more: int
    gift: bool
    named: bool
    partner: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that personal pages can show besides persons, per locale: made by the build, used by both.

    ``hosts`` is by host id and locale, ``stories`` (the whole proof) and ``cards`` (one line) by
    slug and locale, ``images`` by slug or "" and locale, ``looking_for`` by industry or "" and
    locale. ``places`` says where each host meets; ``anonymised`` holds slugs.
    """

    hosts: dict[tuple[str, str], Given]
    stories: dict[tuple[str, str], Given]
    cards: dict[tuple[str, str], Row]
    images: dict[tuple[str, str], Given]
    looking_for: dict[tuple[str, str], str]
    places: dict[str, str]
    anonymised: frozenset[str]


def frame_of(catalogue: Catalogue, shape: Shape, given: Given) -> Frame:
    """The Frame of a Shape whose given values are these."""
    rows = {name: given[name] for name in ROW_NAMES if name in given}
    return Frame(
        kind=shape.kind,
        locale=shape.locale,
        fields=(*shape.present, *(name for name in NAMES if name in given)),
        rows=tuple(
            (name, tuple(sorted({tuple(sorted(row)) for row in values if isinstance(row, dict)})))
            for name, values in rows.items()
        ),
        place=catalogue.places[shape.host],
        own_story=shape.own_story,
        anonymised=shape.story in catalogue.anonymised,
        more=len(shape.more),
        gift=shape.gift,
        named=shape.named,
        partner=shape.partner,
    )


def given_values(catalogue: Catalogue, shape: Shape) -> Given:
    """Every value of a Shape's pages that is not personal; an absent one has no key."""
    given = dict(catalogue.hosts[shape.host, shape.locale])
    if shape.story:
        given |= catalogue.stories[shape.story, shape.locale]
    if shape.more:
        given["more"] = tuple(catalogue.cards[slug, shape.locale] for slug in shape.more)
    if shape.kind == "advocate":
        phrases = catalogue.looking_for
        given["looking_for"] = (
            phrases.get((shape.industry, shape.locale)) or phrases["", shape.locale]
        )
    return given | catalogue.images.get((shape.story, shape.locale), {})


def host_values(host: HostView) -> Given:
    """A host, as pages show them."""
    given: Given = {f"host.{name}": text for name, text in row(host, _HOST).items()}
    given["host.mailbox"] = mailbox(host.email)
    if host.phone:
        given["host.tel"] = host.phone.replace(" ", "")
    return given


def story_values(card: Card) -> Given:
    """A story, as pages show the whole of its proof."""
    given: Given = {f"story.{name}": text for name, text in row(card, _STORY).items()}
    if card.quote:
        quote = row(card.quote, _QUOTE)
        given |= {f"story.quote.{name}": text for name, text in quote.items()}
    if card.metrics:
        given["story.metrics"] = tuple(row(metric, _METRIC) for metric in card.metrics)
    if card.assets:
        given["story.assets"] = tuple(row(asset, _ASSET) for asset in card.assets)
    return given


def card_row(card: Card) -> Row:
    """A story, as pages name it among others."""
    return row(card, _CARD)


def row(record: object, names: tuple[str, ...]) -> Row:
    """The named texts of a record that are not empty."""
    return {name: text for name in names if (text := getattr(record, name))}
