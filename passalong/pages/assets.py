"""Files that pages name: each under an address that holds the digest of its bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Assets:
    """The assets of a build; ``files`` maps an output path to bytes or to a source file."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)
        self.files: dict[str, bytes | Path] = {}
        self._urls: dict[Path, str] = {}

    def find(self, name: str, near: Path | None = None) -> Path | None:
        """The file called ``name`` beside ``near`` or in one of the folders, never outside them."""
        if not name or "://" in name:
            return None
        folders = (near, *self.folders) if near else self.folders
        for folder in folders:
            path = (folder / name.lstrip("/")).resolve()
            if path.is_file() and any(path.is_relative_to(f.resolve()) for f in folders):
                return path
        return None

    def add(self, source: Path) -> str:
        """The root-relative address of a file."""
        if source not in self._urls:
            self._urls[source] = self._name(source.name, source.read_bytes(), source)
        return self._urls[source]

    def make(self, name: str, data: bytes) -> str:
        """The root-relative address of a file that the build itself makes."""
        return self._name(name, data, data)

    def _name(self, name: str, data: bytes, content: bytes | Path) -> str:
        stem, dot, ending = name.rpartition(".")
        digest = hashlib.blake2b(data, digest_size=6).hexdigest()
        path = f"assets/{_safe(stem)}.{digest}{dot}{_safe(ending)}"
        self.files[path] = content
        return f"/{path}"


def _safe(text: str) -> str:
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in text.lower())
    return kept.strip("-") or "file"
