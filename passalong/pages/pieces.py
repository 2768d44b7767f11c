"""Where the given values of personal pages come from: hosts, stories and words of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.drafting import looking_for
from passalong.given import ASSET, CARD, HOST, METRIC, QUOTE, STORY, piece
from passalong.sharing import mailbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from passalong.given import Given, Piece
    from passalong.pages.fill import Row
    from passalong.pages.site import Site


class Pieces:
    """The pieces of a site, each made once: ``pieces("host", "jonas", "en")``."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._made: dict[tuple[str, ...], Piece] = {}
        self._cards: dict[tuple[str, str], Row] = {}

    def __call__(self, what: str, *about: str) -> Piece:
        """The piece of this name."""
        known = self._made.get((what, *about))
        if known is None:
            known = piece(_MADE_BY[what](self, *about))
            self._made[what, *about] = known
        return known

    def _host(self, host_id: str, locale: str) -> Given:
        host = self._site.host(host_id, locale)
        given: Given = {f"host.{name}": text for name, text in _row(host, HOST).items()}
        given["host.mailbox"] = mailbox(host.email)
        if host.phone:
            given["host.tel"] = host.phone.replace(" ", "")
        return given

    def _story(self, slug: str, locale: str) -> Given:
        card = self._site.card(slug, locale)
        given: Given = {f"story.{name}": text for name, text in _row(card, STORY).items()}
        if card.quote:
            quote = _row(card.quote, QUOTE)
            given |= {f"story.quote.{name}": text for name, text in quote.items()}
        if card.metrics:
            given["story.metrics"] = tuple(_row(metric, METRIC) for metric in card.metrics)
        if card.assets:
            given["story.assets"] = tuple(_row(asset, ASSET) for asset in card.assets)
        return given

    def _more(self, *about: str) -> Given:
        *slugs, locale = about
        return {"more": tuple(self._card(slug, locale) for slug in slugs)}

    def _card(self, slug: str, locale: str) -> Row:
        """The same row wherever the story is shown, so that it is kept and filled but once."""
        if (slug, locale) not in self._cards:
            self._cards[slug, locale] = _row(self._site.card(slug, locale), CARD)
        return self._cards[slug, locale]

    def _image(self, slug: str, locale: str) -> Given:
        url, alt = self._site.image(slug, locale)
        return {name: text for name, text in (("image", url), ("image_alt", alt)) if text}

    def _looking_for(self, industry: str, locale: str, *variants: str) -> Given:
        texts = self._site.seen(variants).program.texts[locale]
        return {"looking_for": looking_for(texts, industry)}


_MADE_BY: dict[str, Callable[..., Given]] = {
    "host": Pieces._host,
    "story": Pieces._story,
    "more": Pieces._more,
    "image": Pieces._image,
    "looking_for": Pieces._looking_for,
}


def _row(record: object, names: tuple[str, ...]) -> Row:
    return {name: text for name in names if (text := getattr(record, name))}
