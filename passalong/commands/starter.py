"""A content folder to begin with: the files of ``site/starter`` with the firm's answers in them."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_WORD = re.compile(r"\{\{(\w+)\}\}")
_NAMES = {"gitignore": ".gitignore"}
_LEFT_OUT = {"story.md"}


@dataclass(frozen=True, slots=True)
class NewHost:
    """Somebody who takes the meetings, as ``init`` asks for them; ``phone`` may be empty."""

    name: str
    role: str
    email: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What ``init`` asks; ``logo`` is a file on this machine, if there is one."""

    firm: str
    legal_name: str
    email: str
    base_url: str
    colour: str
    logo: Path | None
    overview: str
    ask: str
    hosts: tuple[NewHost, ...]
    locale: str
    timezone: str


def slug_of(text: str, otherwise: str) -> str:
    """``text`` in small letters, digits and hyphens; ``otherwise`` where nothing is left of it."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or otherwise


def starter_files(starter: Path, answers: Answers) -> dict[str, bytes]:
    """Every file of the new folder by its path in it, the logo included."""
    words = {
        "id": slug_of(answers.firm, "program"),
        "brand": answers.firm,
        "legal_name": answers.legal_name,
        "email": answers.email,
        "base_url": answers.base_url,
        "colour": answers.colour,
        "overview": answers.overview,
        "ask": answers.ask,
        "locale": answers.locale,
        "timezone": answers.timezone,
        "address": "[your address]",
    }
    ready = {"hosts": _hosts(answers), "logo": _logo(answers)}
    files: dict[str, bytes] = {}
    # a page in the firm's language comes after the English one, and takes its place
    for path in sorted(starter.rglob("*"), key=lambda path: (path.stem.count("."), path)):
        name = _name(path.relative_to(starter), answers.locale)
        if not path.is_file() or path.name in _LEFT_OUT or not name:
            continue
        quoted = quoted_toml if path.suffix == ".toml" else str
        files[name] = filled(path.read_text("utf-8"), words, ready, quoted).encode()
    if answers.logo:
        files[f"logos/{answers.logo.name}"] = answers.logo.read_bytes()
    return files


def _name(path: Path, locale: str) -> str:
    """What a starter file is called in the folder; empty if it is for another language."""
    stem, _, language = path.stem.partition(".")
    if path.suffix == ".md" and language:
        return str(path.with_name(f"{stem}.md")) if language == locale else ""
    return str(path.with_name(_NAMES.get(path.name, path.name)))


def filled(
    text: str,
    words: Mapping[str, str],
    ready: Mapping[str, str] | None = None,
    quoted: Callable[[str], str] = str,
) -> str:
    """``text`` with ``{{words}}`` in it, quoted for its format; those in ``ready`` already are."""

    def put(found: re.Match[str]) -> str:
        name = found[1]
        return ready[name] if ready and name in ready else quoted(words[name])

    return _WORD.sub(put, text)


def quoted_toml(text: str) -> str:
    """A basic string of TOML, which a JSON string is, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _logo(answers: Answers) -> str:
    if answers.logo is None:
        return '# logo = "logos/logo.svg"   # a file in this folder'
    return f"logo = {quoted_toml(f'logos/{answers.logo.name}')}   # a file in this folder"


def _hosts(answers: Answers) -> str:
    tables = []
    taken: set[str] = set()
    for host in answers.hosts:
        base = slug_of(host.name.split()[0], "host")
        ids = (base if n == 1 else f"{base}-{n}" for n in range(1, len(answers.hosts) + 1))
        host_id = next(name for name in ids if name not in taken)
        taken.add(host_id)
        values = {"id": host_id, "name": host.name, "role": host.role, "email": host.email}
        if host.phone:
            values["phone"] = host.phone
        lines = [f"{key} = {quoted_toml(value)}" for key, value in values.items()]
        tables.append("\n".join(["[[booking.hosts]]", *lines]))
    return "\n\n".join(tables)
