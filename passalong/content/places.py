"""Which files a content folder is made of, and what to call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.content.mapping import PLACES, mapping_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGISTER = "ids.csv"
PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg"}
"""The endings of files that a page can show."""


def name_of(path: Path, folder: Path) -> str:
    """How a problem names a file: from the content folder, or in full if it lies elsewhere."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def markdown_in(folder: Path) -> list[Path]:
    """The Markdown files right in a folder, sorted, hidden ones left out."""
    return sorted(path for path in folder.glob("[!.]*.md") if path.is_file())


def people_files(folder: Path) -> list[Path]:
    """Where the lists of people and companies are, whether they exist or not."""
    raw = raw_mappings(folder)
    return [mapping_of(raw, kind).path(folder) for kind in PLACES if kind != "case_studies"]


def sources(folder: Path) -> list[Path]:
    """See ``passalong.content.sources``."""
    raw = raw_mappings(folder)
    stories = mapping_of(raw, "case_studies").path(folder)
    lists = {mapping_of(raw, kind).path(folder) for kind in PLACES if kind != "case_studies"}
    lists.add(folder / REGISTER)
    found = {path for path in _files(folder, but="theme") if path not in lists}
    if not stories.resolve().is_relative_to(folder.resolve()):
        found.update(path for path in _files(stories) if path.suffix.lower() in {".md", *PICTURES})
    return sorted(found)


def _files(folder: Path, but: str = "") -> Iterator[Path]:
    """Every file below ``folder``, but hidden ones and those of the folder ``but``."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.startswith(".") or path.name == but:
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


def raw_mappings(folder: Path) -> dict[str, object]:
    """The ``[content]`` table of program.toml, without judging it; empty if there is none."""
    path = folder / "program.toml"
    data = path.read_bytes() if path.is_file() else b""
    if b"content" not in data:
        return {}
    import tomllib  # noqa: PLC0415 - most programs map nothing and never need it here

    try:
        content = tomllib.loads(data.decode("utf-8-sig")).get("content")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
