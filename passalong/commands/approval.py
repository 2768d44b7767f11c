"""``approval SLUG``: the printable pack that a customer's legal team reads and signs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from passalong import content
from passalong.commands.order import naming, order, say
from passalong.content.signoffs import story_digests
from passalong.editorial import SignOff
from passalong.errors import ContentRefused, Stop
from passalong.pages import screenshots
from passalong.pages.approval import Asked, approval_pack
from passalong.pages.reading import read

if TYPE_CHECKING:
    import argparse
    from typing import Literal

    from passalong.editorial import Editorial, Story
    from passalong.pages.reading import Order


def main(options: argparse.Namespace, root: Path) -> int:
    """Writes the pack, and says what to do with it."""
    wanted = order(options.content, options.content, root)
    out: Path = options.out or Path(f"approval-{options.slug}.html")
    try:
        asked = request(wanted, options.slug, screenshots.browser())
    except ContentRefused as refused:
        say((p for p in refused.problems if p.severity == "error"), options.content)
        print(f"{refused}; no pack was made.", file=sys.stderr)
        return 1
    if asked.program:
        print("Taking pictures of the pages …", file=sys.stderr)
    pack = approval_pack(wanted, asked)
    _replace(out, pack.html)
    story = next(story for story in asked.named.stories if story.slug == asked.slug)
    print(_said(out, pack.pictures, story, options.content, asked))
    return 0


def request(wanted: Order, slug: str, program: str) -> Asked:
    """The story as if it were signed, in both modes where it has both; nothing is recorded.

    Raises Stop if there is no such story, ContentRefused where the content has errors.
    """
    digest = story_digests(wanted.content, [slug])[slug]
    named, people, holders = read(wanted, _as_signed(wanted, slug, "named"))[:3]
    anonymised = None
    if next(story for story in named.stories if story.slug == slug).anonymous:
        anonymised = read(wanted, _as_signed(wanted, slug, "anonymised")).editorial
    return Asked(slug, digest, named, anonymised, people, holders, program)


def _as_signed(wanted: Order, slug: str, scope: Literal["named", "anonymised"]) -> Editorial:
    signed = {slug: SignOff(slug, "approved", scope=scope)}
    return content.read_editorial(wanted.content, wanted.today, wanted.site, signed)


def _replace(file: Path, text: str) -> None:
    if not file.parent.is_dir():
        raise Stop(f"There is no folder {file.parent} for {file.name}.")
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    os.replace(temporary, file)  # noqa: PTH105 - says what it is: an atomic replacement


def _said(file: Path, pictures: int, story: Story, folder: Path, asked: Asked) -> str:
    shown = f"with {pictures} pictures of pages" if pictures else "without pictures of pages"
    why = "" if asked.program else ": no Chromium is installed"
    return f"""{file}: everything that {story.customer} must see before it agrees, {shown}{why}.
Open it in a browser and print it, or save it as a PDF, and send it to whoever may sign.
Once they have:  python build.py sign-off {story.slug} --by "NAME"{naming(folder)}"""
