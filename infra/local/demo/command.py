"""``demo``: play a year of the sample program, up to today, and serve it."""

from __future__ import annotations

import fcntl
import os
import re
import sys
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from infra.local.demo.year import clear, is_played, play
from infra.local.serve import run
from passalong.commands.make import Progress
from passalong.commands.order import order
from passalong.errors import Stop

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import date

    from infra.local.serve import Live

SAMPLE: Final = re.compile(r'^id\s*=\s*"leeway"', re.MULTILINE)
"""What the sample's settings say; no other program is played."""
_VAR: Final = "PASSALONG_VAR"
_KEPT: Final = "PASSALONG_ADDRESS"


def main(options: argparse.Namespace, root: Path) -> int:
    """Serves the sample until it is interrupted; the first time on a day, its year is played."""
    content, var = Path(os.path.relpath(root / "content")), root / "var" / "demo"
    if not SAMPLE.search((content / "program.toml").read_text("utf-8")):
        raise Stop("content/ is not the sample program any more: “build.py serve” shows it.")
    _only_here(var)
    wanted = order(content, options.out, root)
    with _held(var, wanted.today) as lock:
        if not is_played(var, wanted.today):
            clear(var)  # before the build, so that it is of the lists alone
        return run(wanted, options.port, root, partial(_first, root, lock))


def _only_here(var: Path) -> None:
    """Forgets what the environment says of ledgers, keys and mail: it may be about the program of
    whoever looks at the demo, which is none of its business.
    """
    for name in list(os.environ):
        if name == "LEDGER" or (name.startswith("PASSALONG_") and name != _KEPT):
            del os.environ[name]
    os.environ[_VAR] = str(var)


@contextmanager
def _held(var: Path, today: date) -> Iterator[int]:
    """A lock on the folder: alone as long as its year has to be played, else with all others who
    serve it. Raises Stop where somebody serves the year of another day.
    """
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (var / "lock").open("w") as file:
        lock = file.fileno()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(lock, fcntl.LOCK_SH)
            if not is_played(var, today):
                message = "The demo of another day is still being served: end that one first."
                raise Stop(message) from None
        yield lock


def _first(root: Path, lock: int, live: Live, address: str) -> None:
    """Plays the year, if it is not there, and builds its pages."""
    if not is_played(live.order.var, live.order.today) and not live.problems:
        began = time.perf_counter()
        progress = Progress("A year", long=1)
        played = play(live.order, root / "template.yaml", address, progress)
        seconds = time.perf_counter() - began
        print(f"A year, up to today: {played.done:,} things happened, in {seconds:.2f} s.")
        for refused in played.refused:
            print(f"not done, for the sample was changed: {refused}", file=sys.stderr)
        live.rebuild()
    fcntl.flock(lock, fcntl.LOCK_SH)
