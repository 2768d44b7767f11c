"""The output folder: files are replaced by rename, so whoever looks meets whole ones."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Self

from passalong.errors import Stop
from passalong.pages.fill import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from passalong.pages.fill import Skeleton
    from passalong.plan import Group

MARKER = ".passalong"
_MARKER_TEXT = b"Made by build.py: what no build made is removed from this folder.\n"
_TEMPORARY = ".passalong~"

_CHUNK = 2048
"""Pages in memory at a time."""

Stamp = tuple[int, int]
"""Size in bytes and modification time in nanoseconds: how a file is known again without reading."""


class Output:
    """A folder that holds one built site; everything below it is named by a relative path."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.is_new = False
        self._made: set[str] = set()

    def __enter__(self) -> Self:
        """Opens the folder, or makes it; refuses one that holds somebody else's files."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.is_new = not (self.root / MARKER).exists()
        if self.is_new:
            if any(self.root.iterdir()):
                raise Stop(
                    f"{self.root} holds files that no build made. Name an empty or a new folder."
                )
            (self.root / MARKER).write_bytes(_MARKER_TEXT)
        self._fd = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    def put(self, path: str, data: bytes) -> Stamp:
        """Writes a file whole: to a temporary name, then over the old one in a single step."""
        fd = os.open(_TEMPORARY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644, dir_fd=self._fd)
        try:
            written = os.write(fd, data)
            while written < len(data):
                written += os.write(fd, data[written:])
            status = os.fstat(fd)
        finally:
            os.close(fd)
        self._rename(path)
        return status.st_size, status.st_mtime_ns

    def _rename(self, path: str) -> None:
        folder, _, _ = path.rpartition("/")
        if folder and folder not in self._made:
            self._made.add(folder)
            try:
                os.mkdir(folder, 0o755, dir_fd=self._fd)
            except FileExistsError:
                pass
            except FileNotFoundError:
                (self.root / folder).mkdir(parents=True, exist_ok=True)
        os.rename(_TEMPORARY, path, src_dir_fd=self._fd, dst_dir_fd=self._fd)

    def holds_all(self, files: Mapping[str, tuple[bytes, Stamp]]) -> bool:
        """Whether every file is still there as it was left."""
        return all(self.stamp(path) == stamp for path, (_, stamp) in files.items())

    def stamp(self, path: str) -> Stamp | None:
        """What is there now, or None."""
        try:
            status = os.stat(path, dir_fd=self._fd)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status.st_size, status.st_mtime_ns

    def holds(self, path: str, data: bytes) -> Stamp | None:
        """The file's stamp if its bytes are ``data``, else None."""
        stamp = None if self.is_new else self.stamp(path)
        if stamp and stamp[0] == len(data) and (self.root / path).read_bytes() == data:
            return stamp
        return None

    def others(self, files: Collection[str]) -> Iterator[str]:
        """Every file below the folder but these and the marker."""
        pending = [""]
        while pending:
            folder = pending.pop()
            with os.scandir(self.root / folder) as entries:
                for entry in entries:
                    path = folder + entry.name
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(path + "/")
                    elif path not in files and path != MARKER:
                        yield path

    def remove(self, path: str) -> None:
        """Removes a file, and the folders that it leaves empty."""
        target = self.root / path
        target.unlink()
        for folder in Path(path).parents:
            if folder == Path():
                break
            try:
                (self.root / folder).rmdir()
            except OSError:
                break


class Writer:
    """Brings the files of an output up to date, and knows each again in the next build.

    ``before`` and ``files`` hold, per path, a digest of what a file is made from and its stamp.
    """

    def __init__(self, output: Output, before: Mapping[str, tuple[bytes, Stamp]]) -> None:
        self.output = output
        self.before = before
        self.files: dict[str, tuple[bytes, Stamp]] = {}
        self.changed: list[str] = []

    def _is_current(self, path: str, digest: bytes) -> bool:
        """Whether a file is as this build would make it, judged without its bytes."""
        old = self.before.get(path)
        if old is None or old[0] != digest or self.output.stamp(path) != old[1]:
            return False
        self.files[path] = old
        return True

    def _bring(self, path: str, digest: bytes, data: bytes) -> None:
        stamp = self.output.holds(path, data)
        if stamp is None:
            stamp = self.output.put(path, data)
            self.changed.append(path)
        self.files[path] = (digest, stamp)

    def put(self, path: str, data: bytes | Path) -> None:
        """A file of these bytes, or a copy of this one, whose path then holds its digest."""
        digest = _digest(data if isinstance(data, bytes) else path.encode())
        if not self._is_current(path, digest):
            self._bring(path, digest, data if isinstance(data, bytes) else data.read_bytes())

    def put_pages(
        self, skeleton: Callable[[], Skeleton], made: bytes, group: Group
    ) -> Iterator[None]:
        """A page for each of the group's values, in chunks.

        ``skeleton`` is asked for where a page is due; ``made`` is the digest of what it gives.
        """
        for start in range(0, len(group.paths), _CHUNK):
            paths = group.paths[start : start + _CHUNK]
            values = group.values[start : start + _CHUNK]
            due, digests = [], []
            for path, page in zip(paths, values, strict=True):
                digest = _digest(made + repr(page).encode())
                if not self._is_current(path, digest):
                    due.append((path, page))
                    digests.append(digest)
            pages = fill(skeleton(), [page for _, page in due]) if due else ()
            for (path, _), digest, data in zip(due, digests, pages, strict=True):
                self._bring(path, digest, data)
            yield

    def remove_others(self) -> list[str]:
        """Removes every file that this build did not make, pages before what pages may name."""
        others = [] if self.output.is_new else [*self.output.others(self.files)]
        others.sort(key=lambda path: (path.startswith("assets/"), path))
        for path in others:
            self.output.remove(path)
        return others


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
