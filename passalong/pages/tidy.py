"""Sanitised HTML of a story, made valid, navigable and at home on its page.

The input has passed the allow-list, so every tag is closed, every attribute quoted, and no
attribute holds a ``<`` or ``>``: one regular expression reads it exactly. What an HTML parser lets
through is still not always valid (a list item without its list, a block inside a word); the rules
here follow the content models of the HTML standard (html.spec.whatwg.org, section 4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import unquote

from passalong.pages.addresses import absolute, is_relative, spelled
from passalong.pages.body import Heading, Lost, Targets, Words


def names(words: str) -> frozenset[str]:
    """The set of names in a line of them."""
    return frozenset(words.split())


_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>")
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_VAIN = re.compile(r' (?:colspan|rowspan|start)="(?![1-9]\d{0,2}")[^"]*"| class=""')
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ol", "ul"})
_AS_DIV = names(
    "address article aside center dd details dl dt fieldset footer header main nav section summary"
)
_BLOCKS = _HEADINGS | names(
    "blockquote caption div figcaption figure hr li ol p pre table tbody td tfoot th thead tr ul"
)
_WORDS_ONLY = _HEADINGS | {"caption", "p", "pre"}
_EMPTY_IS_NOTHING = frozenset({"p", "tr", "caption"})


@dataclass(slots=True)
class _Open:
    """An element that has begun: its name on the page and the place of its tag in the output."""

    tag: str
    start: int
    silent: bool = False
    implied: bool = False
    misplaced: bool = False
    href: str = ""
    line: int = 0
    end: int = -1


@dataclass(slots=True)
class Tidy:
    """One walk over one story: :meth:`run` is called once and fills the three lists."""

    targets: Targets
    words: Words
    toc: list[Heading] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    without_alt: list[Lost] = field(default_factory=list)
    _out: list[str] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)
    _levels: list[int] = field(default_factory=list)
    _within: list[_Open] = field(default_factory=list)
    _tables: int = 0

    def run(self, html: str) -> str:
        """The page's HTML for the allow-listed ``html``."""
        at = 0
        for found in _TAG.finditer(html):
            if found.start() > at:
                self._text(html[at : found.start()])
            at = found.end()
            if found[1]:
                self._close(followed_by=html[at : at + 40])
            else:
                self._begin(found[2], found[3])
        self._text(html[at:])
        self._settle_links_within()
        return "".join(self._out)

    # What comes in: text, a tag that opens, a tag that closes.

    def _text(self, text: str) -> None:
        if text.strip():
            self._need_item()
        self._out.append(text)

    def _begin(self, tag: str, rest: str) -> None:
        if tag in _AS_DIV:
            tag, rest = "div", ""
        self._need_item(tag)
        if tag == "li" and not (self._open and self._open[-1].tag in _LISTS):
            tag, rest = "div", ""
        fits = tag not in _BLOCKS or self._make_room(tag)
        if tag in {"br", "hr"}:
            self._out.append(f"<{tag}>" if fits else " ")
        elif tag == "img":
            self._image(dict(_ATTRIBUTE.findall(rest)))
        else:
            self._open.append(_Open(tag, len(self._out), silent=not fits))
            self._out.append(self._opening(tag, rest) if fits else "")

    def _close(self, followed_by: str) -> None:
        if self._open[-1].implied:
            self._finish(self._open.pop(), "")
        self._finish(self._open.pop(), followed_by)

    # Opening.

    def _opening(self, tag: str, rest: str) -> str:
        """The tag as it stands on the page, for the element that was opened last."""
        this = self._open[-1]
        if tag == "a":
            return self._link(dict(_ATTRIBUTE.findall(rest)))
        if tag == "table":
            return self._table()
        if tag in {"thead", "tfoot"}:
            parts = self._out[self._open[-2].start + 1 :]
            if tag == "tfoot" or "<thead>" in parts or "<tbody>" in parts:
                this.tag = "tbody"
            return f"<{this.tag}>"
        if tag == "caption" and self._inner(self._open[-2]).strip():
            this.misplaced = True
        return f"<{tag}{_VAIN.sub('', rest)}>"

    def _need_item(self, tag: str = "") -> None:
        """Begins or ends the list item that the source left out around what comes now."""
        last = self._open[-1] if self._open else None
        if last and last.implied and tag == "li":
            self._finish(self._open.pop(), "")
        elif last and last.tag in _LISTS and not last.silent and tag != "li":
            self._open.append(_Open("li", len(self._out), implied=True))
            self._out.append("<li>")

    def _make_room(self, tag: str) -> bool:
        """Whether a block may stand here, once the inline elements around it have given way."""
        around = [this for this in self._open if not this.silent]
        if any(this.tag in _WORDS_ONLY for this in around):
            return False
        if tag in _HEADINGS and any(this.tag == "th" for this in around):
            return False
        for this in around:
            if this.tag not in _BLOCKS and (this.tag != "a" or tag == "table"):
                self._unwrap(this)
        return True

    def _table(self) -> str:
        if any(this.tag == "table" and not this.silent for this in self._open[:-1]):
            return "<table>"
        self._tables += 1
        label = escape(self.words.table.format(number=self._tables))
        return f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table>'

    def _link(self, attributes: dict[str, str]) -> str:
        this = self._open[-1]
        this.line = _line(attributes)
        this.href = href = unescape(attributes.get("href", "")).strip()
        if href.startswith("#"):
            self._within.append(this)
            return "<a>"
        relative = is_relative(href)
        url = (self.targets.link(href) if relative else absolute(href)) if href else None
        if url is None:
            this.silent = True
            if this.line:
                self.lost.append(Lost(this.line, f"link ({href})" if href else "link"))
            return ""
        rel = "" if relative or not url.startswith("http") else ' rel="noopener"'
        return f'<a href="{escape(spelled(url))}"{rel}>'

    def _image(self, attributes: dict[str, str]) -> None:
        src = unescape(attributes.get("src", "")).strip()
        line, alt = _line(attributes), attributes.get("alt", "").strip()
        url = self.targets.resolve(src) if src else None
        if url is None:
            self.lost.append(Lost(line, f"image ({src})" if src else "image"))
            if any(this.tag == "a" and not this.silent for this in self._open):
                self._out.append(alt)  # or the link around it would have no name
            return
        if not alt:
            self.without_alt.append(Lost(line, f"image ({src})"))
        size = self.targets.size(src)
        pixels = f' width="{size[0]}" height="{size[1]}"' if size else ""
        self._out.append(f'<img src="{escape(spelled(url))}" alt="{alt}"{pixels} loading="lazy">')

    # Closing.

    def _finish(self, this: _Open, followed_by: str) -> None:
        if this.silent:
            return
        inner = self._inner(this)
        if this.tag in _HEADINGS:
            self._heading(this, inner)
        elif this.misplaced or (this.tag in _EMPTY_IS_NOTHING and not inner.strip()):
            self._erase(this)
        elif this.tag == "a" and not _name(inner):
            self._unwrap(this)
        else:
            self._retag(this, inner, followed_by)
            wrapped = self._out[this.start].startswith("<div class")
            self._out.append(f"</{this.tag}></div>" if wrapped else f"</{this.tag}>")
            this.end = len(self._out) - 1

    def _retag(self, this: _Open, inner: str, followed_by: str) -> None:
        """Changes what only its end tells: a caption that is not last, a header without words."""
        if this.tag == "figcaption" and not (
            self._open
            and self._open[-1].tag == "figure"
            and followed_by.lstrip().startswith("</figure>")
        ):
            this.tag, self._out[this.start] = "div", "<div>"
        if this.tag == "th" and not inner.strip():
            this.tag = "td"
            self._out[this.start] = self._out[this.start].replace("<th", "<td", 1)

    def _heading(self, this: _Open, inner: str) -> None:
        """Numbers levels from 2 without a gap, so that every source has a sound outline."""
        text = _plain(inner)
        if not text:
            self._unwrap(this)
            return
        level = int(this.tag[1])
        while self._levels and self._levels[-1] >= level:
            self._levels.pop()
        self._levels.append(level)
        shown = min(6, 1 + len(self._levels))
        heading = Heading(self._new_id(text), text, shown)
        self.toc.append(heading)
        self._out[this.start] = f'<h{shown} id="{escape(heading.id)}">'
        self._out.append(f"</h{shown}>")

    def _new_id(self, text: str) -> str:
        taken = {heading.id for heading in self.toc}
        wanted = "h-" + _slug(text)
        ids = (wanted if n == 0 else f"{wanted}-{n}" for n in range(len(taken) + 1))
        return next(one for one in ids if one not in taken)

    def _settle_links_within(self) -> None:
        """Points ``#fragment`` links at headings, named as GitHub does; drops the others."""
        ids = {heading.id for heading in self.toc}
        for this in self._within:
            wanted = "h-" + unquote(this.href[1:]).lower()
            if this.silent or this.end < 0:
                continue
            if wanted in ids:
                self._out[this.start] = f'<a href="#{escape(wanted)}">'
            else:
                self._out[this.start] = self._out[this.end] = ""
                self.lost.append(Lost(this.line, f"link ({this.href})"))

    # The output as it is so far.

    def _inner(self, this: _Open) -> str:
        return "".join(self._out[this.start + 1 :])

    def _unwrap(self, this: _Open) -> None:
        this.silent, self._out[this.start] = True, ""

    def _erase(self, this: _Open) -> None:
        for at in range(this.start, len(self._out)):
            self._out[at] = ""


def _line(attributes: dict[str, str]) -> int:
    """The line of the source that the reader left with the tag, 0 where it left none."""
    line = attributes.get("data-line", "")
    return int(line) if re.fullmatch(r"[0-9]{1,7}", line) else 0


def _plain(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", html)).split())


def _name(html: str) -> str:
    """What a screen reader would say: the text, else an image's alternative text."""
    return _plain(html) or "".join(re.findall(r' alt="([^"]+)"', html))


def _slug(text: str) -> str:
    """A heading's name in an address, as GitHub makes it: lower case, joined by hyphens."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") or "section"
