"""``sign-offs.toml``: which customers consented to which text, and what may be shown today.

A story is shown only under a sign-off that is approved, has not ended, and was given for the very
text that stands in the file.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Literal, cast

from passalong.content.clean import tidy
from passalong.content.mapping import mapping_of
from passalong.content.places import raw_mappings
from passalong.content.problems import Problems, did_you_mean
from passalong.content.schema import Table
from passalong.content.storyfiles import find_stories
from passalong.content.toml import read_toml
from passalong.editorial import SignOff
from passalong.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path


FILE = "sign-offs.toml"
STATES = ("requested", "with legal", "approved", "withdrawn")
SCOPES = ("named", "anonymised")
_HEADER = re.compile(r"^\s*\[\s*(?:\"([^\"]+)\"|'([^']+)'|([\w-]+))\s*\]\s*(?:#.*)?$")


def read_sign_offs(folder: Path, slugs: Collection[str], problems: Problems) -> dict[str, SignOff]:
    """Every sign-off by the slug of its story; one for a story that does not exist is an error."""
    path = folder / FILE
    if not path.is_file():
        return {}
    read = read_toml(path, FILE, problems)
    if read is None:
        return {}
    table = Table(read[0], FILE, read[1], problems)
    sign_offs = {}
    for slug in table.data:
        sign_offs[slug] = _sign_off(table.table(slug), slug, table.line(slug))
        if slug not in slugs:
            table.error(slug, "is not the name of a story.", did_you_mean(slug, slugs))
    return sign_offs


def _sign_off(table: Table, slug: str, line: int) -> SignOff:
    state = table.choice("state", STATES, required=True) or "requested"
    approved = state == "approved"
    sign_off = SignOff(
        slug=slug,
        state=cast("Literal['requested', 'with legal', 'approved', 'withdrawn']", state),
        by=table.text("by", required=approved),
        authority=table.text("authority"),
        when=table.day("when"),
        scope=cast("Literal['named', 'anonymised']", table.choice("scope", SCOPES, "named")),
        until=table.day("until"),
        digest=table.text("digest", required=approved),
        line=line,
    )
    if approved and not table.has("when"):
        table.error("when", "is missing: the day on which they signed.")
    if sign_off.until and sign_off.when and sign_off.until < sign_off.when:
        table.error("until", "lies before the day on which they signed.")
    table.finish()
    return sign_off


def reason_to_withhold(sign_off: SignOff | None, digest: str, today: date) -> str:
    """Why a story with this digest is not shown today, as a sentence's end; empty if it may be."""
    if sign_off is None:
        return "there is no sign-off for it"
    if sign_off.state != "approved":
        said = {"requested": "has been requested", "with legal": "is with legal"}
        return f"its sign-off {said.get(sign_off.state, 'was withdrawn')}"
    if sign_off.until and sign_off.until < today:
        return f"its sign-off ended on {sign_off.until.isoformat()}"
    if sign_off.digest != digest:
        return "its text has changed since it was signed off"
    return ""


def story_digests(folder: Path, slugs: Collection[str]) -> dict[str, str]:
    """The digest of each of these stories as its text is now. Raises ``Stop`` if one is none."""
    mapping = mapping_of(raw_mappings(folder), "case_studies")
    found = {story.slug: story.digest for story in find_stories(folder, mapping, Problems())}
    for slug in slugs:
        if slug not in found:
            raise Stop(f"There is no story {slug}. {did_you_mean(slug, found)}".strip())
    return {slug: found[slug] for slug in slugs}


def record(  # noqa: PLR0917 - as one would say it: these, by her, as director, today, named
    folder: Path,
    slugs: Collection[str],
    by: str,
    authority: str,
    when: date,
    scope: Literal["named", "anonymised"],
    until: date | None,
) -> None:
    """Write an approved sign-off for each story, as its text is now, into sign-offs.toml.

    Other entries and the comments between entries stay as they are; the file is replaced at once.
    Raises ``Stop`` if there is no such story or the file is not in a form that can be added to.
    """
    digests = story_digests(folder, slugs)
    path = folder / FILE
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    for slug in slugs:
        values: dict[str, str | date | None] = {
            "state": "approved",
            "by": tidy(by),
            "authority": tidy(authority),
            "when": when,
            "scope": scope,
            "until": until,
            "digest": digests[slug],
        }
        text = _with_entry(text, slug, values)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        hint = "Every story has an entry of its own there, which begins with its name: [nordhavn]."
        raise Stop(f"{path} cannot be added to: {error}. {hint}") from error
    temporary = path.with_name(f".{FILE}.new")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    os.replace(temporary, path)  # noqa: PTH105 - says what it is: an atomic replacement


def _with_entry(text: str, slug: str, values: Mapping[str, str | date | None]) -> str:
    """The file's text with the entry of ``slug`` replaced where it stands, or added at the end."""
    lines = text.splitlines()
    starts = {number: _header(line) for number, line in enumerate(lines) if _header(line)}
    entry = [f"[{slug}]", *_settings(values)]
    for start, name in starts.items():
        if name == slug:
            end = min((other for other in starts if other > start), default=len(lines))
            while end > start + 1 and _is_margin(lines[end - 1]):
                end -= 1
            return "\n".join([*lines[:start], *entry, *lines[end:]]) + "\n"
    return "\n".join([*lines, *([""] if lines and lines[-1].strip() else []), *entry]) + "\n"


def _header(line: str) -> str:
    found = _HEADER.match(line)
    return (found[1] or found[2] or found[3]) if found else ""


def _is_margin(line: str) -> bool:
    """Whether a line belongs to what follows: empty, or a comment above the next entry."""
    return not line.strip() or line.lstrip().startswith("#")


def _settings(values: Mapping[str, str | date | None]) -> list[str]:
    lines = []
    for key, value in values.items():
        if isinstance(value, date):
            lines.append(f"{key} = {value.isoformat()}")
        elif value:
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    return lines
