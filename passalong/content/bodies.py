"""Markdown before it is a page: are its pictures there, and what of it gets lost?

Nothing is rendered here. Code is masked, then images, links and tags are found by their marks.
What only a warning says is also mended, so that no page carries it.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from pathlib import Path

    from passalong.content.problems import Problems

_WORDS = r"((?:[^\[\]\\]|\\.|!?\[[^\]]*\](?:\([^)]*\))?)*)"
_HREF = r"<[^>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*"
_TARGET = rf"\(\s*({_HREF})(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^)]*\)))?\s*\)"
IMAGE = re.compile(r"(?<!\\)!\[((?:[^\[\]\\]|\\.|\[[^\]]*\])*)\]" + _TARGET)
"""An image: its words and its file."""
LINK = re.compile(rf"(?<![!\\])\[{_WORDS}\]{_TARGET}")
"""A link: its words and its target."""
TAG_IMAGE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_IMAGE_BY_NAME = re.compile(r"(?<!\\)!\[([^\[\]]*)\](?:\[[^\]]*\])?(?!\()")
_ATTRIBUTE = r"\b{}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))"
_SRC = re.compile(_ATTRIBUTE.format("src"), re.IGNORECASE)
_DATA = re.compile(_ATTRIBUTE.format("(?:src|data)"), re.IGNORECASE)
_ALT = re.compile(_ATTRIBUTE.format("alt"), re.IGNORECASE)
_LOST = re.compile(
    r"<(applet|audio|button|canvas|dialog|embed|form|frame|frameset|iframe|input|link|map|math|meta"
    r"|noembed|noframes|noscript|object|script|select|style|svg|template|textarea|title|video|xmp)"
    r"(?![\w-])((?:\"[^\"]*\"|'[^']*'|[^\"'<>])*)>",
    re.IGNORECASE,
)
_FILM = re.compile(
    r"(?:https?:)?//(?:[\w-]+\.)*(?:youtube|youtube-nocookie|vimeo|wistia|loom)\.\w+/"
)
"""Players whose frame becomes a link to the film."""
_HANDLER = re.compile(r"<\w+\b[^<>]*?\s(on[a-z]+)\s*=", re.IGNORECASE)
_CODE = re.compile(
    r"^(?P<fence> {0,3}(?P<mark>`{3,}|~{3,}))[^\n]*\n[\s\S]*?(?:^ {0,3}(?P=mark)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?:\n(?!\n)[^\n]*?)*?(?<!`)(?P=ticks)(?!`)|<!--[\s\S]*?-->",
    re.MULTILINE,
)
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
"""The beginning of an address that names its protocol."""


@dataclass(slots=True)
class Body:
    """A Markdown text, where it comes from and where it will stand."""

    text: str
    file: str
    line: int
    address: str
    soft: bool
    """Whether the text is somebody else's: what is wrong with it is a warning."""
    edits: list[tuple[int, int, str]] = field(default_factory=list)

    def line_at(self, offset: int) -> int:
        """The line of the file at ``offset`` of the text."""
        return self.line + self.text.count("\n", 0, offset)

    def replace(self, found: re.Match[str], words: str) -> None:
        """Put ``words`` where ``found`` stands, with as many lines as before."""
        lines = found.group().count("\n") - words.count("\n")
        self.edits.append((found.start(), found.end(), words + "\n" * lines))

    def settle(self) -> None:
        """Carry out every replacement, the last one first; of two in one place only one."""
        done = len(self.text)
        for start, end, words in sorted(self.edits, reverse=True):
            if end <= done:
                self.text = self.text[:start] + words + self.text[end:]
                done = start
        self.edits.clear()


def mask(text: str) -> str:
    """``text`` with code and comments blanked out; every other character keeps its place."""
    return _CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def plain(target: str) -> str:
    """The address that a link's target means."""
    return unquote(html.unescape(target.strip().removeprefix("<").removesuffix(">"))).strip()


def check_pictures(body: Body, beside: Path, folder: Path, problems: Problems) -> None:
    """Report images that are not there, lie elsewhere, or have no words; the first two go.

    ``beside`` is the folder of the text's file.
    """
    masked = mask(body.text)
    found = [(image, plain(image[2]), image[1]) for image in IMAGE.finditer(masked)]
    for tag in TAG_IMAGE.finditer(masked):
        source, alt = _SRC.search(tag.group()), _ALT.search(tag.group())
        found.append((tag, plain(_first(source)), _first(alt)))
    for image, file, words in found:
        shown = _check_file(body, image, file, (beside, folder), problems)
        if shown or not body.soft:
            _check_words(body, image, words, problems)
    for image in _IMAGE_BY_NAME.finditer(masked):
        _check_words(body, image, image[1], problems)
    body.settle()


def _first(found: re.Match[str] | None) -> str:
    return next((group for group in found.groups() if group), "") if found else ""


def _check_words(body: Body, found: re.Match[str], words: str, problems: Problems) -> None:
    if not words.strip():
        hint = "Say what it shows: ![Trucks at the gate](gate.jpg)."
        line = body.line_at(found.start())
        message = "the image has no words for people who cannot see it."
        problems.note(body.file, line, message, hint, soft=body.soft)


def _check_file(
    body: Body, found: re.Match[str], file: str, folders: tuple[Path, Path], problems: Problems
) -> bool:
    """Whether the image can be shown; if not it is reported and goes."""
    line = body.line_at(found.start())
    ending = "; it is left out." if body.soft else "."
    if file.startswith("//") or SCHEME.match(file):
        message = (
            f"the image {file[:80]} lies elsewhere, and pages load nothing from others{ending}"
        )
        problems.note(body.file, line, message, "Copy it into the folder.", soft=body.soft)
    elif not is_picture(file, folders):
        message = f"the image {file} is not there{ending}"
        problems.note(body.file, line, message, soft=body.soft)
    else:
        return True
    body.replace(found, "")
    return False


def is_picture(file: str, folders: tuple[Path, ...]) -> bool:
    """Whether ``file`` lies in one of the folders; a leading slash means the same as none."""
    roots = [folder.resolve() for folder in folders]
    paths = [(folder / file.lstrip("/")).resolve() for folder in roots]
    return bool(file) and any(
        path.is_file() and any(path.is_relative_to(root) for root in roots) for path in paths
    )


def check_tags(body: Body, problems: Problems) -> None:
    """Warn of raw HTML that no page carries."""
    masked = mask(body.text)
    if "<" not in masked:
        return
    for found in _LOST.finditer(masked):
        source = _first(_DATA.search(found[2]))
        if found[1].lower() != "iframe" or not _FILM.match(source):
            what = f"{found[1].lower()} ({source})" if source else found[1].lower()
            problems.warn(body.file, body.line_at(found.start()), f"{what} is left out.")
    for found in _HANDLER.finditer(masked):
        line = body.line_at(found.start(1))
        problems.warn(body.file, line, f"the attribute {found[1].lower()} is left out.")
