"""What a personal page shows of a host and of stories, as flat values like the personal ones.

They fill a skeleton too, one step earlier: a Frame is compiled once for all hosts and stories that
look alike (with or without a phone, a quote, a logo), and bound to each pair that occurs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from passalong.sharing import mailbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.pages.fill import Row
    from passalong.pages.plan import Shape
    from passalong.pages.site import Site
    from passalong.pages.views import Card, HostView

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


def frame_of(site: Site, shape: Shape, given: Mapping[str, object]) -> Frame:
    """The Frame of a Shape whose given values are these."""
    rows = {name: given[name] for name in ROW_NAMES if name in given}
    return Frame(
        kind=shape.kind,
        locale=shape.locale,
        fields=(*shape.present, *(name for name in NAMES if name in given)),
        rows=tuple(
            (name, tuple(sorted({tuple(sorted(row)) for row in values})))  # type: ignore[attr-defined]
            for name, values in rows.items()
        ),
        place="link" if site.hosts[shape.host].link else "phone",
        own_story=shape.own_story,
        anonymised=shape.story in site.editorial.forbidden,
        more=len(shape.more),
        gift=shape.gift,
        named=shape.named,
        partner=shape.partner,
    )


def given_values(site: Site, shape: Shape) -> Given:
    """Every value of a Shape's pages that is not personal; an absent one has no key."""
    given = _host(site.host(shape.host, shape.locale))
    if shape.story:
        given |= _story(site.card(shape.story, shape.locale))
    if shape.more:
        cards = (site.card(slug, shape.locale) for slug in shape.more)
        given["more"] = tuple(_row(card, _CARD) for card in cards)
    image, alt = site.image(shape.story, shape.locale)
    texts = site.program.texts[shape.locale]
    if shape.kind == "advocate":
        given["looking_for"] = texts.ask_by_industry.get(shape.industry, texts.ask)
    return given | {name: text for name, text in (("image", image), ("image_alt", alt)) if text}


def _row(record: object, names: tuple[str, ...]) -> Row:
    return {name: text for name in names if (text := getattr(record, name))}


def _host(host: HostView) -> Given:
    given: Given = {f"host.{name}": text for name, text in _row(host, _HOST).items()}
    given["host.mailbox"] = mailbox(host.email)
    if host.phone:
        given["host.tel"] = host.phone.replace(" ", "")
    return given


def _story(card: Card) -> Given:
    given: Given = {f"story.{name}": text for name, text in _row(card, _STORY).items()}
    if card.quote:
        quote = _row(card.quote, _QUOTE)
        given |= {f"story.quote.{name}": text for name, text in quote.items()}
    if card.metrics:
        given["story.metrics"] = tuple(_row(metric, _METRIC) for metric in card.metrics)
    if card.assets:
        given["story.assets"] = tuple(_row(asset, _ASSET) for asset in card.assets)
    return given
