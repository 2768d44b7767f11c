"""The body of a story or of the firm's own text, at home on its page: links, images, warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from passalong.errors import Problem
from passalong.pages import images
from passalong.pages.body import Words
from passalong.pages.markdown import convert

if TYPE_CHECKING:
    from pathlib import Path

    from passalong.editorial import Story, TextPage
    from passalong.pages.body import Converted
    from passalong.pages.site import Site


def converted(
    site: Site, source: Story | TextPage, code: str, content: Path, warnings: list[Problem]
) -> Converted:
    """The body of a story or text for a page in locale ``code``, its images among the assets.

    What is lost on the way, and an image that nobody can hear, becomes a warning.
    """
    near = (content / source.file).parent

    def resolve(address: str) -> str | None:
        found = site.assets.find(unquote(address), near)
        return site.assets.add(found) if found else None

    def link(address: str) -> str | None:
        return _internal(site, code, address)

    def size(address: str) -> tuple[int, int] | None:
        found = site.assets.find(unquote(address), near)
        return images.size(found.read_bytes()) if found else None

    body = convert(source.body, resolve=resolve, link=link, size=size, words=_words(site, code))
    said = [(lost, "is left out.") for lost in body.lost]
    said += [(image, "has no alternative text.") for image in body.without_alt]
    for found, what in said:
        line = source.body_line + found.line - 1
        warnings.append(Problem(source.file, line, f"{found.what} {what}", severity="warning"))
    return body


def _words(site: Site, code: str) -> Words:
    locale = site.locale(code)
    names = ("table", "video", "video_untitled")
    return Words(*(locale.pattern(f"prose.{name}") for name in names))


def _internal(site: Site, code: str, address: str) -> str | None:
    """The address of a link to another page of this site, or None if there is no such page."""
    path, mark, fragment = address.partition("#")
    if not path:
        return address
    name = path.removesuffix(".md").strip("/").rpartition("/")[2]
    slug = site.editorial.public_slugs.get(name, name)
    if slug in site.stories:
        return f"/stories/{slug}/{mark}{fragment}"
    if any(text.slug == name and text.locale == code for text in site.editorial.pages):
        return f"{site.home(code)}{name}/{mark}{fragment}"
    return address if path in ("/", "/stories/") else None
