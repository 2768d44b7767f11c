"""Markdown before it is a page: are its images there, do its links lead somewhere, what gets lost?

Nothing is rendered here. Code is masked, then images, links and tags are found by their marks.
What only a warning says is also mended: a link that leads nowhere becomes its text, a picture that
is not there goes, so that no page carries it.
"""

from __future__ import annotations

import html
import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from passalong.content.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from passalong.content.problems import Problems

_WORDS = r"((?:[^\[\]\\]|\\.|!?\[[^\]]*\](?:\([^)]*\))?)*)"
_TARGET = r"\(\s*(<[^>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^)]*\)))?\s*\)"
IMAGE = re.compile(r"!\[((?:[^\[\]\\]|\\.|\[[^\]]*\])*)\]" + _TARGET)
LINK = re.compile(rf"(?<!!)\[{_WORDS}\]{_TARGET}")
_IMAGE_BY_NAME = re.compile(r"!\[([^\]]*)\](?:\[[^\]]*\])?(?!\()")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]^][^\]]*\]:[ \t]*(<[^>\n]*>|\S+).*$", re.MULTILINE)
TAG_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_TAG_LINK = re.compile(r"<a\b[^>]*\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)')[^>]*>", re.IGNORECASE)
_ATTRIBUTE = r"\b{}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))"
_SRC = re.compile(_ATTRIBUTE.format("src"), re.IGNORECASE)
_ALT = re.compile(_ATTRIBUTE.format("alt"), re.IGNORECASE)
_LOST = re.compile(
    r"<(script|style|iframe|object|embed|applet|form|input|button|select|textarea|video|audio|source"
    r"|track|canvas|svg|math|link|meta|base|noscript|template|dialog|frameset|frame|marquee)\b",
    re.IGNORECASE,
)
_HANDLER = re.compile(r"<\w+\b[^>]*?\s(on[a-z]+)\s*=", re.IGNORECASE)
_CODE = re.compile(
    r"^(?P<fence> {0,3}(?P<mark>`{3,}|~{3,}))[^\n]*\n[\s\S]*?(?:^ {0,3}(?P=mark)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?:\n(?!\n)[^\n]*?)*?(?<!`)(?P=ticks)(?!`)|<!--[\s\S]*?-->",
    re.MULTILINE,
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_STORY = re.compile(r"/stories/([^/]+)/")
_GOOD_SCHEMES = {"https", "http", "mailto", "tel"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a text may point at: files from ``folder``, stories by slug, pages by address."""

    folder: Path
    slugs: dict[str, str]
    """From the name of a story's file to its slug."""
    addresses: frozenset[str]


@dataclass(slots=True)
class Body:
    """A Markdown text, where it comes from and where it will stand."""

    text: str
    file: str
    line: int
    address: str
    soft: bool
    beside: Path | None = None
    """The folder that images are relative to; only for ``check_body``."""
    edits: list[tuple[int, int, str]] = field(default_factory=list)

    def line_at(self, offset: int) -> int:
        """The line of the file at ``offset`` of the text."""
        return self.line + self.text.count("\n", 0, offset)

    def replace(self, found: re.Match[str], words: str) -> None:
        """Put ``words`` where ``found`` stands, with as many lines as before."""
        lines = found.group().count("\n") - words.count("\n")
        self.edits.append((found.start(), found.end(), words + "\n" * lines))


def check_body(body: Body, around: Surroundings, problems: Problems) -> str:
    """The text with what cannot be shown taken out; each fault is reported at its line."""
    masked = mask(body.text)
    _check_images(body, masked, around, problems)
    _check_links(body, masked, around, problems)
    _check_tags(body, masked, problems)
    return _edited(body)


def mask(text: str) -> str:
    """``text`` with code and comments blanked out; every other character keeps its place."""
    return _CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def check_story_links(
    body: Body, public: Mapping[str, str], withheld: Collection[str], problems: Problems
) -> str:
    """The text with links to stories that are shown; to one that is withheld only the words stay.

    ``public`` maps the slug of each story that is shown to the one it is shown under.
    """
    for found in LINK.finditer(mask(body.text)):
        story = _STORY.fullmatch(re.split("[?#]", _plain(found[2]), maxsplit=1)[0])
        slug = story[1] if story else ""
        if not slug or slug in public.values():
            continue
        line = body.line_at(found.start())
        if slug in public:
            message = f"the link /stories/{slug}/ names the customer of an anonymised story."
            problems.error(body.file, line, message, f"It is shown at /stories/{public[slug]}/.")
        elif slug in withheld:
            problems.warn(
                body.file, line, f"the link /stories/{slug}/ is left out: that story is not shown."
            )
        else:
            message, hint = f"the link /stories/{slug}/ leads nowhere.", did_you_mean(slug, public)
            problems.note(body.file, line, message, hint, soft=body.soft)
        body.replace(found, _link_words(body, found))
    return _edited(body)


def _edited(body: Body) -> str:
    text = body.text
    done = len(text) + 1
    for start, end, words in sorted(body.edits, reverse=True):
        if end <= done:
            text = text[:start] + words + text[end:]
            done = start
    return text


def _check_images(body: Body, masked: str, around: Surroundings, problems: Problems) -> None:
    for found in IMAGE.finditer(masked):
        _check_image(body, found, found[2], around, problems)
        _check_alt(body, found, found[1], problems)
    for found in _IMAGE_BY_NAME.finditer(masked):
        _check_alt(body, found, found[1], problems)
    for found in TAG_IMAGE.finditer(masked):
        source, alt = _SRC.search(found.group()), _ALT.search(found.group())
        _check_image(body, found, _first(source), around, problems)
        _check_alt(body, found, _first(alt), problems)


def _first(found: re.Match[str] | None) -> str:
    return next((group for group in found.groups() if group), "") if found else ""


def _check_alt(body: Body, found: re.Match[str], alt: str, problems: Problems) -> None:
    if not alt.strip():
        hint = "Say what it shows: ![Trucks at the gate](gate.jpg)."
        line = body.line_at(found.start())
        message = "the image has no words for people who cannot see it."
        problems.note(body.file, line, message, hint, soft=body.soft)


def _check_image(
    body: Body, found: re.Match[str], target: str, around: Surroundings, problems: Problems
) -> None:
    source = _plain(target)
    line = body.line_at(found.start())
    if source.startswith("//") or _SCHEME.match(source):
        message = f"the image {source[:80]} lies elsewhere; pages load nothing from others."
        problems.note(body.file, line, message, "Copy it into the folder.", soft=body.soft)
    elif (
        not source or not image_path(source, body.beside or around.folder, around.folder).is_file()
    ):
        problems.note(body.file, line, f"the image {source} is not there.", soft=body.soft)
    else:
        return
    body.replace(found, "")


def image_path(source: str, beside: Path, folder: Path) -> Path:
    """The file of an image: beside the text, or from the content folder if it begins with a slash."""
    return folder / source.lstrip("/") if source.startswith("/") else beside / source


def _check_links(body: Body, masked: str, around: Surroundings, problems: Problems) -> None:
    def drop(found: re.Match[str]) -> Callable[[str], None]:
        return lambda _: body.replace(found, _link_words(body, found))

    def relink(found: re.Match[str]) -> Callable[[str], None]:
        start, end = found.span(2)
        return lambda target: body.edits.append((start, end, target))

    for found in LINK.finditer(masked):
        _check_link(body, found, found[2], around, problems, (relink(found), drop(found)))
    for found in _TAG_LINK.finditer(masked):
        _check_link(body, found, found[1] or found[2] or "", around, problems, None)
    for found in _DEFINITION.finditer(masked):
        _check_link(body, found, found[1], around, problems, None)


def _link_words(body: Body, found: re.Match[str]) -> str:
    return body.text[found.start(1) : found.end(1)]


def _check_link(
    body: Body,
    found: re.Match[str],
    target: str,
    around: Surroundings,
    problems: Problems,
    mend: tuple[Callable[[str], None], Callable[[str], None]] | None,
) -> None:
    href = _plain(target)
    fault, hint, better = _judge(href, body, around)
    if better and mend:
        mend[0](better)
    elif fault or better:
        line = body.line_at(found.start())
        message = f"the link {href} {fault or 'works only in square brackets'}."
        problems.note(body.file, line, message, hint, soft=body.soft and mend is not None)
        if mend:
            mend[1]("")


def _judge(href: str, body: Body, around: Surroundings) -> tuple[str, str, str]:
    """What is wrong with a link, a hint, and a better target where we know one."""
    if scheme := _SCHEME.match(href):
        good = scheme[1].lower() in _GOOD_SCHEMES
        return ("" if good else f"begins with {scheme[1]}:, which is not safe", "", "")
    target = re.split(r"[?#]", href, maxsplit=1)[0]
    if not target:
        return ("" if href.startswith("#") else "is empty", "", "")
    if target.startswith("//"):
        return ("", "", "")
    name = posixpath.basename(target)
    if name.endswith(".md") and name in around.slugs:
        return ("", "", f"/stories/{around.slugs[name]}/{href[len(target) :]}")
    address = posixpath.normpath(posixpath.join(body.address, target))
    address += "/" if target.endswith("/") and address != "/" else ""
    if address in around.addresses:
        return ("", "", "")
    if _STORY.fullmatch(address):  # whether it is shown is known once every story is read
        return ("", "", "" if address == target else address + href[len(target) :])
    if f"{address}/" in around.addresses or _STORY.fullmatch(f"{address}/"):
        return ("leads nowhere", f"It ends with a slash: {address}/.", "")
    hint = did_you_mean(address, around.addresses)
    if (around.folder / target.lstrip("/")).is_file():
        hint = "Files to pass on are named under “assets”."
    return ("leads nowhere", hint, "")


def _check_tags(body: Body, masked: str, problems: Problems) -> None:
    for found in _LOST.finditer(masked):
        line = body.line_at(found.start())
        problems.warn(
            body.file,
            line,
            f"the <{found[1].lower()}> is not shown as it is: pages carry text only.",
        )
    for found in _HANDLER.finditer(masked):
        line = body.line_at(found.start())
        problems.warn(body.file, line, f"the attribute {found[1].lower()} is left out.")


def _plain(target: str) -> str:
    return unquote(html.unescape(target.strip().removeprefix("<").removesuffix(">"))).strip()
