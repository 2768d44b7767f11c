"""Case studies: Markdown files with front matter, ours or somebody else's by mapping."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from passalong.content.bodies import Body, check_pictures, check_tags, mask
from passalong.content.clean import tidy, tidy_text
from passalong.content.forms import is_domain, is_locale, is_since, is_size, is_slug
from passalong.content.frontmatter import read_document
from passalong.content.links import check_links
from passalong.content.mapping import HEADING, STORY_FIELDS
from passalong.content.problems import did_you_mean
from passalong.content.schema import Table
from passalong.editorial import Anonymous, Asset, Metric, Quote, Story
from passalong.matching import headcount

if TYPE_CHECKING:
    from pathlib import Path

    from passalong.content.frontmatter import Document
    from passalong.content.links import Surroundings
    from passalong.content.mapping import Mapping, Source
    from passalong.content.problems import Problems
    from passalong.content.storyfiles import StoryFile
    from passalong.content.toml import Trail

TITLE = 70
SUMMARY = 160
_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_NOT_PROSE = re.compile(r"^\s*(?:[#>|!<*+-]|\d+\.|\[|`{3}|~{3}|$)")
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`]+|<[^>]+>")


def read_story(
    found: StoryFile, mapping: Mapping, locale: str, around: Surroundings, problems: Problems
) -> Story | None:
    """The story in a file, in ``locale`` if it names none.

    ``None`` if its front matter cannot be read; everything else that is wrong leaves a story.
    """
    text = tidy_text(found.text or "", found.file, problems)
    if not text.strip():
        if found.text is not None:
            problems.error(found.file, 0, "the file is empty.")
        return None
    names = [mapping.source(name).names[:1] for name in ("title", "customer", "summary")]
    needed = [name for each in names for name in each if name != HEADING]
    document = read_document(text, found.file, problems, needed)
    if document is None:
        return None
    soft = mapping.foreign
    document = _checked(
        _mapped(document, mapping, found.file, problems), found, around, problems, soft
    )
    table = Table(document.data, found.file, document.line_of, problems, soft=soft)
    story = _story(table, found, document, around.folder, soft=soft)
    return _with_defaults(story, found, locale) if soft else _native(story, table, locale)


def _checked(
    document: Document,
    found: StoryFile,
    around: Surroundings,
    problems: Problems,
    soft: bool,  # noqa: FBT001 - private, and named at its only call
) -> Document:
    """The document with a text that can be shown."""
    body = Body(document.body, found.file, document.body_line, f"/stories/{found.slug}/", soft)
    check_pictures(body, found.path.parent, around.folder, problems)
    check_links(body, around, problems)
    check_tags(body, problems)
    if not body.text.strip():
        problems.note(found.file, document.body_line, "the story has no text.", soft=soft)
    return document._replace(body=body.text)


def _mapped(document: Document, mapping: Mapping, file: str, problems: Problems) -> Document:
    """The document under our names; keys that no name asks for are reported."""
    sources = {name: mapping.source(name) for name in STORY_FIELDS}
    used = {name for source in sources.values() for name in source.names}
    if HEADING in used:
        document = _with_heading(document)
    for key in document.data:
        if key not in used and not mapping.ignore_all and key not in mapping.ignore:
            hint = did_you_mean(key, [*used, *STORY_FIELDS])
            problems.error(file, document.line_of((key,)), f"{key} is not a name we know.", hint)
    ours = defaultdict(list)
    for name, source in sources.items():
        for theirs in source.names[:1]:
            ours[theirs].append(name)
    lines: dict[Trail, int] = {(): 1}
    for trail, line in document.lines.items():
        for name in ours[str(trail[0])]:
            lines[(name, *trail[1:])] = line
    data = {name: _value(document, source) for name, source in sources.items()}
    return document._replace(data=data, lines=lines)


def _with_heading(document: Document) -> Document:
    """The document with its first heading among the front matter and no more in the text."""
    body = document.body
    found = _HEADING.search(mask(body))
    if not found:
        return document
    line = document.body_line + body.count("\n", 0, found.start())
    return document._replace(
        data=document.data | {HEADING: _MARKUP.sub(r"\1", body[found.start(1) : found.end(1)])},
        lines=document.lines | {(HEADING,): line},
        body=body[: found.start()] + body[found.end() :],
    )


def _value(document: Document, source: Source) -> object:
    values = [document.data.get(name) for name in source.names]
    present = [value for value in values if value is not None and value not in ("", [])]
    if len(source.names) == 1 and present and not isinstance(present[0], str):
        return present[0]
    text = tidy(" ".join(value for value in present if isinstance(value, str)))
    return source.values.get(text, text) or source.default or None


def _story(
    table: Table, found: StoryFile, document: Document, folder: Path, *, soft: bool
) -> Story:
    size = table.checked("company_size", _is_number, "a number of people such as 400")
    story = Story(
        slug=found.slug,
        file=found.file,
        body_line=document.body_line,
        title=table.text("title", required=not soft),
        customer=table.text("customer", required=not soft),
        summary=table.text("summary", required=not soft),
        body=document.body,
        industry=table.text("industry"),
        company_size=headcount(size),
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


def _is_number(size: str) -> bool:
    return is_size(size) and not re.search("[-–—+]", size)


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
        table.warn("metrics", f"lists {len(story.metrics)}; a page shows exactly three.")


def _native(story: Story, table: Table, locale: str) -> Story:
    if story.title.endswith((".", "。")):
        table.warn("title", "ends with a full stop; it is also used within a sentence.")
    return replace(story, locale=story.locale or locale)


def _with_defaults(story: Story, found: StoryFile, locale: str) -> Story:
    """A mapped story with what its file does not say, from what it says elsewhere."""
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
