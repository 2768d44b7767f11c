"""Links in Markdown: does each lead somewhere, and to nothing that must not be shown?"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from passalong.content.bodies import LINK, SCHEME, Body, mask, plain
from passalong.content.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from passalong.content.problems import Problems

_TAG = re.compile(r"<a\b[^<>]*?\bhref\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')[^<>]*>", re.IGNORECASE)
_DEFINITION = re.compile(r"^ {0,3}\[[^\]^][^\]]*\]:[ \t]*(<[^>\n]*>|\S+).*$", re.MULTILINE)
_STORY = re.compile(r"/stories/([^/]+)/")
_SCHEMES = {"https", "http", "mailto", "tel"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a text may point at: stories by the name of their file, pages by their address."""

    folder: Path
    base_url: str
    slugs: dict[str, str]
    addresses: frozenset[str]


class _Verdict(NamedTuple):
    """What is wrong with a link, a hint, and a better target where we know one."""

    fault: str = ""
    hint: str = ""
    better: str = ""


_FINE = _Verdict()


def check_links(body: Body, around: Surroundings, problems: Problems) -> None:
    """Report links that lead nowhere; where that is a warning, only their words stay.

    Links to stories are written as ``/stories/<slug>/``; whether those are shown is known later.
    """
    masked = mask(body.text)
    for found in LINK.finditer(masked):
        verdict = _judge(plain(found[2]), body, around)
        if verdict.better:
            body.edits.append((*found.span(2), verdict.better))
        elif verdict.fault:
            _report(body, found, plain(found[2]), verdict, problems)
            body.replace(found, body.text[found.start(1) : found.end(1)])
    for pattern in (_TAG, _DEFINITION):
        for found in pattern.finditer(masked):
            href = plain(next(filter(None, found.groups()), ""))
            verdict = _judge(href, body, around)
            if verdict.fault and body.soft:
                line = body.line_at(found.start())
                problems.warn(body.file, line, f"link ({href}) is left out.")
            elif verdict.fault:
                _report(body, found, href, verdict, problems)
    body.settle()


def _report(
    body: Body, found: re.Match[str], href: str, verdict: _Verdict, problems: Problems
) -> None:
    ending = "; only its words stay." if body.soft else "."
    message = f"the link {href[:120]} {verdict.fault}{ending}"
    line = body.line_at(found.start())
    problems.note(body.file, line, message, verdict.hint, soft=body.soft)


def _judge(href: str, body: Body, around: Surroundings) -> _Verdict:
    if around.base_url and href.startswith(f"{around.base_url}/"):
        href = href.removeprefix(around.base_url)
        verdict = _judge_path(href, body, around)
        return verdict if verdict.fault or verdict.better else _Verdict(better=href)
    if scheme := SCHEME.match(href):
        unsafe = scheme[1].lower() not in _SCHEMES
        return _Verdict(f"begins with {scheme[1]}:, which is not safe") if unsafe else _FINE
    if href.startswith(("#", "//")):
        return _FINE
    return _judge_path(href, body, around)


def _judge_path(href: str, body: Body, around: Surroundings) -> _Verdict:
    target = re.split(r"[?#]", href, maxsplit=1)[0]
    rest = href[len(target) :]
    if not target:
        return _Verdict("is empty")
    name = posixpath.basename(target)
    if name.endswith(".md") and name in around.slugs:
        return _Verdict(better=f"/stories/{around.slugs[name]}/{rest}")
    address = posixpath.normpath(posixpath.join(body.address, target))
    address += "/" if target.endswith("/") and address != "/" else ""
    if address in around.addresses or _STORY.fullmatch(address):
        return _FINE if address == target else _Verdict(better=address + rest)
    return _Verdict("leads nowhere", _hint(address, target, around))


def _hint(address: str, target: str, around: Surroundings) -> str:
    slashed = f"{address}/"
    if slashed in around.addresses or _STORY.fullmatch(slashed):
        return f"It ends with a slash: {slashed}."
    if (around.folder / target.lstrip("/")).is_file():
        return "Files to pass on are named under “assets”."
    return did_you_mean(address, around.addresses)


def check_story_links(
    body: Body, public: Mapping[str, str], withheld: Collection[str], problems: Problems
) -> str:
    """The text with links to stories that are shown; to one that is withheld only the words stay.

    ``public`` maps the slug of each story that is shown to the one it is shown under.
    """
    for found in LINK.finditer(mask(body.text)):
        story = _STORY.fullmatch(re.split("[?#]", plain(found[2]), maxsplit=1)[0])
        if not story or story[1] in public.values():
            continue
        slug, line = story[1], body.line_at(found.start())
        if slug in public:
            message = f"the link /stories/{slug}/ names the customer of an anonymised story."
            problems.error(body.file, line, message, f"It is shown at /stories/{public[slug]}/.")
        elif slug in withheld:
            message = f"the link /stories/{slug}/ is left out: that story is not shown."
            problems.warn(body.file, line, message)
        else:
            verdict = _Verdict("leads nowhere", did_you_mean(slug, public))
            _report(body, found, f"/stories/{slug}/", verdict, problems)
        body.replace(found, body.text[found.start(1) : found.end(1)])
    body.settle()
    return body.text
