"""Which files are case studies, and what their names say: an address, perhaps a language."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from passalong.content.clean import decode
from passalong.content.forms import is_slug
from passalong.content.places import PICTURES, markdown_in, name_of

if TYPE_CHECKING:
    from pathlib import Path

    from passalong.content.mapping import Mapping
    from passalong.content.problems import Problems

_LOCALE_ENDING = re.compile(r"(.+)\.([a-z]{2,3}(?:-[A-Za-z]{2,4})?)")


class StoryFile(NamedTuple):
    """A story's file: its slug, the locale that its name gives, and the digest of its text."""

    path: Path
    file: str
    slug: str
    locale: str
    digest: str
    text: str | None
    """``None`` if it is not UTF-8."""


def digest_of(data: bytes) -> str:
    """The digest that a sign-off is for: BLAKE2b of 16 bytes, in hex.

    It is of the file's bytes with every line end as ``\\n``, so that editors may differ in those.
    """
    unified = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return blake2b(unified, digest_size=16).hexdigest()


def find_stories(folder: Path, mapping: Mapping, problems: Problems) -> list[StoryFile]:
    """Every story's file, by name.

    In a mapped folder ``cnooc.en.md`` is the story ``cnooc`` in English, and ``cnooc-en`` where
    there is a ``cnooc.zh.md`` beside it.
    """
    place = mapping.path(folder)
    paths = [path for path in markdown_in(place) if path.name.lower() != "readme.md"]
    names = [_name_and_locale(path, foreign=mapping.foreign) for path in paths]
    count = Counter(name for name, _ in names)
    found = []
    for path, (name, locale) in zip(paths, names, strict=True):
        slug = f"{name}-{locale.lower()}" if count[name] > 1 and locale else name
        file = name_of(path, folder)
        data = path.read_bytes()
        text = decode(data, file, problems)
        found.append(StoryFile(path, file, slug, locale, digest_of(data), text))
        if not is_slug(slug):
            hint = "It becomes the address: small letters, digits and hyphens, as in nordhavn.md."
            problems.error(file, 0, "the name of the file cannot be an address.", hint)
    _check_twice(found, problems)
    _check_endings(place, folder, found, problems)
    return found


def _check_endings(place: Path, folder: Path, found: list[StoryFile], problems: Problems) -> None:
    """Warn of files beside the stories that are no stories, nor pictures or material of one."""
    others = [
        path
        for path in (place.iterdir() if place.is_dir() else ())
        if path.suffix != ".md" and path.suffix.lower() not in PICTURES
    ]
    for path in others:
        silent = path.name.startswith((".", "~")) or path.stem.lower() == "readme"
        if silent or not path.is_file() or any(path.name in (each.text or "") for each in found):
            continue
        message = "the file is not read: only files that end in .md are stories."
        hint = "Save its text as plain text (Markdown) under a name such as nordhavn.md."
        problems.warn(name_of(path, folder), 0, message, hint)


def _name_and_locale(path: Path, *, foreign: bool) -> tuple[str, str]:
    if not foreign:
        return path.stem, ""
    ending = _LOCALE_ENDING.fullmatch(path.stem)
    name, locale = (ending[1], ending[2]) if ending else (path.stem, "")
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"), locale


def _check_twice(found: list[StoryFile], problems: Problems) -> None:
    first: dict[str, str] = {}
    for story in found:
        if story.slug in first:
            message = f"{first[story.slug]} has the same address, /stories/{story.slug}/."
            problems.error(story.file, 0, message)
        first.setdefault(story.slug, story.file)
