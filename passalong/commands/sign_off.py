"""``sign-off``: record that a customer agreed to a case study, as its text is today."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from passalong.content import signoffs
from passalong.errors import Stop

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def main(options: argparse.Namespace, _root: Path) -> int:
    """Records the sign-offs that the options name."""
    until = _day(options.until)
    today = date.today()
    if until and until < today:
        raise Stop(f"--until {until} is past; the sign-off would end before it begins.")
    signoffs.record(
        options.content, options.slugs, options.by, options.authority, today, options.scope, until
    )
    ends = f" until {until}" if until else ""
    for slug in options.slugs:
        print(f"{slug}: signed off by {options.by}, {options.scope}{ends}.")
    return 0


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Stop(f"--until {text} is not a day; write it as 2027-05-02.") from None
