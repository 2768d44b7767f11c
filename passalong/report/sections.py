"""The sections of a report: funnel, chart, figures, tables, experiments, and what waits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from passalong.report import charts
from passalong.report.html import Html, bdi, html, join, tag
from passalong.report.model import MILLION, UNITS
from passalong.report.opening import is_broken_down, is_quiet
from passalong.report.tables import PICKS, csv_button, influenced, number, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from passalong.report.model import Experiment, Figure, Report, Stage, Table, Waiting
    from passalong.report.words import Words

COMMAND_INBOX: Final = "python build.py inbox"


def sections(report: Report, words: Words) -> list[Html]:
    """Everything below the sentence that there is something to say in; what it was broken down by
    comes first, for that is what somebody asked for."""
    happened = [] if is_quiet(report) else [_funnel, _series, _numbers]
    whole = [section(report, words) for section in happened]
    shown = _table if report.picks.by == "all" else _picked
    tables = [shown(each, words) for each in report.tables]
    made = [
        *(tables + whole if is_broken_down(report) else whole + tables),
        _table(report.channels, words),
        _table(report.repeat_advocates, words),
        _experiments(report.experiments, words),
        _table(report.hits, words),
        _inbox(report.inbox, report.inbox_left_out, words),
    ]
    return [section for section in made if section]


def _section(
    code: str,
    words: Words,
    *content: Html,
    sheet: str | None = None,
    title: str = "",
    wide: bool = False,
) -> Html:
    """A section with its heading in the margin, or above where it is ``wide``, and the way to its
    CSV under it.

    ``sheet`` is what its CSV is asked for by, "" where there is none.
    """
    heading = tag("h2", title or words.say(f"table.{code}"), id=f"{code}-title")
    asked = code if sheet is None else sheet
    way = tag("p", csv_button(code, words, asked), class_="sheet") if asked else ""
    return tag(
        "section",
        heading,
        tag("div", *content),
        way,
        class_=f"part {code}-part{' wide' if wide else ''}",
        id=f"{code}-part",
        data_part=True,
        aria_labelledby=f"{code}-title",
    )


def _funnel(report: Report, words: Words) -> Html:
    drawn, is_cut = charts.funnel(report.funnel)
    lines = [
        (
            words.say(f"stage.{stage.code}"),
            drawing,
            number(words.number("count", stage.count.sourced), stage.count.rows),
            influenced("count", stage.count.influenced, words),
            html(words.number("rate", stage.rate) if place else ""),
        )
        for place, (stage, drawing) in enumerate(zip(report.funnel, drawn, strict=True))
    ]
    heads = [words.text(f"funnel.{head}") for head in ("stage", "bar", "count", "more", "rate")]
    made = [plain(heads, lines, caption=words.text("funnel.title"), class_="funnel")]
    if after := [stage for stage in report.afterwards if _any(stage.count)]:
        said = [_afterwards(stage, words) for stage in after]
        heading = tag("h3", words.say("funnel.afterwards"), class_="label")
        made += [heading, tag("dl", *said, class_="afterwards")]
    notes = [words.say(f"funnel.{one}") for one in (["note", "cut"] if is_cut else ["note"])]
    made.append(tag("p", join(notes, " "), class_="note"))
    return _section("funnel", words, *made)


def _afterwards(stage: Stage, words: Words) -> Html:
    count = stage.count
    said = number(words.number("count", count.sourced), count.rows)
    more = influenced("count", count.influenced, words)
    heading = tag("dt", words.say(f"stage.{stage.code}"))
    return tag("div", heading, tag("dd", join([said, more], " ")))


def _any(figure: Figure) -> bool:
    return bool(figure.sourced or figure.influenced)


def _series(report: Report, words: Words) -> Html:
    data = report.series
    if not data.points:
        return Html("")
    keys = [tag("span", words.say(f"series.{kind}"), class_=kind) for kind in ("opened", "won")]
    apart = any(p.opened.influenced or p.won.influenced for p in data.points)
    heads = [
        words.text(f"series.{data.step}"),
        words.text("series.opened"),
        words.text("series.won"),
    ]
    if apart:
        heads += [words.text(f"series.{kind}_influenced") for kind in ("opened", "won")]
    lines = []
    for point in data.points:
        day = html(charts.step_name(point.first, data, words))
        cells = [number(words.money(f.sourced), f.rows) for f in (point.opened, point.won)]
        if apart:
            cells += [html(words.money(f.influenced)) for f in (point.opened, point.won)]
        lines.append((day, *cells))
    chart = tag(
        "figure",
        tag("p", *keys, class_="keys", aria_hidden="true"),
        charts.series(data, words, "chart"),
    )
    same = plain(heads, lines, caption=words.text("series.table"))
    summary = tag("summary", words.say("series.table"))
    return _section("series", words, chart, tag("details", summary, same, id="series-table"))


def _numbers(report: Report, words: Words) -> Html:
    if not report.numbers:
        return Html("")
    said = [
        tag(
            "div",
            tag("dt", words.say(f"number.{each.code}")),
            tag(
                "dd",
                tag("b", number(words.number(UNITS[each.code], each.value), each.rows)),
                tag("span", words.say(f"note.{each.code}"), class_="note"),
            ),
        )
        for each in report.numbers
    ]
    return _section("numbers", words, tag("dl", *said, class_="facts-of"))


def _table(data: Table | None, words: Words) -> Html:
    return _section(data.code, words, table(data, words)) if data and data.lines else Html("")


def _picked(data: Table, words: Words) -> Html:
    """The table of a breakdown, named as it is where it was picked, with room for its columns."""
    if not data.lines:
        return Html("")
    title = words.text(f"by.{data.code}")
    return _section(data.code, words, table(data, words), title=title, wide=True)


def _experiments(experiments: Sequence[Experiment], words: Words) -> Html:
    if not experiments:
        return Html("")
    made = [each for one in experiments for each in _experiment(one, words)]
    return _section("experiments", words, *made)


def _experiment(one: Experiment, words: Words) -> Iterable[Html]:
    varies = words.varies(one.about)
    about = html(varies)
    if one.since:
        about = words.say("experiments.about", about=about, date=words.day(one.since))
    yield tag("h3", about, class_="label")
    yield tag("p", _verdict(one, words), class_="verdict")
    named = ("variant", "assigned", "acted", "rate", "interval", "weight")
    heads = [words.text(f"experiments.{head}") for head in named]
    lines = []
    for arm in one.arms:
        low, high = words.rate(arm.low), words.rate(arm.high)
        lines.append(
            (
                bdi(words.variant(arm.variant)),
                html(words.count(arm.assigned)),
                html(words.count(arm.acted)),
                html(words.number("rate", arm.rate)),
                words.say("experiments.between", low=low, high=high),
                html(words.rate(arm.weight)),
            )
        )
    yield plain(heads, lines, caption=f"{words.text('experiments.title')}: {varies}")


def _verdict(one: Experiment, words: Words) -> Html:
    n = words.count(one.minimum)
    variant = bdi(words.variant(one.winner))
    likely = "" if one.probability is None else words.locale.percent(_sure(one.probability))
    if one.code == "better":
        return words.say("experiments.better", variant=variant, probability=likely)
    if one.code == "too-early":
        return words.say("experiments.too_early", n=n)
    if one.winner:
        return words.say("experiments.no_winner", variant=variant, probability=likely, n=n)
    return words.say("experiments.no_leader", n=n)


def _sure(probability: int) -> float:
    """A probability as a share, never rounded up to certainty."""
    return min(probability // 10_000, 99) / 100


def _inbox(inbox: Sequence[Waiting], left_out: int, words: Words) -> Html:
    if not inbox:
        return Html("")
    heads = [words.text(f"inbox.{head}") for head in ("at", "source", "reason", "said")]
    lines = [
        (
            html(words.day(one.at)),
            words.label("source", one.source),
            words.label("inbox", one.reason),
            join([bdi(one.said), html(_amount(one, words))], " "),
        )
        for one in inbox
    ]
    made = [
        tag("p", words.say("inbox.lead")),
        plain(heads, lines, caption=words.text("table.inbox"), class_="texts"),
    ]
    if left_out:
        made.append(tag("p", words.say("left_out", n=words.count(left_out)), class_="note"))
    command = tag("code", COMMAND_INBOX, dir="ltr")
    made.append(tag("p", words.say("inbox.how", command=command), class_="note"))
    return _section("inbox", words, *made)


def _amount(one: Waiting, words: Words) -> str:
    return "" if one.amount is None else words.money(one.amount, one.currency, exact=True)


def _telling(rows: Table) -> Table:
    """The rows without columns that tell nothing apart: empty ones, shares that are whole, and
    stages that are all one."""

    def tells(place: int, code: str) -> bool:
        cells = [line.cells[place] for line in rows.lines]
        if code == "share":
            return any(cell.number != MILLION for cell in cells)
        if code == "stage":
            return len({cell.code for cell in cells}) > 1
        return any(cell.text or cell.code or cell.number is not None for cell in cells)

    kept = [place for place, column in enumerate(rows.columns) if tells(place, column.code)]
    return replace(
        rows,
        columns=tuple(rows.columns[place] for place in kept),
        lines=tuple(
            replace(line, cells=tuple(line.cells[place] for place in kept)) for line in rows.lines
        ),
    )


def opened_rows(rows: Table, opened: str, words: Words) -> Html:
    """The rows behind a number, which ``opened`` opens, and the way back."""
    back = tag("button", words.say("rows.back"), type="submit", form=PICKS, class_="quiet")
    content = [tag("p", back, class_="back")]
    if rows.lines:
        content.append(table(_telling(rows), words))
    else:
        content.append(tag("p", words.say("rows.none")))
    sheet = f"rows/{opened}" if rows.lines else ""
    figure = words.figure(rows.about)
    title = words.say("rows.of", figure=figure) if figure else ""
    return _section("rows", words, *content, sheet=sheet, title=title, wide=True)
