"""What a Markdown body is converted with, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the table of contents: ``level`` is 2 to 6, ``id`` the heading's own."""

    id: str
    text: str
    level: int


@dataclass(frozen=True, slots=True, order=True)
class Lost:
    """Something of the source that is not on the page; ``line`` counts from 1 in the body."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Words:
    """What the page itself says about parts of a story, in the story's locale."""

    table: str = "Table {number}"
    video: str = "Video: {title} ({site})"
    video_untitled: str = "Video ({site})"


@dataclass(frozen=True, slots=True)
class Targets:
    """How a body's addresses become the site's; each function takes one as written.

    ``resolve`` answers the address of an image and ``link`` that of a relative link, both None
    where there is none; ``size`` answers an image's width and height in pixels where known.
    """

    resolve: Callable[[str], str | None]
    link: Callable[[str], str | None]
    size: Callable[[str], tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class Converted:
    """A story's HTML, its headings in order, and what of the source is not or not well in it.

    ``lost`` names what was left out (frames, forms, scripts, images and links without a target),
    ``without_alt`` the images that nobody can hear; both in the order of their lines.
    """

    html: str
    toc: tuple[Heading, ...]
    lost: tuple[Lost, ...]
    without_alt: tuple[Lost, ...] = ()
