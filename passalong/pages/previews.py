"""Preview images: one for the program in each locale, one for each story, drawn once and kept."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Literal, NamedTuple

from passalong.errors import Problem
from passalong.pages import cards, typeset, views

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from passalong.pages.site import Site


class _Picture(NamedTuple):
    """What one image shows, and the file whose author should know if it cannot."""

    story: str
    locale: str
    name: str
    words: tuple[str, str, str]
    direction: Literal["ltr", "rtl"]
    file: str


def preview_images(
    site: Site, kept: Path, warnings: list[Problem]
) -> dict[tuple[str, str], tuple[str, str]]:
    """Per story (or "") and locale (or "") the image's address and its words, as ``Site.images``.

    ``kept`` is a folder of images by the digest of what they show. Where the font lacks letters the
    image has no words, and ``warnings`` says so.
    """
    kept.mkdir(parents=True, exist_ok=True)
    found = {}
    for picture in _pictures(site):
        if not all(typeset.covers(text) for text in picture.words):
            message = "has letters that the type of preview images lacks; its image has no words."
            warnings.append(Problem(picture.file, 0, message, severity="warning"))
        data = _drawn(site, kept, picture)
        url = site.assets.make(f"card-{picture.name}.png", data)
        found[picture.story, picture.locale] = (url, picture.words[0])
    return found


def _pictures(site: Site) -> Iterator[_Picture]:
    brand = site.program.brand.name
    for code in site.program.locales:
        title = site.locale(code).text("meta.program.title", brand=brand)
        name = "program" if code == site.program.locale else f"program-{code}"
        words = (title, "", brand)
        yield _Picture("", code, name, words, views.direction(code), "program.toml")
    for slug, story in site.stories.items():
        words = (story.title, story.customer, brand)
        direction = views.direction(story.locale or site.program.locale)
        yield _Picture(slug, "", slug, words, direction, story.file)


def _drawn(site: Site, kept: Path, picture: _Picture) -> bytes:
    about = repr((picture.words, picture.direction, site.palette)).encode() + cards.fingerprint()
    file = kept / f"{hashlib.blake2b(about, digest_size=16).hexdigest()}.png"
    if not file.exists():
        temporary = file.with_suffix(f".{os.getpid()}")  # other builds may draw the same one
        temporary.write_bytes(cards.card(*picture.words, site.palette, picture.direction))
        temporary.replace(file)
    return file.read_bytes()
