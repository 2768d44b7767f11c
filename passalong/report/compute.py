"""A report from the figures that are kept ready: how many events there were makes no difference.

The ledger is asked for each table of figures once, for where the figures stand, and for what waits:
about a dozen calls, by period and breakdown alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from passalong import zones
from passalong.conversions.inbox import held
from passalong.conversions.told import told_in
from passalong.experiments.results import experiments_of
from passalong.figures.rows import ANY_DAY, REVIEW, TABLES, WAITING, table
from passalong.figures.state import consumer
from passalong.report.advocates import people_of
from passalong.report.headline import acts_of, afterwards_of, funnel_of, sentence_of, series_of
from passalong.report.leaders import hits_of, repeat_of, tables_of
from passalong.report.model import Figure, Report, Waiting
from passalong.report.numbers import channels_of, numbers_of
from passalong.report.opened import key_of, opened_by
from passalong.report.origins import MOST, rows_of
from passalong.report.reading import Figures
from passalong.report.values import options_of, refuse_unknown

if TYPE_CHECKING:
    from datetime import tzinfo

    from passalong.known import Known
    from passalong.ledger.port import Delivery, Ledger
    from passalong.report.advocates import People
    from passalong.report.model import Picks

SHOWN: Final = 10
"""Lines of a table that a page shows; the CSV has all."""
_INBOX: Final = 20


def report_of(
    ledger: Ledger,
    known: Known,
    picks: Picks,
    now: datetime,
    *,
    opened: str = "",
    most: int | None = SHOWN,
) -> Report:
    """The report on what is picked, as of ``now``; of each table ``most`` lines, or all.

    ``opened`` is the key of a figure whose rows take the place of the rest. Raises BadPicks,
    Unavailable.
    """
    figures = Figures(ledger, known, picks, now)
    refuse_unknown(figures)
    first, _ = ledger.after("", 1)
    zone = zones.first(known.program.timezone)
    report = Report(
        version="",
        currency=known.program.currency,
        picks=picks,
        counted_to=_counted_to(ledger, figures.generation, now),
        began=first[0].at.astimezone(zone).date() if first else None,
    )
    if opened:
        rows = rows_of(figures, opened_by(opened, picks), None if most is None else MOST)
        report = _with_headline(report, figures, people_of(figures)) if first else report
        return _numbered(replace(report, rows=rows, opened=opened))
    inbox = held(ledger)
    report = replace(
        report,
        inbox=tuple(_waiting(one, zone) for one in inbox[:_INBOX]),
        inbox_left_out=max(len(inbox) - _INBOX, 0),
    )
    return _numbered(_with_figures(report, figures, most) if first else report)


def _with_headline(report: Report, figures: Figures, people: People) -> Report:
    return replace(
        report,
        picks=replace(figures.picks, values=options_of(figures)),
        sentence=sentence_of(figures, people),
        funnel=funnel_of(figures, people),
        acts=acts_of(figures),
        afterwards=afterwards_of(figures),
        review=_in_review(figures),
    )


def _with_figures(report: Report, figures: Figures, most: int | None) -> Report:
    people = people_of(figures)
    numbers = numbers_of(figures, people)
    program = figures.program
    return replace(
        _with_headline(report, figures, people),
        series=series_of(figures),
        numbers=numbers,
        tables=tables_of(figures, most),
        channels=None if figures.picks.only else channels_of(figures, numbers),
        repeat_advocates=repeat_of(figures, people, most) if figures.counts_people() else None,
        hits=hits_of(figures),
        experiments=experiments_of(figures.ledger, program, figures.generation, figures.today),
    )


def _counted_to(ledger: Ledger, generation: int, now: datetime) -> datetime:
    """When the figures last had everything: this minute, unless something has yet to be counted."""
    waiting, _ = ledger.after(ledger.cursor(consumer(generation)), 1)
    at = min(now, waiting[0].at) if waiting else now
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def _in_review(figures: Figures) -> Figure:
    """What waits for somebody to release it, whenever it began; of the whole program."""
    if figures.picks.only:
        return Figure()
    name = table(figures.generation, WAITING, TABLES[0])
    count = figures.ledger.sums(name, ANY_DAY, ANY_DAY).get("", {}).get(REVIEW, 0)
    return Figure(count, rows=key_of(figures.picks, REVIEW) if count else "")


def _waiting(delivery: Delivery, zone: tzinfo) -> Waiting:
    told = told_in(delivery.data)
    amount = told.amount
    return Waiting(
        id=delivery.id,
        at=told.at.astimezone(zone).date(),
        source=told.source,
        reason=delivery.error,
        said=told.company or told.stage,
        amount=amount.minor if amount else None,
        currency=amount.currency if amount else "",
    )


def _numbered(report: Report) -> Report:
    """The report with a version that is another one whenever anything else of it is."""
    said = repr(report).encode("utf-8", "surrogatepass")
    return replace(report, version=hashlib.blake2b(said, digest_size=12).hexdigest())
