"""The output folder: files are replaced by rename, so whoever looks meets whole ones."""

from __future__ import annotations

import os
import shutil
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from passalong.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

MARKER = ".passalong"
_MARKER_TEXT = b"Made by build.py: what no build made is removed from this folder.\n"
_TEMPORARY = ".passalong~"
_ASIDE = "~new"
_PERSONAL = frozenset({"a/", "p/", "r/"})
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC

Stamp = tuple[int, int]
"""Size in bytes and modification time in nanoseconds: how a file is known again without reading."""


class Output:
    """A folder that holds one built site; everything below it is named by a relative path.

    A site that is not there yet is made in a folder beside its own, which takes its name when
    everything is whole: that saves a rename for each file. In a folder that is there, each file is
    written under a temporary name and renamed. Either way nobody meets half a file.
    """

    def __init__(self, root: Path) -> None:
        self.home = root
        self.root = root
        self.is_new = False
        self._aside = False

    def __enter__(self) -> Self:
        """Opens the folder, or makes it; refuses one that holds somebody else's files."""
        self.is_new = not (self.home / MARKER).exists()
        if self.is_new:
            self._begin()
        self._fd = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        return self

    def _begin(self) -> None:
        self._aside = not os.path.lexists(self.home)
        if not self._aside and any(self.home.iterdir()):
            raise Stop(
                f"{self.home} holds files that no build made. Name an empty or a new folder."
            )
        beside = self.home.with_name(self.home.name + _ASIDE)
        if (beside / MARKER).exists():  # a build was killed
            _clear(beside)
        if self._aside:
            self.root = beside
        self.root.mkdir(parents=True, exist_ok=True)
        if any(self.root.iterdir()):
            raise Stop(f"{self.root} is in the way. Move it, or build into another folder.")
        (self.root / MARKER).write_bytes(_MARKER_TEXT)

    def settle(self) -> None:
        """Gives a new site, now whole, its own name."""
        if self._aside:
            self.root.rename(self.home)
            self.root, self._aside = self.home, False

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)
        if self._aside:
            _clear(self.root)

    def put(self, path: str, data: bytes) -> Stamp:
        """Writes a file whole: in a site that nobody sees yet, or by a rename."""
        if self._aside:
            self._make_folder(path)
            return self._write(path, data)
        stamp = self._write(_TEMPORARY, data)
        try:
            os.rename(_TEMPORARY, path, src_dir_fd=self._fd, dst_dir_fd=self._fd)
        except FileNotFoundError:
            self._make_folder(path)
            os.rename(_TEMPORARY, path, src_dir_fd=self._fd, dst_dir_fd=self._fd)
        return stamp

    def _write(self, path: str, data: bytes) -> Stamp:
        fd = os.open(path, _WRITE, 0o644, dir_fd=self._fd)
        try:
            written = os.write(fd, data)
            while written < len(data):
                written += os.write(fd, data[written:])
            status = os.fstat(fd)
        finally:
            os.close(fd)
        return status.st_size, status.st_mtime_ns

    def _make_folder(self, path: str) -> None:
        folder = path.rpartition("/")[0]
        try:
            if folder:
                os.mkdir(folder, 0o755, dir_fd=self._fd)
        except FileExistsError:
            pass
        except FileNotFoundError:
            (self.root / folder).mkdir(parents=True)

    def holds_all(self, files: Mapping[str, Stamp], paths: Iterable[str] | None = None) -> bool:
        """Whether every file, or each of these, is still there as it was left."""
        fd, stat = (
            self._fd,
            os.stat,
        )  # asked for every file of a site, even if nothing is to be done
        try:
            for path in files if paths is None else paths:
                status = stat(path, dir_fd=fd)
                if (status.st_size, status.st_mtime_ns) != files.get(path):
                    return False
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def holds(self, path: str, data: bytes) -> Stamp | None:
        """The file's stamp if its bytes are ``data``, else None."""
        if self.is_new:
            return None
        try:
            status = os.stat(path, dir_fd=self._fd)
        except (FileNotFoundError, NotADirectoryError):
            return None
        if status.st_size != len(data) or (self.root / path).read_bytes() != data:
            return None
        return status.st_size, status.st_mtime_ns

    def others(self, files: Collection[str], *, everywhere: bool) -> Iterator[str]:
        """Every file below the folder but these and the marker.

        Unless asked ``everywhere``, nothing is looked for beside a person's page: each has a folder
        of its own, and to look into a hundred thousand takes longer than a build.
        """
        pending = [""]
        while pending:
            folder = pending.pop()
            personal = not everywhere and folder in _PERSONAL
            with os.scandir(self.root / folder) as entries:
                for entry in entries:
                    path = folder + entry.name
                    if personal and f"{path}/index.html" in files:
                        continue
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

    ``before`` and ``files`` hold the stamp of each path, as the last build and as this one left it.
    """

    def __init__(self, output: Output, before: Mapping[str, Stamp]) -> None:
        self.output = output
        self.before = before
        self.files: dict[str, Stamp] = {}
        self.changed: list[str] = []

    def keep(self, paths: Collection[str]) -> bool:
        """Leaves files alone that need no change; False, and none kept, if one was touched."""
        before = self.before
        if not self._is_intact and (self.output.is_new or not self.output.holds_all(before, paths)):
            return False
        kept = {path: before[path] for path in paths if path in before}
        if len(kept) < len(paths):
            return False
        self.files |= kept
        return True

    @cached_property
    def _is_intact(self) -> bool:
        """Whether nothing was touched at all: one look at everything is cheaper than many."""
        return not self.output.is_new and self.output.holds_all(self.before)

    def put(self, path: str, data: bytes | Path) -> None:
        """A file of these bytes, or a copy of this one, whose path then holds its digest."""
        if isinstance(data, Path):
            if self.keep([path]):
                return
            data = data.read_bytes()
        stamp = self.output.holds(path, data)
        if stamp is None:
            stamp = self.output.put(path, data)
            self.changed.append(path)
        self.files[path] = stamp

    def remove_others(self, *, everywhere: bool, but: Collection[str] = ()) -> list[str]:
        """Removes what this build did not make, ``but`` these; pages before what pages may name."""
        if self.output.is_new:
            return []
        others = [*{*self.output.others(self.files, everywhere=everywhere)}.difference(but)]
        others.sort(key=lambda path: (path.startswith("assets/"), path))
        for path in others:
            self.output.remove(path)
        return others


def _clear(folder: Path) -> None:
    """Removes a folder of ours, the marker last: a kill leaves it ours, to be removed next time."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != MARKER:
            path.unlink()
    (folder / MARKER).unlink()
    folder.rmdir()
