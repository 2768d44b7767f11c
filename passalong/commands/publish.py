"""``publish``: build, look at what was built, and bring what changed to where it is read."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.commands.assigning import noting
from passalong.commands.make import Progress, summary
from passalong.commands.order import order, say
from passalong.commands.publishable import Built, built, ledger_fingerprint, site_of
from passalong.errors import ContentRefused, Stop
from passalong.publishing import open_target
from passalong.publishing.look import Leave, Means, known_of, look
from passalong.publishing.refusals import check_address
from passalong.publishing.run import Done, publish
from passalong.wiring import now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from passalong.pages.reading import Order
    from passalong.publishing.look import Todo
    from passalong.publishing.target import Target

_ROUNDS: Final = 5
"""How often to look again for people who came in between; later ones wait for the next publish."""
_LONG: Final = {"Pages": 3000, "Reading": 1000, "Looking": 3000, "Files": 200}
"""From how many on it is shown how far each part of the work is: all take some seconds then."""


class _Total(NamedTuple):
    """What was done in all rounds."""

    pages: int
    done: Done


class _Bars:
    """A progress bar for each part of the work, by its name."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self._made: dict[str, Progress] = {}

    def __call__(self, part: str) -> Callable[[int, int], None]:
        if self._silent:
            return lambda *_: None
        return self._made.setdefault(part, Progress(part, _LONG[part]))

    def stop(self) -> None:
        """Leaves none on the terminal, wherever the work ended."""
        for bar in self._made.values():
            bar.stop()


def main(options: argparse.Namespace, root: Path) -> int:
    """Publishes as the options say."""
    began = time.perf_counter()
    wanted = order(options.content, options.out, root)
    wanted = replace(wanted, bundle=wanted.var / "publish" / "bundle.json")
    if not options.dry_run:
        wanted = noting(wanted, weighs=True)
    target = open_target(options.to or os.environ.get("PASSALONG_PUBLISH_TO", ""), wanted.var)
    bars = _Bars(silent=options.json)
    try:
        total = _publish(options, wanted, target, bars)
    except ContentRefused as refused:
        say(refused.problems, options.content)
        print(f"{refused}; nothing was published.", file=sys.stderr)
        return 1
    finally:
        bars.stop()
    print(_said(total, target, dry=options.dry_run))
    if options.json:
        print(json.dumps(_figures(total) | {"seconds": round(time.perf_counter() - began, 3)}))
    return 0


def _publish(options: argparse.Namespace, wanted: Order, target: Target, bars: _Bars) -> _Total:
    """Rounds, until one finds nothing to do: people are introduced while a site goes up."""
    means = Means(now, time.sleep, random.random, bars)
    leave = Leave(options.new_links, options.new_ledger)
    ledger = ledger_fingerprint(wanted, os.environ)
    whole, before = Done(), None
    for number in range(_ROUNDS):
        before = _build(options, wanted, target, means, before)
        todo = look(site_of(wanted, before, ledger), target, means, leave)
        if options.dry_run:
            _list(todo, options.out)
            return _Total(before.result.pages, _would(todo))
        done = publish(site_of(wanted, before, ledger), target, means, todo)
        whole = done if number == 0 else _added(whole, done)
        if todo.is_nothing:
            break
        if not options.no_wait:
            _wait(target, means)
    return _Total(before.result.pages if before else 0, whole)


def _build(
    options: argparse.Namespace,
    wanted: Order,
    target: Target,
    means: Means,
    before: Built | None,
) -> Built:
    """A build that may be published. Raises ContentRefused and Stop."""
    known = known_of(target, means)[0]
    made = built(wanted, known.files, means.progress, before)
    if not options.any_domain:
        check_address(made.found.editorial.program.base_url)
    if before is None:
        say(made.result.warnings, options.content)
        print(summary(made.result, options.out))
    say(made.problems, options.out)
    if errors := sum(1 for problem in made.problems if problem.severity == "error"):
        what = "1 fault" if errors == 1 else f"{errors} faults"
        raise Stop(f"{what} in the pages that were built; nothing was published.")
    return made


def _wait(target: Target, means: Means) -> None:
    """Lets a minute go by after another theme went up: until then, functions may make pages that
    look as before, which the next round finds."""
    theme_at = known_of(target, means)[0].theme_at
    left = target.patience - (means.clock() - theme_at).total_seconds() if theme_at else 0
    if left > 0:
        print(
            f"All is up. Looking once more in {left:.0f} s, for pages that were made meanwhile "
            "(--no-wait leaves that to the next time).",
            flush=True,
        )
        means.wait(left)


def _would(todo: Todo) -> Done:
    return Done(
        todo.puts.paths,
        todo.removals.paths,
        todo.puts.unchanged,
        todo.bundle,
        todo.invalidation(now()),
        len(todo.removals.unknown),
    )


def _added(some: Done, more: Done) -> Done:
    return Done(
        some.put + more.put,
        some.removed + more.removed,
        some.unchanged,
        some.bundle or more.bundle,
        some.invalidated + more.invalidated,
        more.unknown,
    )


def _list(todo: Todo, out: Path) -> None:
    for path in todo.puts.assets:
        print(f"put {out / path}")
    if todo.bundle:
        print("put the functions’ bundle")
    for stage in todo.puts.pages:
        for path in stage:
            print(f"put {out / path}")
    for path in todo.removals.paths:
        print(f"remove /{path}")
    for uri in todo.invalidation(now()):
        print(f"invalidate {uri}")


def _said(total: _Total, target: Target, *, dry: bool) -> str:
    done = total.done
    if not done.put and not done.removed and not done.bundle:
        said = f"{target.name} is as it should be: {total.pages} pages, nothing to do."
    else:
        would = "would be" if dry else "were" if len(done.put) != 1 else "was"
        files = "file" if len(done.put) == 1 else "files"
        said = f"{target.name}: {len(done.put)} {files} {would} put, {done.unchanged} unchanged"
        said += f", {len(done.removed)} removed" if done.removed else ""
        said += ", the functions have a new bundle" if done.bundle and not dry else ""
        paths = "path" if len(done.invalidated) == 1 else "paths"
        said += f", {len(done.invalidated)} {paths} invalidated." if done.invalidated else "."
    if done.unknown:
        pages = "page of an introduced person was"
        if done.unknown > 1:
            pages = "pages of introduced people were"
        said += (
            f"\n{done.unknown} {pages} left alone: neither the build nor the ledger knows whose. "
            "Is LEDGER the one that the functions use?"
        )
    return said


def _figures(total: _Total) -> dict[str, float]:
    """What ``--json`` prints; counts are files, but ``pages`` and ``invalidated`` paths."""
    done = total.done
    return {
        "pages": total.pages,
        "put": len(done.put),
        "unchanged": done.unchanged,
        "removed": len(done.removed),
        "invalidated": len(done.invalidated),
        "bundle": done.bundle,
    }
