"""What a build remembers for the next: digests of what went in, stamps of what came out.

Two files in the local ``var`` folder, both safe to lose: ``compiled`` holds everything that costs
templates and Markdown, ``state`` the output's files. A digest that differs makes them void.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from passalong.pages.fill import bind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from passalong.given import Frame, Given
    from passalong.model import Editorial, Problem
    from passalong.pages.fill import Skeleton
    from passalong.pages.write import Stamp
    from passalong.plan import Shape

_FORMAT = 1
_TEXT = frozenset({".md", ".toml", ".csv", ".html", ".css", ".js", ".svg", ".ics", ".py", ".txt"})


@dataclass(frozen=True, slots=True)
class Bound:
    """What the pages of a Shape are made of, besides persons."""

    frame: Frame
    given: Given


@dataclass(slots=True)
class Compiled:
    """All that depends on the editorial content, the theme and the code, but on no person."""

    version: bytes
    editorial: Editorial
    frames: dict[Frame, Skeleton] = field(default_factory=dict)
    shapes: dict[Shape, Bound] = field(default_factory=dict)
    public: dict[str, bytes] = field(default_factory=dict)
    assets: dict[str, bytes | Path] = field(default_factory=dict)
    images: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _digests: dict[Frame, bytes] = field(default_factory=dict, repr=False)
    warnings: list[Problem] = field(default_factory=list)

    def skeleton(self, shape: Shape) -> Skeleton:
        """The skeleton of a Shape, with all that is given in place."""
        bound = self.shapes[shape]
        return bind(self.frames[bound.frame], bound.given)

    def digest(self, shape: Shape) -> bytes:
        """Changes when the pages of a Shape would, the same persons being on them."""
        bound = self.shapes[shape]
        if bound.frame not in self._digests:
            self._digests[bound.frame] = _digest_of(self.frames[bound.frame])
        return self._digests[bound.frame] + _digest_of(bound.given)


def _digest_of(value: object) -> bytes:
    return hashlib.blake2b(repr(value).encode(), digest_size=16).digest()


@dataclass(slots=True)
class State:
    """The output as the last build left it: per file the digest of its making and its stamp."""

    inputs: bytes = b""
    files: dict[str, tuple[bytes, Stamp]] = field(default_factory=dict)
    pages: int = 0
    warnings: tuple[Problem, ...] = ()


def load(path: Path, kind: type[Any]) -> Any:
    """The object that was saved, or None if there is none of this kind and format."""
    try:
        with path.open("rb") as file:
            stored, value = pickle.load(file)  # noqa: S301 - our own file, readable by us alone
    except (
        OSError,
        EOFError,
        ValueError,
        TypeError,
        AttributeError,
        ImportError,
        pickle.PickleError,
    ):
        return None
    return value if stored == (_FORMAT, sys.version) and isinstance(value, kind) else None


def save(path: Path, value: object) -> None:
    """Saves an object for `load`, whole or not at all, readable by its owner alone."""
    temporary = path.with_name(path.name + "~")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123 - only os.open takes a mode
        pickle.dump(((_FORMAT, sys.version), value), file, pickle.HIGHEST_PROTOCOL)
    temporary.replace(path)


def walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder, hidden ones and bytecode left out, in a fixed order."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__")))
        yield from (Path(root, name) for name in sorted(files) if not name.startswith("."))


def digest(files: Iterable[Path], *more: str) -> bytes:
    """One digest over files (texts by their bytes, others by size and time) and further texts."""
    total = hashlib.blake2b(digest_size=16)
    for path in files:
        try:
            if path.suffix in _TEXT:
                content = path.read_bytes()
            else:
                status = path.stat()
                content = f"{status.st_size} {status.st_mtime_ns}".encode()
        except OSError:
            content = b"-"
        total.update(f"{path}\0{len(content)}\0".encode() + content)
    for text in more:
        total.update(f"{len(text)}\0{text}".encode())
    return total.digest()
