"""Everything that personal pages can show besides persons, gathered once for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.given import Catalogue, card_row, host_values, story_values

if TYPE_CHECKING:
    from passalong.given import Given
    from passalong.pages.site import Site


def catalogue_of(site: Site) -> Catalogue:
    """The catalogue of a site, whose preview images are drawn already."""
    locales = site.program.locales
    phrases = {}
    for code in locales:
        texts = site.program.texts[code]
        phrases["", code] = texts.ask
        phrases |= {(industry, code): ask for industry, ask in texts.ask_by_industry.items()}
    return Catalogue(
        hosts={(h, code): host_values(site.host(h, code)) for h in site.hosts for code in locales},
        stories={
            (slug, code): story_values(site.card(slug, code))
            for slug in site.stories
            for code in locales
        },
        cards={
            (slug, code): card_row(site.card(slug, code))
            for slug in site.stories
            for code in locales
        },
        images={
            (slug, code): _image(site, slug, code)
            for slug in ("", *site.stories)
            for code in locales
        },
        looking_for=phrases,
        places={host.id: "link" if host.link else "phone" for host in site.hosts.values()},
        anonymised=frozenset(site.editorial.forbidden),
    )


def _image(site: Site, slug: str, code: str) -> Given:
    image, alt = site.image(slug, code)
    return {name: text for name, text in (("image", image), ("image_alt", alt)) if text}
