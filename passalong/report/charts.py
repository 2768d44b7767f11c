"""Charts as SVG of our own, without scripts and styles: the page's classes say how they look.

Lengths across are in percent of the width, so that a chart fits any screen and its letters stay as
large as they are; from right to left everything is mirrored. All are drawn of whole numbers; what a
chart shows stands beside it as a table, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.report.html import Html, tag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from passalong.report.model import Series, Stage
    from passalong.report.words import Words

_TOP: Final = 20
_BOTTOM: Final = 216
_HEIGHT: Final = 244
_LINES: Final = 4
_LABELS: Final = 4
_FAR: Final = 4
"""So many times the others a stage of the funnel is, before its bar is cut."""
_CUT: Final = 2
"""And so many times the largest other it is drawn then."""
_WIDEST: Final = 12.0
"""Of the width, in percent, that the columns of one step take at most."""


def bar(value: int, largest: int, more: int = 0) -> Html:
    """A bar within a cell: its length is the share of ``largest``; ``more`` is its pale end."""
    whole = max(largest, 1)
    first, further = (max(0, 100 * part / whole) for part in (value, more))
    shapes = [tag("rect", class_="solid", width=percent(first), height="100%")]
    if further:
        shapes.append(
            tag("rect", class_="pale", x=percent(first), width=percent(further), height="100%")
        )
    return tag("svg", *shapes, class_="bar", width="100%", height=6, aria_hidden="true")


def funnel(stages: Sequence[Stage]) -> tuple[list[Html], bool]:
    """One drawing for each stage, to stand below each other without a gap: together a funnel.

    A drawing is a bar as long as the stage's share of the largest, what was only influenced at its
    pale end, and the slope to the next stage. Where one stage is far larger than all others, its
    bar is cut, which a gap in it shows, so that these can be told apart; the second value says so.
    """
    totals = [max(0, stage.count.sourced) + max(0, stage.count.influenced) for stage in stages]
    *_, second, largest = sorted([0, 0, *totals])
    is_cut = 0 < second * _FAR < largest
    full = second * _CUT if is_cut else largest or 1
    drawn = []
    for stage, total, following in zip(stages, totals, [*totals[1:], None], strict=True):
        solid, end = (min(1000, round(1000 * part / full)) for part in (stage.count.sourced, total))
        shapes = [tag("rect", class_="solid", width=max(0, solid), height=56)]
        if end > solid:
            shapes.append(tag("rect", class_="pale", x=solid, width=end - solid, height=56))
        if total > full:
            shapes.append(tag("polygon", class_="gap", points="884,0 904,0 884,56 864,56"))
        if following is not None:
            to = min(1000, round(1000 * following / full))
            shapes.append(tag("polygon", class_="slope", points=f"0,56 {end},56 {to},100 0,100"))
        box = {"viewBox": "0 0 1000 100", "preserveAspectRatio": "none"}
        drawn.append(tag("svg", *shapes, class_="stage", aria_hidden="true", **box))
    return drawn, is_cut


class Scale(NamedTuple):
    """From money to pixels: ``low`` and ``high`` are round amounts, ``step`` is between lines."""

    low: int
    high: int
    step: int

    def y(self, amount: int) -> float:
        """How far down an amount lies."""
        return _TOP + (_BOTTOM - _TOP) * (self.high - amount) / (self.high - self.low)

    @property
    def lines(self) -> range:
        """The amounts that a line is drawn for."""
        return range(self.low, self.high + 1, self.step)


def scale(amounts: Sequence[int], unit: int = 100) -> Scale:
    """A scale that holds all amounts and zero; ``unit`` is a whole of the currency."""
    low, high = min([0, *amounts]), max([0, *amounts])
    if low == high:
        high = unit
    rough = max(1, -(-(high - low) // _LINES))
    power = 10 ** (len(str(rough)) - 1)
    step = next(round(power * by) for by in (1, 2, 2.5, 5, 10) if power * by >= rough)
    return Scale(low // step * step, -(-high // step) * step, step)


def series(data: Series, words: Words, name: str) -> Html:
    """Columns of what was opened and won in each step; ``name`` is the start of the ids in it."""
    chart = _Chart(data, words)
    return tag(
        "svg",
        tag("title", words.text(f"series.name_{data.step}"), id=f"{name}-title"),
        tag("desc", described(data, words), id=f"{name}-desc"),
        *(chart.line(amount) for amount in chart.scale.lines),
        *(chart.columns(place) for place in range(len(data.points))),
        *(chart.amount(amount) for amount in chart.scale.lines if amount),
        *chart.days(),
        class_="series",
        role="img",
        width="100%",
        height=_HEIGHT,
        aria_labelledby=f"{name}-title {name}-desc",
    )


def described(data: Series, words: Words) -> str:
    """What a series shows, in a sentence or two."""
    if not data.points:
        return words.text("nothing")
    span = {"first": words.day(data.points[0].first), "last": words.day(data.points[-1].first)}
    most = max(data.points, key=lambda point: point.opened.sourced)
    opened, won = (
        sum(figure.sourced for figure in figures)
        for figures in ([p.opened for p in data.points], [p.won for p in data.points])
    )
    if not any(point.opened.sourced or point.won.sourced for point in data.points):
        return words.text("series.none", **span)
    return words.text(
        "series.said",
        opened=words.money(opened),
        won=words.money(won),
        day=words.day(most.first),
        most=words.money(most.opened.sourced),
        **span,
    )


class _Chart:
    """A series being drawn: its steps side by side, from the side where reading begins."""

    def __init__(self, data: Series, words: Words) -> None:
        self.data, self.words = data, words
        shown = [figure for point in data.points for figure in (point.opened, point.won)]
        self.scale = scale([figure.sourced for figure in shown])
        self.mirrored = words.locale.dir == "rtl"
        self.slot = 100 / max(len(data.points), 1)
        self.group = min(self.slot * 0.8, _WIDEST)
        self.column = self.group * 0.46

    def at(self, x: float, width: float = 0) -> str:
        """Where something begins that is ``width`` wide."""
        return percent(100 - x - width if self.mirrored else x)

    def line(self, amount: int) -> Html:
        """A line across."""
        y = pixels(self.scale.y(amount))
        return tag("line", class_="grid" if amount else "zero", x1="0", x2="100%", y1=y, y2=y)

    def amount(self, amount: int) -> Html:
        """What a line stands for, above where it begins."""
        y = pixels(self.scale.y(amount) - 5)
        return tag("text", self.words.money(amount), class_="amount", x=self.at(0), y=y)

    def columns(self, place: int) -> Html:
        """The columns of a step, which say their amounts to whoever points at them."""
        point = self.data.points[place]
        begins = place * self.slot + (self.slot - self.group) / 2
        opened = self._column("opened", point.opened.sourced, begins)
        won = self._column("won", point.won.sourced, begins + self.group - self.column)
        if not opened and not won:
            return Html("")
        told = self.words.text(
            "series.point",
            day=step_name(point.first, self.data, self.words),
            opened=self.words.money(point.opened.sourced),
            won=self.words.money(point.won.sourced),
        )
        return tag("g", tag("title", told), opened, won)

    def _column(self, kind: str, amount: int, x: float) -> Html:
        if not amount:
            return Html("")
        zero, end = self.scale.y(0), self.scale.y(amount)
        return tag(
            "rect",
            class_=kind,
            x=self.at(x, self.column),
            width=percent(self.column),
            y=pixels(min(zero, end)),
            height=pixels(abs(zero - end)),
        )

    def days(self) -> list[Html]:
        """The days under some of the columns, as many as fit a phone."""
        last = len(self.data.points) - 1
        chosen = {round(last * at / (_LABELS - 1)) for at in range(_LABELS)} if last >= 0 else ()
        return [self._day(place, last) for place in sorted(chosen)]

    def _day(self, place: int, last: int) -> Html:
        anchor, within = "middle", 0.5
        if last and place in {0, last}:
            anchor, within = ("end", 1.0) if place else ("start", 0.0)
        return tag(
            "text",
            step_name(self.data.points[place].first, self.data, self.words),
            class_="day",
            x=self.at((place + within) * self.slot),
            y=_HEIGHT - 6,
            text_anchor=anchor,
        )


def step_name(day: date, data: Series, words: Words) -> str:
    """A step of time in few letters: its first day, or its month."""
    if data.step == "month":
        months = words.locale.lists["date.months_short"]
        return f"{months[day.month - 1]} {day.year}"
    return words.locale.date(day, "short")


def percent(share: float) -> str:
    """A length across: "12.5%"."""
    return f"{share:.3f}".rstrip("0").rstrip(".") + "%"


def pixels(length: float) -> str:
    """A length in pixels: "12.5"."""
    return f"{length:.2f}".rstrip("0").rstrip(".")
