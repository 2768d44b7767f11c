"""What a personal page shows of a host and of stories, as flat values like the personal ones.

They fill a skeleton too, one step earlier: a Frame is compiled once for all hosts and stories that
look alike (with or without a phone, a quote, a logo), and bound to each pair that occurs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from passalong.editorial import Editorial
    from passalong.pages.fill import Row
    from passalong.plan import Shape

Given = dict[str, "str | tuple[Row, ...]"]

HOST = ("name", "first", "role", "bio", "email", "phone", "monogram")
STORY = ("url", "title", "customer", "facts", "summary", "lang", "dir", "logo", "monogram")
QUOTE = ("text", "name", "role")
METRIC = ("value", "label", "before", "after")
ASSET = ("url", "label", "size")
CARD = ("url", "title", "customer", "facts", "lang", "dir")

NAMES = (
    *(f"host.{name}" for name in (*HOST, "tel", "mailbox")),
    *(f"story.{name}" for name in STORY),
    *(f"story.quote.{name}" for name in QUOTE),
    "story.metrics",
    "story.assets",
    "more",
    "image",
    "image_alt",
    "looking_for",
)
"""Every given value, whether or not a page has it."""

ROW_NAMES: dict[str, tuple[str, ...]] = {
    "story.metrics": METRIC,
    "story.assets": ASSET,
    "more": CARD,
}


class Frame(NamedTuple):
    """All that a template can see of a page before any value: what a skeleton is compiled for.

    ``fields`` names the values that there are; ``rows`` the shapes that rows of given values have;
    ``more`` counts the further stories; ``variants`` are those of the page's words.
    """

    kind: str
    locale: str
    fields: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
    place: str
    anonymised: bool
    more: int
    gift: bool
    named: bool
    partner: bool
    variants: tuple[str, ...]


class Piece(NamedTuple):
    """Given values that come together, such as a host's; shared by all pages that show them.

    ``names`` are those of ``values``, as `NAMES` orders them; ``rows`` the shapes of its rows.
    """

    values: Given
    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]


PieceOf = Callable[..., Piece]
"""``piece(what, *about)``: the given values of one thing, by what it is and which.

``host`` is by id and locale, ``story`` and ``image`` by slug and locale, ``more`` by slugs and
locale, ``looking_for`` by industry, locale and the variants of the page.
"""


def piece(values: Given) -> Piece:
    """These values as a Piece."""
    rows = tuple(
        (name, tuple(sorted({tuple(sorted(row)) for row in values[name]})))
        for name in ROW_NAMES
        if name in values
    )
    return Piece(values, tuple(name for name in NAMES if name in values), rows)


def pieces_of(shape: Shape, piece_of: PieceOf) -> tuple[Piece, ...]:
    """Every value of a Shape's pages that is not personal; an absent one has no key."""
    locale = shape.locale
    pieces = [piece_of("host", shape.host, locale)]
    if shape.story:
        pieces.append(piece_of("story", shape.story, locale))
    if shape.more:
        pieces.append(piece_of("more", *shape.more, locale))
    pieces.append(piece_of("image", shape.story, locale))
    if shape.kind == "advocate":
        pieces.append(piece_of("looking_for", shape.industry, locale, *shape.variants))
    return tuple(pieces)


def frame_of(editorial: Editorial, shape: Shape, pieces: Iterable[Piece]) -> Frame:
    """The Frame of a Shape whose given values are these."""
    link = any(host.link for host in editorial.program.booking.hosts if host.id == shape.host)
    return Frame(
        kind=shape.kind,
        locale=shape.locale,
        fields=(*shape.present, *(name for piece in pieces for name in piece.names)),
        rows=tuple(rows for piece in pieces for rows in piece.rows),
        place="link" if link else "phone",
        anonymised=shape.story in editorial.forbidden,
        more=len(shape.more),
        gift=shape.gift,
        named=shape.named,
        partner=shape.partner,
        variants=shape.variants,
    )
