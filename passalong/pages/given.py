"""What a personal page shows of a host and of stories, as flat values like the personal ones.

They fill a skeleton too, one step earlier: a Frame is compiled once for all hosts and stories that
look alike (with or without a phone, a quote, a logo), and bound to each pair that occurs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from passalong.sharing import mailbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from passalong.pages.fill import Row
    from passalong.pages.plan import Shape
    from passalong.pages.site import Site

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


class Piece(NamedTuple):
    """Given values that come together, such as a host's; shared by all pages that show them.

    ``names`` are those of ``values``, as `NAMES` orders them; ``rows`` the shapes of its rows.
    """

    values: Given
    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]


def pieces_of(site: Site, shape: Shape) -> tuple[Piece, ...]:
    """Every value of a Shape's pages that is not personal; an absent one has no key."""
    locale = shape.locale
    pieces = [_piece(site, _host, shape.host, locale)]
    if shape.story:
        pieces.append(_piece(site, _story, shape.story, locale))
    if shape.more:
        pieces.append(_piece(site, _more, *shape.more, locale))
    pieces.append(_piece(site, _image, shape.story, locale))
    if shape.kind == "advocate":
        pieces.append(_piece(site, _looking_for, shape.industry, locale))
    return tuple(pieces)


def frame_of(site: Site, shape: Shape, pieces: Iterable[Piece]) -> Frame:
    """The Frame of a Shape whose given values are these."""
    return Frame(
        kind=shape.kind,
        locale=shape.locale,
        fields=(*shape.present, *(name for piece in pieces for name in piece.names)),
        rows=tuple(rows for piece in pieces for rows in piece.rows),
        place="link" if site.hosts[shape.host].link else "phone",
        own_story=shape.own_story,
        anonymised=shape.story in site.editorial.forbidden,
        more=len(shape.more),
        gift=shape.gift,
        named=shape.named,
        partner=shape.partner,
    )


def _piece(site: Site, make: Callable[..., Given], *about: str) -> Piece:
    """``make(site, *about)``, made once for a site."""
    known: Piece | None = site.pieces.get((make, *about))
    if known is None:
        values = make(site, *about)
        rows = tuple(
            (name, tuple(sorted({tuple(sorted(row)) for row in values[name]})))
            for name in ROW_NAMES
            if name in values
        )
        known = Piece(values, tuple(name for name in NAMES if name in values), rows)
        site.pieces[make, *about] = known
    return known


def _row(record: object, names: tuple[str, ...]) -> Row:
    return {name: text for name in names if (text := getattr(record, name))}


def _host(site: Site, host_id: str, locale: str) -> Given:
    host = site.host(host_id, locale)
    given: Given = {f"host.{name}": text for name, text in _row(host, _HOST).items()}
    given["host.mailbox"] = mailbox(host.email)
    if host.phone:
        given["host.tel"] = host.phone.replace(" ", "")
    return given


def _story(site: Site, slug: str, locale: str) -> Given:
    card = site.card(slug, locale)
    given: Given = {f"story.{name}": text for name, text in _row(card, _STORY).items()}
    if card.quote:
        quote = _row(card.quote, _QUOTE)
        given |= {f"story.quote.{name}": text for name, text in quote.items()}
    if card.metrics:
        given["story.metrics"] = tuple(_row(metric, _METRIC) for metric in card.metrics)
    if card.assets:
        given["story.assets"] = tuple(_row(asset, _ASSET) for asset in card.assets)
    return given


def _more(site: Site, *about: str) -> Given:
    *slugs, locale = about
    return {"more": tuple(_card(site, slug, locale) for slug in slugs)}


def _card(site: Site, slug: str, locale: str) -> Row:
    """The same row wherever the story is shown, so that it is kept and filled but once."""
    return cast("Row", _piece(site, _card_row, slug, locale).values)


def _card_row(site: Site, slug: str, locale: str) -> Given:
    return {**_row(site.card(slug, locale), _CARD)}


def _image(site: Site, slug: str, locale: str) -> Given:
    url, alt = site.image(slug, locale)
    return {name: text for name, text in (("image", url), ("image_alt", alt)) if text}


def _looking_for(site: Site, industry: str, locale: str) -> Given:
    texts = site.program.texts[locale]
    return {"looking_for": texts.ask_by_industry.get(industry, texts.ask)}
