"""What a build remembers for the next: digests of what went in, stamps of what came out.

Two files in the local ``var`` folder, both safe to lose: ``compiled`` holds everything that costs
templates and Markdown, ``state`` the output's files. A digest that differs makes them void.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from passalong.editorial import Editorial
    from passalong.errors import Problem
    from passalong.given import Frame, Given, Piece
    from passalong.pages.fill import Binder, FilledRows, Skeleton
    from passalong.pages.write import Stamp
    from passalong.plan import Shape

_FORMAT = 5
_TEXT = frozenset({".md", ".toml", ".csv", ".html", ".css", ".js", ".svg", ".ics", ".py", ".txt"})


class Bound(NamedTuple):
    """What the pages of a Shape are made of, besides persons."""

    frame: Frame
    pieces: tuple[Piece, ...]

    @property
    def given(self) -> Given:
        """All given values by name."""
        return {name: value for piece in self.pieces for name, value in piece.values.items()}


class Compiled:
    """All that depends on the editorial content, the theme and the code, but on no person."""

    def __init__(self, version: bytes, editorial: Editorial) -> None:
        self.version = version
        self.editorial = editorial
        self.frames: dict[Frame, Skeleton] = {}
        self.shapes: dict[Shape, Bound] = {}
        self.public: dict[str, bytes] = {}
        self.assets: dict[str, bytes | Path] = {}
        self.images: dict[tuple[str, str], tuple[str, str]] = {}
        self.answers: dict[str, Skeleton] = {}
        self.warnings: list[Problem] = []
        self._binders: dict[Frame, Binder] = {}
        self._filled: FilledRows = {}

    def __getstate__(self) -> dict[str, object]:
        return {**vars(self), "_binders": {}, "_filled": {}}

    def skeleton(self, shape: Shape) -> Skeleton:
        """The skeleton of a Shape, with all that is given in place."""
        from passalong.pages.fill import Binder  # noqa: PLC0415 - a build with nothing to do has none

        bound = self.shapes[shape]
        given = bound.given
        binder = self._binders.get(bound.frame)
        if binder is None:
            binder = Binder(self.frames[bound.frame], given, self._filled)
            self._binders[bound.frame] = binder
        return binder.bind(given)


class Inputs(NamedTuple):
    """Digests of what a build is made of: what is compiled, that and the secrets, the people.

    ``decided`` is what the ledger knows of people.
    """

    compiled: bytes = b""
    pages: bytes = b""
    lists: bytes = b""
    register: bytes = b""
    decided: bytes = b""


Households = dict[str, tuple[bytes, "Sequence[str]"]]
"""Per advocate the digest of their household and the paths of its pages."""


class State(NamedTuple):
    """The output as the last build left it, with the stamp of every file."""

    inputs: Inputs
    files: dict[str, Stamp]
    households: Households
    pages: int
    program: str
    warnings: tuple[Problem, ...]
    signed_by: str
    """The id of the key that signed the pages' tokens."""
    assigned: bool
    """Whether every variant on the pages was noted."""


BLANK = State(Inputs(), {}, {}, 0, "", (), signed_by="", assigned=False)
"""Where there was no build before."""


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
    with _replacing(path) as file:
        pickle.dump(((_FORMAT, sys.version), value), file, pickle.HIGHEST_PROTOCOL)


def replace_file(path: Path, data: bytes) -> None:
    """Makes ``data`` the content of a file, whole or not at all, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _replacing(path) as file:
        file.write(data)


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    temporary = path.with_name(path.name + "~")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123 - only os.open takes a mode
        yield file
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
        total.update(os.fsencode(path) + f"\0{len(content)}\0".encode() + content)
    for text in more:
        total.update(f"{len(text)}\0{text}".encode())
    return total.digest()
