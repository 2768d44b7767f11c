"""Files in a folder: the site, for pages that functions make between builds, and their bundle."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that holds a built site; paths in it are POSIX and relative."""

    root: Path

    def put(self, path: str, data: bytes) -> None:
        """Makes a page, or replaces it, whole or not at all; it can be read once this returns."""
        target = self._inside(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            draft.write_bytes(data)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)

    def remove(self, path: str) -> None:
        """Takes a page away, if it is there."""
        target = self._inside(path)
        target.unlink(missing_ok=True)
        try:
            target.parent.rmdir()
        except OSError:
            return  # something else is in it, or it is not there

    def _inside(self, path: str) -> Path:
        if path.startswith("/") or ".." in path.split("/") or os.sep * 2 in path:
            raise ValueError(f"not a path within the site: {path}")
        return self.root / path


@dataclass(frozen=True, slots=True)
class File:
    """One file that is read again and again, such as the functions' bundle."""

    path: Path
    look_every: float = 0.5
    """Seconds for which it is taken to be as it was."""

    def newest(self, seen: object) -> tuple[object, bytes] | None:
        """What tells its version from others, and its bytes; None if it is ``seen``, or is not
        there."""
        now = stamp(self.path)
        return (now, self.path.read_bytes()) if now and now != seen else None


def stamp(path: Path) -> object:
    """What tells a file from the one that it was before; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
