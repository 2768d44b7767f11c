"""Case studies: Markdown files with front matter, ours or somebody else's by mapping."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from passalong.content.bodies import Body, check_body, mask
from passalong.content.clean import decode, tidy, tidy_text
from passalong.content.forms import is_domain, is_locale, is_since, is_size, is_slug, people_in
from passalong.content.frontmatter import read_document
from passalong.content.mapping import HEADING, STORY_FIELDS
from passalong.content.places import name_of
from passalong.content.problems import did_you_mean
from passalong.content.schema import Table
from passalong.model import Anonymous, Asset, Metric, Quote, Story

if TYPE_CHECKING:
    from pathlib import Path

    from passalong.content.bodies import Surroundings
    from passalong.content.frontmatter import Document
    from passalong.content.mapping import Mapping, Source
    from passalong.content.problems import Problems
    from passalong.content.toml import Trail

TITLE = 70
SUMMARY = 160
_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_LOCALE_ENDING = re.compile(r"(.+)\.([a-z]{2,3}(?:-[A-Za-z]{2,4})?)")
_NOT_PROSE = re.compile(r"^\s*(?:[#>|!<*+-]|\d+\.|\[|`{3}|~{3}|$)")
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`]+|<[^>]+>")


class StoryFile(NamedTuple):
    """A story's file: its slug, the locale that its name gives, and the digest of its text."""

    path: Path
    file: str
    slug: str
    locale: str
    digest: str
    text: str | None


def digest_of(data: bytes) -> str:
    """The digest that a sign-off is for: BLAKE2b of 16 bytes, in hex, of the file with ``\\n`` line ends."""
    unified = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return blake2b(unified, digest_size=16).hexdigest()


def find_stories(folder: Path, mapping: Mapping, problems: Problems) -> list[StoryFile]:
    """Every story's file, by slug; two files of one name (``cnooc.en.md``, ``cnooc.zh.md``) keep their locale."""
    place = mapping.path(folder)
    paths = sorted(path for path in place.glob("*.md") if path.name.lower() != "readme.md")
    names = [_name_and_locale(path, foreign=mapping.foreign) for path in paths]
    count = Counter(name for name, _ in names)
    found = []
    for path, (name, locale) in zip(paths, names, strict=True):
        slug = f"{name}-{locale.lower()}" if count[name] > 1 and locale else name
        file = name_of(path, folder)
        data = path.read_bytes()
        found.append(
            StoryFile(path, file, slug, locale, digest_of(data), decode(data, file, problems))
        )
        if not is_slug(slug):
            hint = "It becomes the address: small letters, digits and hyphens, such as nordhavn.md."
            problems.error(file, 0, "the name of the file cannot be an address.", hint)
    _check_twice(found, problems)
    return found


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
            problems.error(
                story.file, 0, f"{first[story.slug]} has the same address, /stories/{story.slug}/."
            )
        first.setdefault(story.slug, story.file)


def read_story(
    found: StoryFile, mapping: Mapping, locale: str, around: Surroundings, problems: Problems
) -> Story | None:
    """The story in a file, in ``locale`` if it names none; ``None`` if its front matter cannot be read."""
    if found.text is None:
        return None
    text = tidy_text(found.text, found.file, problems)
    if not text.strip():
        problems.error(found.file, 0, "the file is empty.")
        return None
    document = read_document(text, found.file, problems)
    if document is None:
        return None
    document = _mapped(document, mapping, found.file, problems)
    table = Table(document.data, found.file, document.line_of, problems)
    body = Body(
        text=document.body,
        file=found.file,
        line=document.body_line,
        beside=found.path.parent,
        address=f"/stories/{found.slug}/",
        soft=mapping.foreign,
    )
    document = document._replace(body=check_body(body, around, problems))
    if not document.body.strip():
        problems.note(
            found.file, document.body_line, "the story has no text.", soft=mapping.foreign
        )
    story = _story(table, found, document, around.folder, soft=mapping.foreign)
    return (
        _with_defaults(story, found, locale) if mapping.foreign else _native(story, table, locale)
    )


def _mapped(document: Document, mapping: Mapping, file: str, problems: Problems) -> Document:
    """The document under our names; keys that no name asks for are reported."""
    data: dict[str, object] = {}
    lines: dict[Trail, int] = {(): 1}
    used: set[str] = set()
    for name in STORY_FIELDS:
        source = mapping.source(name)
        used.update(source.names)
        data[name] = _value(document, source)
        for trail, line in document.lines.items():
            if source.names and trail[0] == source.names[0]:
                lines[(name, *trail[1:])] = line
    if HEADING in used:
        document = document._replace(body=_without_heading(document.body))
    for key in document.data:
        if key not in used and not mapping.ignore_all and key not in mapping.ignore:
            hint = did_you_mean(key, [*used, *STORY_FIELDS])
            problems.error(file, document.line_of((key,)), f"{key} is not a name we know.", hint)
    return document._replace(data=data, lines=lines)


def _value(document: Document, source: Source) -> object:
    values = [
        _heading(document.body) if name == HEADING else document.data.get(name)
        for name in source.names
    ]
    present = [value for value in values if value is not None and value not in ("", [])]
    if len(source.names) == 1 and present and not isinstance(present[0], str):
        return present[0]
    text = tidy(" ".join(value for value in present if isinstance(value, str)))
    return source.values.get(text, text) or source.default or None


def _heading(body: str) -> str:
    found = _HEADING.search(mask(body))
    return body[found.start(1) : found.end(1)] if found else ""


def _without_heading(body: str) -> str:
    found = _HEADING.search(mask(body))
    return body[: found.start()] + body[found.end() :] if found else body


def _story(
    table: Table, found: StoryFile, document: Document, folder: Path, *, soft: bool
) -> Story:
    size = table.text("company_size")
    if size and not (is_size(size) and people_in(size) and not re.search("[-–—+]", size)):
        table.error("company_size", f"is “{size}”; it must be a number of people such as 400.")
    story = Story(
        slug=found.slug,
        file=found.file,
        body_line=document.body_line,
        title=table.text("title", required=not soft),
        customer=table.text("customer", required=not soft),
        summary=table.text("summary", required=not soft),
        body=document.body,
        industry=table.text("industry"),
        company_size=people_in(size),
        roles=table.texts("roles"),
        region=table.text("region"),
        locale=table.checked("locale", is_locale, "a language such as en or pt-BR"),
        domain=table.checked("domain", is_domain, "a domain such as nordhavn.example").lower(),
        metrics=_metrics(table),
        quote=_quote(table),
        logo=_file(table, "logo", folder, soft=soft),
        assets=_assets(table, folder, soft=soft),
        anonymous=_anonymous(table),
        date=table.checked("date", is_since, "a date such as 2026-05-02"),
    )
    _check_lengths(table, story, soft=soft)
    table.finish()
    return story


def _metrics(table: Table) -> tuple[Metric, ...]:
    metrics = []
    for item in table.tables("metrics"):
        metrics.append(
            Metric(
                value=item.text("value", required=True),
                label=item.text("label", required=True),
                before=item.text("before"),
                after=item.text("after"),
            )
        )
        item.finish()
    return tuple(metrics)


def _quote(table: Table) -> Quote | None:
    item = table.table("quote")
    if not item.data:
        return None
    quote = Quote(
        text=item.text("text", required=True),
        name=item.text("name", required=True),
        role=item.text("role"),
    )
    item.finish()
    return quote


def _assets(table: Table, folder: Path, *, soft: bool) -> tuple[Asset, ...]:
    assets = []
    for item in table.tables("assets"):
        file = _file(item, "file", folder, soft=soft, required=True)
        label = item.text("label", required=True)
        item.finish()
        if file:
            assets.append(Asset(file, label))
    return tuple(assets)


def _file(table: Table, key: str, folder: Path, *, soft: bool, required: bool = False) -> str:
    value = table.text(key, required=required)
    if not value or (folder / value).is_file():
        return value
    say = table.warn if soft else table.error
    say(key, f"is “{value}”, and there is no such file in the content folder.")
    return ""


def _anonymous(table: Table) -> Anonymous | None:
    item = table.table("anonymous")
    if not item.data:
        return None
    anonymous = Anonymous(
        customer=item.text("customer", required=True),
        slug=item.checked("slug", is_slug, "small letters, digits and hyphens"),
        replace=item.words("replace"),
    )
    item.finish()
    return anonymous


def _check_lengths(table: Table, story: Story, *, soft: bool) -> None:
    for key, value, limit in (("title", story.title, TITLE), ("summary", story.summary, SUMMARY)):
        if len(value) > limit:
            say = table.warn if soft else table.error
            ending = "; it is cut there" if soft else ""
            say(key, f"has {len(value)} characters; it may have {limit}{ending}.")
    if not soft and len(story.metrics) != 3:
        table.warn("metrics", f"has {len(story.metrics)} figures; a page shows exactly three.")


def _native(story: Story, table: Table, locale: str) -> Story:
    if story.title.endswith((".", "。")):
        table.warn("title", "ends with a full stop; it is also used within a sentence.")
    return replace(story, locale=story.locale or locale)


def _with_defaults(story: Story, found: StoryFile, locale: str) -> Story:
    """A mapped story with what its file does not say: short texts from longer ones, the name of the file."""
    customer = story.customer or found.slug.replace("-", " ").capitalize()
    return replace(
        story,
        customer=customer,
        title=shortened(story.title or customer, TITLE),
        summary=shortened(story.summary or _first_sentence(story.body), SUMMARY),
        locale=story.locale or found.locale or locale,
    )


def _first_sentence(body: str) -> str:
    for paragraph in re.split(r"\n\s*\n", mask(body)):
        if not _NOT_PROSE.match(paragraph):
            plain = tidy(_MARKUP.sub(r"\1", paragraph))
            return re.split(r"(?<=[.!?])\s|(?<=[。！？])", plain, maxsplit=1)[0]
    return ""


def shortened(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters, cut after a word and closed by an ellipsis.

    >>> shortened("Ships wait a third less at the quay", 20)
    'Ships wait a third…'
    """
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    if text[limit - 1] != " " and (space := cut.rfind(" ")) > limit // 2:
        cut = cut[:space]
    return cut.rstrip(" ,;:.-–—，、；：。") + "…"
