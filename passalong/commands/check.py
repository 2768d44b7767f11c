"""``check``: every problem of a content folder in one run, as ``file:line: sentence``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from passalong.commands.make import Progress
from passalong.commands.order import order, say
from passalong.errors import ContentRefused
from passalong.pages.build import build, check
from passalong.pages.deep import deep_problems

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def main(options: argparse.Namespace, root: Path) -> int:
    """Checks; 1 if anything must be mended before a build."""
    wanted = order(options.content, options.out, root)
    pages, reading = Progress(), Progress("Reading", 1000)
    try:
        if options.deep:
            warnings = build(wanted, pages).warnings
            found = deep_problems(options.out, wanted, progress=reading)
        else:
            warnings, found = check(wanted), ()
    except ContentRefused as refused:
        say(refused.problems, options.content)
        print(refused, file=sys.stderr)
        return 1
    finally:
        pages.stop()
        reading.stop()
    say(warnings, options.content)
    say(found, options.out)
    if found:
        print(f"{len(found)} problems in the pages.", file=sys.stderr)
        return 1
    what = "Every page" if options.deep else "The content"
    said = f", with {len(warnings)} warning{'s'[: len(warnings) - 1]}" if warnings else ""
    print(f"{what} is in order{said}.")
    return 0
