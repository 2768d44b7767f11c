"""What a report says, as plain records: numbers and codes. How they are worded comes after.

Numbers are whole. Money is in minor units of ``Report.currency``; everything else that is counted
or measured (counts, rates, days, factors) is in millionths, since credit is split: 1 meeting is
1,000,000, a rate of 31 % is 310,000, 45 days are 45,000,000. None is a number that there is not: a
rate of nothing, an average over nobody.

``rows`` of a figure names what opens its rows, for `Report.rows` of the next answer; "" where
there is nothing to open. It is opaque here, and made of letters, digits and ``-_.:/``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from datetime import date, datetime

MILLION: Final = 1_000_000
"""One whole of everything that is no money."""

FUNNEL: Final = ("asked", "acted", "visited", "booked", "met", "qualified", "won")
"""The stages of the funnel. ``acted``: advocates who shared a link or introduced somebody."""
ACTS: Final = ("shared", "introduced")
"""What advocates did, as often as they did it; who did so is ``acted``."""
AFTERWARDS: Final = (
    *("renewed", "expanded", "churned", "reversed"),
    *("lost", "disqualified", "no_show"),
)
"""What else became of it, beside the funnel."""
NUMBERS: Final = (
    "sales_cycle",
    "average_value",
    "cost_per_acquisition",
    "reward_cost",
    "yield",
    "retention",
    "repeat_advocates",
    "viral_coefficient",
    "chain_depth",
)
"""The key figures; what each is counted in says `UNITS`."""
PERIODS: Final = ("30", "90", "365", "month", "quarter", "year", "custom")
"""The last so many days, the current month, quarter and year, or days that are given."""
BREAKDOWNS: Final = (
    "all",
    "story",
    "medium",
    "message",
    "advocate",
    "kind",
    "owner",
    "region",
    "industry",
    "variant",
)
"""What a report can be broken down by. ``all`` is the whole program."""

Unit = Literal["text", "count", "money", "rate", "days", "factor", "day"]
"""How a number is written. A ``factor`` has two decimals; ``text`` and ISO ``day`` are none."""

UNITS: Final[dict[str, Unit]] = {
    "sales_cycle": "days",
    "average_value": "money",
    "cost_per_acquisition": "money",
    "reward_cost": "money",
    "yield": "rate",
    "retention": "rate",
    "repeat_advocates": "rate",
    "viral_coefficient": "factor",
    "chain_depth": "factor",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """What the program brought about (``sourced``), and what it only took part in."""

    sourced: int = 0
    influenced: int = 0
    rows: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be picked; ``label`` is a name, "" where the words of ``value`` say it."""

    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Picks:
    """What the report is about, and what else it could be about.

    ``first`` and ``last`` are days of the program's time zone, both within; ``by`` is one of
    `BREAKDOWNS`, ``only`` one of its values ("" for all), which ``values`` offers.
    """

    period: str
    first: date
    last: date
    by: str = "all"
    only: str = ""
    periods: tuple[str, ...] = PERIODS
    breakdowns: tuple[str, ...] = BREAKDOWNS
    values: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """The report in a sentence. ``opened`` and ``won`` are money, the others counts.

    ``opened_earlier``: a part of what was won was opened before the period.
    """

    asked: Figure = Figure()
    acted: Figure = Figure()
    meetings: Figure = Figure()
    opened: Figure = Figure()
    won: Figure = Figure()
    opened_earlier: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One of `FUNNEL`, `ACTS` or `AFTERWARDS`, with the rate at which the stage before led to it.

    The rate is of the cohort whose first touch lies in the period, so it is no quotient of counts.
    """

    code: str
    count: Figure
    rate: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """Money of one step of time, which begins on a day; reversals may make it negative."""

    first: date
    opened: Figure = Figure()
    won: Figure = Figure()


@dataclass(frozen=True, slots=True)
class Series:
    """Pipeline opened and won over time, in order and without a gap."""

    step: Literal["day", "week", "month"]
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """One of `NUMBERS`."""

    code: str
    value: int | None
    rows: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column after the first; with a ``bar`` its cells show their size, too."""

    code: str
    unit: Unit
    bar: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A number in its column's unit, or a text; ``code`` is a text that has words.

    The words of a code are those of the column: ``report.<column>.<code>``.
    """

    number: int | None = None
    text: str = ""
    code: str = ""
    influenced: int = 0
    rows: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: what it is about, and a cell for each column.

    ``label`` is a name; where it is "" the words of ``value`` say it. ``own`` marks the program
    among other channels.
    """

    value: str
    cells: tuple[Cell, ...]
    label: str = ""
    rows: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: ``code`` names it, its CSV, its words and what its first column holds.

    ``left_out`` counts the lines that are only in the CSV. ``about`` is the figure whose rows a
    table of rows shows: a stage, a column or a number by its code.
    """

    code: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...] = ()
    left_out: int = 0
    about: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record from outside that a person must look at: ``reason`` is a code.

    ``said`` is what it called itself (a stage that we do not know, a deal's name), ``amount`` money
    in its own ``currency``.
    """

    id: str
    at: date
    source: str
    reason: str
    said: str = ""
    amount: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Arm:
    """A variant in an experiment: people assigned, those who acted, and the rate with its interval.

    ``assigned`` and ``acted`` are counts of people, in whole persons; the others millionths.
    ``weight`` is the share of people not yet assigned who will get it.
    """

    variant: str
    assigned: int
    acted: int
    rate: int | None
    low: int
    high: int
    weight: int


@dataclass(frozen=True, slots=True)
class Experiment:
    """Variants against each other, and what may be said of them.

    ``about`` names what varies (``messages/linkedin``, ``reward``). ``code`` is that of a
    `passalong.experiments.statistics.Verdict`: too-early, no-winner, better; ``winner`` the best
    variant, ``probability`` that it is, ``minimum`` how many of each variant one waits for.
    """

    about: str
    arms: tuple[Arm, ...]
    code: str
    winner: str = ""
    probability: int | None = None
    minimum: int = 0
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page says. ``version`` is another one whenever anything else differs.

    ``began`` is the day of the program's first event, None as long as nothing has happened: such a
    report says what to do first. ``counted_to`` is when the relay last caught up. ``hits`` says how
    many visits were counted and, reason by reason, what was not. ``review`` counts what waits for
    somebody to release it: self-referrals. ``rows`` is what somebody opened, in place of the rest,
    by the key ``opened``.
    """

    version: str
    currency: str
    picks: Picks
    counted_to: datetime
    began: date | None = None
    sentence: Sentence = Sentence()
    funnel: tuple[Stage, ...] = ()
    acts: tuple[Stage, ...] = ()
    afterwards: tuple[Stage, ...] = ()
    series: Series = Series("week")
    numbers: tuple[Number, ...] = ()
    tables: tuple[Table, ...] = ()
    channels: Table | None = None
    repeat_advocates: Table | None = None
    hits: Table | None = None
    inbox: tuple[Waiting, ...] = ()
    inbox_left_out: int = 0
    review: Figure = Figure()
    experiments: tuple[Experiment, ...] = ()
    rows: Table | None = None
    opened: str = ""
