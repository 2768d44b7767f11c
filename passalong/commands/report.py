"""``report``: what the program brought, as tables to read, as JSON or as CSV files; and links that
open its page.
"""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Final

from passalong.commands import report_link
from passalong.commands.world import opened
from passalong.errors import Stop
from passalong.locales import load
from passalong.readers import DAYS
from passalong.report.answers import data_of
from passalong.report.compute import SHOWN, report_of
from passalong.report.period import picks_of
from passalong.report.sheets import tables_as_csv
from passalong.wiring import now

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from passalong.locales import Locale
    from passalong.report.model import Report
    from passalong.wiring import Wiring

EMPTY: Final = (
    "Nothing has happened yet: nobody was asked, and nobody came.\n"
    "“python build.py links” lists everybody with their own link and the drafted ask; send a few of"
    " them,\nand this report begins with the first press."
)


def _refuse_idle(options: argparse.Namespace) -> None:
    """Raises Stop where an option would be of no effect, so that nobody takes it for one."""
    if options.period and (options.first or options.last):
        raise Stop("--period and --from or --to both say which days: give one or the other.")
    if options.only and not options.by:
        raise Stop("--only needs to know of what: --by medium --only linkedin")
    if options.link is None and options.days is not None:
        raise Stop("--days says how long a link is good: --link NAME --days N")
    if options.link is not None and (options.json or options.csv):
        raise Stop("--link prints a link and nothing else: leave out --json and --csv.")


def main(options: argparse.Namespace, root: Path) -> int:
    """Prints the report, or writes it as files; or prints somebody's link to its page."""
    _refuse_idle(options)
    wiring = opened(root)
    if options.link is not None:
        return _link(wiring, options.link, DAYS if options.days is None else options.days)
    with closing(wiring.ledger) as ledger:
        known, at = wiring.known(), now()
        picks = picks_of(
            known.program,
            at,
            period=options.period,
            first=options.first,
            last=options.last,
            by=options.by,
            only=options.only,
        )
        is_whole = options.json or options.csv
        report = report_of(ledger, known, picks, at, most=None if is_whole else SHOWN)
    if options.json:
        print(json.dumps(data_of(report), ensure_ascii=False))
    if options.csv:
        _write(report, options.csv, load([root / "site/locales"], "en"))
    if not is_whole:
        _show(report, root)
    return 0


def _link(wiring: Wiring, name: str, days: int) -> int:
    known, at = wiring.known(), now()
    with closing(wiring.ledger) as ledger:
        opens = report_link.token(ledger, known.holders, name, at, days)
    url = report_link.page_of(known.program.base_url, opens)
    print(report_link.said(name, url, at, days))
    return 0


def _write(report: Report, folder: Path, locale: Locale) -> None:
    """Writes a file for each table that has rows."""
    folder.mkdir(parents=True, exist_ok=True)
    written = tables_as_csv(report, locale)
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    print(f"{len(written)} tables in {folder}.", file=sys.stderr)


def _show(report: Report, root: Path) -> None:
    if report.began is None:
        print(EMPTY)
        return
    from rich.console import Console  # noqa: PLC0415 - only what is read needs it

    from passalong.commands.report_text import lines_of  # noqa: PLC0415

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    for line in lines_of(report, load([root / "site/locales"], "en")):
        console.print(line)
