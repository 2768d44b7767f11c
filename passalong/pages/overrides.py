"""What a theme overrides, looked over: a file or a word that overrides nothing is a slip."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from passalong.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_FOLDERS = ("assets", "locales", "templates")


def override_problems(theme: Path, site: Path) -> Iterator[Problem]:
    """Warnings for what in ``content/theme`` takes the place of nothing in ``site/``."""
    if not theme.is_dir():
        return
    for entry in sorted(theme.iterdir()):
        if entry.is_dir() and entry.name not in _FOLDERS and not entry.name.startswith("."):
            yield _slip(entry.name, 0, "is no folder of a theme", entry.name, _FOLDERS)
    for name in _FOLDERS:
        ours = {path.name for path in (site / name).iterdir()}
        for path in sorted((theme / name).glob("*")):
            partial = name == "templates" and path.name.startswith("_")
            if name == "locales":
                yield from _words(path, site)
            elif path.name not in ours and not partial and not path.name.startswith("."):
                file = f"{name}/{path.name}"
                yield _slip(file, 0, "takes the place of no file of site/", path.name, ours)


def _words(path: Path, site: Path) -> Iterator[Problem]:
    """Words that nothing says; a language of the theme's own is held to the English words."""
    model = site / "locales" / path.name
    known = _keys(model if model.is_file() else site / "locales" / "en.toml")
    for key in _keys(path) - known:
        line = _line(path.read_text("utf-8"), key.rpartition(".")[2])
        message = f"has a word {key}, which nothing says"
        yield _slip(f"locales/{path.name}", line, message, key, known)


def _keys(path: Path) -> set[str]:
    def flat(table: dict[str, Any], prefix: str) -> Iterator[str]:
        for key, value in table.items():
            if isinstance(value, dict):
                yield from flat(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}"

    return set(flat(tomllib.loads(path.read_text("utf-8")), ""))


def _line(text: str, key: str) -> int:
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.strip().startswith(key)), 0)


def _slip(file: str, line: int, message: str, word: str, known: Collection[str]) -> Problem:
    close = get_close_matches(word, sorted(known), n=1)
    hint = f"Did you mean “{close[0]}”?" if close else ""
    return Problem(f"theme/{file}", line, f"{message}.", hint, "warning")
