"""The file of the functions' bundle, and of which build it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.pages import state

if TYPE_CHECKING:
    from pathlib import Path

    from passalong.bundle import Bundle
    from passalong.pages.state import Inputs

_MEMORY = "bundled"


def write(path: Path, bundle: Bundle) -> None:
    """Makes ``bundle`` the content of a file, which is left alone if it is that already."""
    from passalong.bundle import dump  # noqa: PLC0415 - a build with nothing to do writes none

    data = dump(bundle)
    if not path.is_file() or path.read_bytes() != data:
        state.replace_file(path, data)


def remember(memory: Path, path: Path, made_of: Inputs) -> None:
    """Notes in the folder ``memory`` what the bundle at ``path`` was made of."""
    state.save(memory / _MEMORY, _stamp(path, made_of))


def is_bundled(memory: Path, path: Path | None, made_of: Inputs) -> bool:
    """Whether the bundle that is asked for is there, and of what is to be built now.

    A build without one may have come after it, or one of another folder into the same file.
    """
    if path is None:
        return True
    return path.is_file() and state.load(memory / _MEMORY, tuple) == _stamp(path, made_of)


def _stamp(path: Path, made_of: Inputs) -> tuple[str, Inputs, int, int]:
    status = path.stat()
    return str(path.resolve()), made_of, status.st_size, status.st_mtime_ns
