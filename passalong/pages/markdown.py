"""Markdown of a story to the HTML of its page: CommonMark with tables, and nothing that can run.

Three steps, each trusting none before it: markdown-it reads the text and says on which line things
stand; nh3 keeps what an allow-list names (a browser's own parser, so no disguise of a tag gets
by); :mod:`passalong.pages.tidy` makes the rest valid and gives links and images their addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import escape, unescape
from typing import TYPE_CHECKING

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import emphasis

from passalong.pages.body import Converted, Heading, Lost, Targets, Words
from passalong.pages.tidy import Tidy, names
from passalong.pages.videos import video

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

__all__ = ["Converted", "Heading", "Lost", "Words", "convert"]


def convert(
    body: str,
    *,
    resolve: Callable[[str], str | None],
    link: Callable[[str], str | None],
    size: Callable[[str], tuple[int, int] | None] = lambda _: None,
    words: Words = Words(),  # noqa: B008  (frozen: the one default is never changed)
) -> Converted:
    """The HTML of Markdown ``body``, valid inside an element that takes flow content.

    ``resolve`` gives the address of every image, ``link`` that of every relative link (both as
    written in the source), ``size`` an image's pixels; None from the first two leaves the thing
    out and lists it as lost. Headings start at h2 and skip no level; their ids start with ``h-``
    so that they meet none of the page's own. Raises nothing, whatever the text.
    """
    parser = _parser()
    tokens = parser.parse(_without_controls(body))
    lost: list[Lost] = []
    line = 1
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        _prepare(token, line, lost, words)
    html = _cleaner().clean(parser.renderer.render(tokens, parser.options, {}))
    tidy = Tidy(Targets(resolve, link, size), words)
    html = tidy.run(_without_controls(html)).strip()
    return Converted(
        html + "\n" if html else "",
        tuple(tidy.toc),
        tuple(sorted(lost + tidy.lost)),
        tuple(sorted(tidy.without_alt)),
    )


# Reading.


class _Parser(MarkdownIt):
    """CommonMark that takes any link for one: where it may lead is decided once, later."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802  (named by markdown-it)
        return True


@cache
def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.inline.ruler.at("emphasis", _emphasis)
    return parser


_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def _without_controls(text: str) -> str:
    """``text`` without the characters that HTML forbids (control codes, half surrogates)."""
    return _CONTROLS.sub("", text)


_CJK = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]")


def _emphasis(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  (called by markdown-it)
    """Emphasis as CommonMark has it, and also where Chinese, Japanese and Korean write it.

    CommonMark ends ``**重点：**说明`` nowhere, because it looks for a space after the punctuation,
    and these languages put none. Next to one of their characters any ``*`` may begin or end.
    """
    before = len(state.delimiters)
    if not emphasis.tokenize(state, silent):
        return False
    marks = state.delimiters[before:]
    start = state.pos - len(marks)
    around = state.src[max(0, start - 1) : start] + state.src[state.pos : state.pos + 1]
    if marks and state.src[start] == "*" and _CJK.search(around):
        for mark in marks:
            mark.open = not state.src[state.pos : state.pos + 1].isspace()
            mark.close = not state.src[max(0, start - 1) : start].isspace()
    return True


# Before cleaning: where things stand, and what stands for them.

_RAW = re.compile(r"""<!--.*?-->|<([a-zA-Z][\w-]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>""", re.DOTALL)
_SRC = re.compile(r"""\b(?:src|data)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_TITLE = re.compile(r"""\btitle\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_GENERIC_TITLE = re.compile(
    r"(youtube|vimeo|wistia|loom)?\s*(video|embed)?\s*player", re.IGNORECASE
)
_DROPPED = names(
    "applet audio button canvas dialog embed form frame frameset iframe input link map math meta"
    " noembed noframes noscript object plaintext script select style svg template textarea title"
    " video xmp"
)
_VOID = frozenset({"embed", "frame", "input", "link", "meta"})


def _prepare(token: Token, line: int, lost: list[Lost], words: Words) -> None:
    """Notes lines on what may be lost, and turns what a policy would block into what it allows."""
    if token.type == "html_block":
        token.content = _raw(token.content, line, lost, words, token.content)
    elif token.type in {"th_open", "td_open"} and "style" in token.attrs:
        side = str(token.attrs.pop("style")).partition(":")[2]
        token.attrs["class"] = f"ta-{side}"
    for child in token.children or ():
        if child.type in {"softbreak", "hardbreak"}:
            line += 1
        elif child.type == "html_inline":
            raw = child.content
            child.content = _raw(raw, line, lost, words, token.content)
            line += raw.count("\n")
        elif child.type in {"image", "link_open"}:
            child.attrs["data-line"] = line
            child.attrs.pop("title", None)


def _raw(html: str, line: int, lost: list[Lost], words: Words, context: str) -> str:
    """``html`` of the source with lines on its links and images, and its films as links.

    ``context`` is all that the parser took as one: what is not closed in it is closed at once,
    lest a forgotten end tag take the rest of the story along.
    """

    def marked(found: re.Match[str]) -> str:
        at = line + html.count("\n", 0, found.start())
        tag = (found[1] or "").lower()
        if tag in {"a", "img"}:
            return f'<{tag} data-line="{at}"{found[2]}>'
        if tag not in _DROPPED:
            return found[0]
        instead = _film(tag, found[2], words)
        if not instead:
            lost.append(Lost(at, _named(tag, found[2])))
        if tag in _VOID or tag == "plaintext":
            return instead
        closed = re.search(rf"</{tag}\b", context, re.IGNORECASE)
        return instead + found[0] + ("" if closed else f"</{tag}>")

    return _RAW.sub(marked, html)


def _film(tag: str, attributes: str, words: Words) -> str:
    """A paragraph that links to the film of a known player; empty for any other frame."""
    film = video(_value(_SRC, attributes)) if tag == "iframe" else None
    if not film:
        return ""
    title = " ".join(_value(_TITLE, attributes).split())
    generic = not title or _GENERIC_TITLE.fullmatch(title)
    pattern = words.video_untitled if generic else words.video
    text = pattern.format(title=title, site=film.site)
    return f'<p class="video"><a href="{escape(film.url)}">{escape(text)}</a></p>'


def _named(tag: str, attributes: str) -> str:
    src = _value(_SRC, attributes)
    return f"{tag} ({src})" if src else tag


def _value(attribute: re.Pattern[str], attributes: str) -> str:
    found = attribute.search(attributes)
    return unescape(next((value for value in found.groups() if value), "")).strip() if found else ""


# Cleaning.

_TAGS = names(
    "a abbr address article aside b blockquote br caption center cite code dd del details div dl dt"
    " em fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark"
    " nav ol p pre q s section small strong sub summary sup table tbody td tfoot th thead tr u"
    " ul"
)


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED - _VOID),
        attributes={
            "a": {"href", "data-line"},
            "img": {"src", "alt", "data-line"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan"},
            "ol": {"start"},
            "abbr": {"title"},
        },
        allowed_classes={
            "td": {"ta-left", "ta-center", "ta-right"},
            "th": {"ta-left", "ta-center", "ta-right"},
            "p": {"video"},
        },
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
    )
