"""The site in a folder, for any host that shows one."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from passalong.folder import Folder
from passalong.publishing.target import Overtaken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from passalong.publishing.target import Private

_DRAFT: Final = ".passalong~"
"""How the names of files begin that are not whole yet."""


class FolderTarget:
    """Pages in one folder, and what is private beside the file ``bundle``, for our eyes only."""

    patience = 1.0

    def __init__(self, root: Path, bundle: Path) -> None:
        self.name = str(root)
        self._root, self._pages = root, Folder(root)
        self._files: dict[Private, Path] = {
            "bundle": bundle,
            "manifest": bundle.with_name("published.json"),
        }

    def list(self, seen: Callable[[int], None]) -> dict[str, str]:
        """Hidden files are none of the site; what a killed run left half-written goes."""
        found = {}
        for folder, folders, names in os.walk(self._root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                path = os.path.join(folder, name)  # noqa: PTH118 - for each file of a site
                if not name.startswith("."):
                    with open(path, "rb") as file:  # noqa: PTH123 - as above
                        found[os.path.relpath(path, self._root)] = _tag(file.read())
                elif name.startswith(_DRAFT):
                    with suppress(FileNotFoundError):
                        os.unlink(path)  # noqa: PTH108 - as above
            seen(len(found))
        return found

    def put(self, path: str, data: bytes) -> str:
        _replace(self._root / path, self._root, data, 0o644)
        return _tag(data)

    def remove(self, path: str) -> None:
        self._pages.remove(path)
        for parent in (self._root / path).parents[1:]:
            if parent == self._root or not parent.is_relative_to(self._root):
                return
            with suppress(OSError):
                parent.rmdir()

    def read(self, what: Private) -> tuple[bytes, str] | None:
        try:
            data = self._files[what].read_bytes()
        except FileNotFoundError:
            return None
        return data, _tag(data)

    def tag(self, what: Private) -> str:
        found = self.read(what)
        return found[1] if found else ""

    def keep(self, what: Private, data: bytes, instead_of: str | None = None) -> str:
        file = self._files[what]
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(file.parent / ".lock"):
            if instead_of is not None and self.tag(what) != instead_of:
                raise Overtaken(f"{file} was changed meanwhile")
            _replace(file, file.parent, data, 0o600)
        return _tag(data)

    def invalidate(self, uris: Sequence[str], reference: str) -> bool:  # noqa: ARG002 - no cache
        return False


def _tag(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _replace(file: Path, drafts: Path, data: bytes, mode: int) -> None:
    """Makes a file, whole or not at all."""
    drafts.mkdir(parents=True, exist_ok=True)
    draft = drafts / f"{_DRAFT}{secrets.token_hex(8)}"
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
        try:
            draft.replace(file)
        except FileNotFoundError:
            file.parent.mkdir(parents=True, exist_ok=True)
            draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
