"""What the commands that build have in common: where things lie, and how problems are said."""

from __future__ import annotations

import dataclasses
import os
import sys
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from passalong.errors import Stop
from passalong.keyring import signing_keys
from passalong.ledger import file_of, ledger_address, open_ledger
from passalong.merging import Decided, decided
from passalong.pages.reading import Order
from passalong.tokens import path_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from passalong.errors import Problem


def order(
    content: Path, out: Path, root: Path, remove: frozenset[str] | str = frozenset()
) -> Order:
    """The order to build ``content`` into ``out`` today."""
    need_folder(content)
    var = Path(os.environ.get("PASSALONG_VAR") or root / "var")
    return Order(
        content,
        out,
        root / "site",
        var,
        path_secret(var, os.environ),
        signing_keys(var, os.environ),
        date.today(),
        remove,
        decided=partial(decided_in, ledger_address(var, os.environ)),
    )


def decided_in(address: str, program: str) -> Decided:
    """What the ledger of a program knows of people; nothing where there is none yet."""
    if (file := file_of(address)) and not file.exists():
        return Decided()
    with closing(open_ledger(address, program=program)) as ledger:
        return decided(ledger)


def need_folder(content: Path) -> None:
    """Raises Stop where there is no content folder."""
    if not content.is_dir():
        raise Stop(
            f"There is no folder {content}. Name one with --content, or make one with "
            f"“build.py init {content}”."
        )


def naming(content: Path) -> str:
    """What a command line says of the content folder: nothing, if it is the usual one."""
    return "" if content == Path("content") else f" --content {content}"


def say(problems: Iterable[Problem], folder: Path) -> None:
    """Prints each problem on a line of its own, its file as it can be opened from here."""
    for problem in problems:
        inside = problem.file.startswith(("site/", "templates/"))
        file = problem.file if inside else str(folder / problem.file)
        print(dataclasses.replace(problem, file=file), file=sys.stderr)
