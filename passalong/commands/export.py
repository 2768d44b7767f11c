"""``export``: files that a CRM imports, or all that is held on one person."""

from __future__ import annotations

import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from passalong.commands.desk import desk
from passalong.commands.mailbox import letters_about
from passalong.csv_text import as_csv
from passalong.events import EXPORTED, Event
from passalong.exports.crm import FORMS
from passalong.exports.leads import leads
from passalong.exports.person import about, find, subjects_of

if TYPE_CHECKING:
    import argparse

    from passalong.commands.desk import Desk


def main(options: argparse.Namespace, root: Path) -> int:
    """Writes the files, or prints what is held on somebody."""
    with desk(options, root, "nothing was exported") as opened:
        if options.person:
            return _person(opened, options.person)
        return _files(opened, "hubspot" if options.hubspot else "salesforce", options.out)


def _files(opened: Desk, crm: str, out: Path | None) -> int:
    found = leads(opened.ledger, opened.people, opened.holders)
    folder = out or Path(f"export-{crm}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = FORMS[crm](found)
    for name, rows in files.items():
        _write(folder / name, as_csv(rows))
    counts = ", ".join(f"{len(rows) - 1} in {name}" for name, rows in files.items())
    people = "1 person who booked is" if len(found) == 1 else f"{len(found)} people who booked are"
    print(f"{people} in {folder}: {counts}.")
    return 0


def _write(path: Path, text: str) -> None:
    """Writes for its owner's eyes only: there are names and addresses in it."""
    path.unlink(missing_ok=True)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
        "w",
        encoding="utf-8",
        newline="",
    ) as file:
        file.write(text)


def _person(opened: Desk, wanted: str) -> int:
    found = find(opened.people, opened.ledger, wanted)
    digests = opened.digests(found)
    letters = letters_about(opened.var, found)
    held = {
        "program": opened.program.id,
        "at": datetime.now(UTC).isoformat(),
        **about(opened.ledger, found, digests),
        "letters": [str(path) for path in letters],
    }
    for subject in subjects_of(found):
        opened.ledger.file(_exported(opened.program.id, subject))
    print(json.dumps(held, ensure_ascii=False, indent=2))
    return 0


def _exported(program: str, subject: str) -> Event:
    """That somebody was handed what is held on them, which the ledger keeps without the data."""
    kind, _, person = subject.partition(":")
    return Event(
        id=secrets.token_hex(16),
        program=program,
        type=EXPORTED,
        at=datetime.now(UTC),
        advocate=person if kind == "advocate" else "",
        referee=person if kind == "referee" else "",
        evidence="command",
        data={"subject": subject},
    )
