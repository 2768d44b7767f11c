"""``erase``: nothing is kept of a person, but that something happened and how often."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from passalong.commands.desk import desk
from passalong.commands.mailbox import letters_about
from passalong.commands.order import naming
from passalong.exports.erasure import Eraser
from passalong.exports.person import find, subjects_of
from passalong.folder import Folder
from passalong.holders import pages_at

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from passalong.commands.desk import Desk
    from passalong.exports.person import Record


def main(options: argparse.Namespace, root: Path) -> int:
    """Erases somebody, and says what lies in the marketer's own lists yet."""
    with desk(options, root, "nobody was erased") as opened:
        found = find(opened.people, opened.ledger, options.person)
        subjects = subjects_of(found)
        standings = opened.ledger.standing(subjects)
        pages = [
            path
            for subject in subjects
            for path in pages_at(
                opened.keys, subject, standings[subject].revision, _vanity(found, subject)
            )
        ]
        letters = letters_about(opened.var, found)
        called_off = _eraser(opened, found).erase(subjects, opened.digests(found))
    for path in pages:
        Folder(options.out).remove(path)
    for letter in letters:
        letter.unlink(missing_ok=True)
    print(f"Erased: {', '.join(subjects)}.")
    if called_off or letters:
        print(
            f"Meetings called off: {called_off}; letters taken out of the mailbox: {len(letters)}."
        )
    _tell(options, found)
    return 0


def _eraser(opened: Desk, found: list[Record]) -> Eraser:
    advocates = {one.row.id: getattr(one.row, "advocate", "") for one in found}
    return Eraser(
        opened.ledger,
        opened.program.id,
        advocates,
        clock=lambda: datetime.now(UTC),
        new_id=lambda: secrets.token_hex(16),
    )


def _vanity(found: list[Record], subject: str) -> str:
    """The share code that somebody chose, under which a page lies."""
    codes = (getattr(one.row, "share_code", "") for one in found if one.subject == subject)
    return next(filter(None, codes), "")


def _tell(options: argparse.Namespace, found: list[Record]) -> None:
    listed = [one for one in found if one.place != "ledger"]
    if listed:
        print(f"Your own lists still name them: {', '.join(one.place for one in listed)}.")
        print("Take these rows out, in your CRM, too; then what ids.csv holds of them goes with")
        ids = " ".join(dict.fromkeys(one.row.id for one in listed))
        print(f"  python build.py build --remove {ids}{naming(options.content)}")
    else:
        print("Other pages stop speaking of them with the next build:")
        print(f"  python build.py build{naming(options.content)}")
