"""``build``: check the content, make the site, say what changed."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from passalong.commands.order import order, say
from passalong.errors import ContentRefused
from passalong.pages.build import Result, build

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_LONG = 3000
"""Pages from which on a build shows how far it is."""
_FEW = 24
"""Changed addresses that a summary lists by itself."""


def main(options: argparse.Namespace, root: Path) -> int:
    """Builds as the options say."""
    remove = _remove(options.remove)
    wanted = order(options.content, options.out, root, remove)
    bundle = wanted.var / "bundle.json"
    if bundle.is_file():  # functions and relay read it: what they know goes with the pages
        wanted = replace(wanted, bundle=bundle)
    progress = Progress()
    try:
        result = build(wanted, None if options.json else progress)
    except ContentRefused as refused:
        say(refused.problems, options.content)
        print(f"{refused}; nothing was written.", file=sys.stderr)
        return 1
    finally:
        progress.stop()
    say(result.warnings, options.content)
    print(summary(result, options.out))
    if result.replaced:
        print(f"{options.out} held the site of the program “{result.replaced}”; this one took its")
        print("place. To keep both, name another folder with --out.")
    if options.changes or _is_worth_listing(result):
        print("\n".join(changes(result)))
    if options.json:
        print(json.dumps(figures(result)))
    return 0


def _is_worth_listing(result: Result) -> bool:
    """Whether to list what changed unasked: little of it, or a story that is shown no longer."""
    gone = any(path.startswith("stories/") for path in result.removed)
    return (gone and not result.replaced) or 0 < len(result.changed) + len(result.removed) <= _FEW


def _remove(ids: list[str] | None) -> frozenset[str] | str:
    if ids is None:
        return frozenset()
    return frozenset(ids) if ids else "vanished"


def summary(result: Result, out: Path) -> str:
    """The result in a sentence."""
    if not result.changed and not result.removed:
        return f"Nothing changed: {result.pages} pages in {out} are as they should be."
    removed = f", {len(result.removed)} removed" if result.removed else ""
    files = "file" if len(result.changed) == 1 else "files"
    return (
        f"{result.pages} pages in {out}: {len(result.changed)} {files} written, "
        f"{result.unchanged} unchanged{removed}, in {result.seconds:.2f} s."
    )


def changes(result: Result) -> list[str]:
    """Every changed address, one a line, in the order of the alphabet."""
    marks = [(path, "  ") for path in result.changed] + [(path, "- ") for path in result.removed]
    return [f"{mark}/{path.removesuffix('index.html')}" for path, mark in sorted(marks)]


def figures(result: Result) -> dict[str, float]:
    """The result as ``--json`` prints it; counts are files, but ``pages``."""
    return {
        "pages": result.pages,
        "written": len(result.changed),
        "unchanged": result.unchanged,
        "removed": len(result.removed),
        "seconds": round(result.seconds, 3),
    }


class Progress:
    """A progress bar on a terminal, for what takes long enough to be waited for: ``long`` steps.

    It goes once all are done, and begins anew.
    """

    def __init__(self, label: str = "Pages", long: int = _LONG) -> None:
        self._label, self._long = label, long
        self._shown: tuple[Bar, TaskID] | None = None

    def __call__(self, done: int, pages: int) -> None:
        """Shows that ``done`` of ``pages`` are made."""
        if pages < self._long or not sys.stderr.isatty():
            return
        bar, task = self._shown = self._shown or self._started(pages)
        bar.update(task, completed=done)
        if done >= pages:
            self.stop()

    def stop(self) -> None:
        """Takes the bar away, and gives the cursor back."""
        if self._shown:
            self._shown[0].stop()
            self._shown = None

    def _started(self, pages: int) -> tuple[Bar, TaskID]:
        from rich.console import Console  # noqa: PLC0415 - a third of a short build's time
        from rich.progress import Progress as Bar  # noqa: PLC0415

        bar = Bar(console=Console(stderr=True), transient=True)
        bar.start()
        return bar, bar.add_task(self._label, total=pages)
