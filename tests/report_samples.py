"""Reports for tests and for the eye: a rich one, an empty one, one of extremes, one quiet, rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from passalong.report.model import (
    FUNNEL,
    MILLION,
    Arm,
    Cell,
    Column,
    Experiment,
    Figure,
    Line,
    Number,
    Option,
    Picks,
    Point,
    Report,
    Sentence,
    Series,
    Stage,
    Table,
    Waiting,
)

NOW = datetime(2026, 11, 22, 13, 2, tzinfo=UTC)
FIRST, LAST = date(2026, 8, 25), date(2026, 11, 22)
PICKS = Picks("90", FIRST, LAST)


def whole(n: float) -> int:
    """A count in millionths."""
    return round(n * MILLION)


def count(n: float, influenced: float = 0, rows: str = "") -> Figure:
    return Figure(whole(n), whole(influenced), rows)


def money(euros: float, influenced: float = 0, rows: str = "") -> Figure:
    return Figure(round(euros * 100), round(influenced * 100), rows)


# --- A rich one -------------------------------------------------------------------------------

COUNTS = (120, 31, 47, 14, 12, 7, 3)
INFLUENCED = (0, 0, 0, 3, 3, 1, 1)
RATES = (None, 258_000, 742_000, 298_000, 857_000, 583_000, 429_000)
OPENED = (0, 12_000, 0, 18_500, 9_000, 31_000, 0, 24_000, 16_500, 38_000, 12_000, 23_000, 0)
WON = (0, 0, 4_500, 0, 0, 12_000, 0, 0, -4_500, 0, 17_000, 0, 12_000)

LEADS = (
    Column("visited", "count"),
    Column("meetings", "count"),
    Column("opened", "money"),
    Column("won", "money", bar=True),
)


def leads(value: str, *numbers: float, label: str = "", influenced: float = 0) -> Line:
    visited, met, opened, won = numbers
    return Line(
        value,
        (
            Cell(whole(visited), rows=f"visited:{value}"),
            Cell(whole(met), rows=f"met:{value}"),
            Cell(round(opened * 100), rows=f"opened:{value}", influenced=round(influenced * 100)),
            Cell(round(won * 100), rows=f"won:{value}"),
        ),
        label,
    )


STORIES = Table(
    "story",
    LEADS,
    (
        leads("nordhavn", 18, 5, 74_000, 24_000, label="Nordhavn’s ships wait 31 % less"),
        leads("kaltwasser", 11, 3, 52_500, 17_000, label="Kaltwasser brews on time"),
        leads("mossgate", 9, 2.5, 31_000, 0, label="Mossgate empties its yard by noon"),
        leads("carbery", 6, 1.5, 26_500, 0, label="Carbery’s cold store, door by door"),
        leads("", 3, 0, 0, 0),
    ),
)
MEDIA = Table(
    "medium",
    LEADS,
    (
        leads("email", 21, 7, 98_000, 29_000, influenced=12_000),
        leads("linkedin", 14, 3, 61_000, 12_000),
        leads("whatsapp", 7, 2, 25_000, 0),
        leads("copy-link", 5, 0, 0, 0),
    ),
)
MESSAGES = Table(
    "message",
    LEADS,
    (
        leads("email.b", 13, 5, 71_000, 24_000),
        leads("email.a", 8, 2, 27_000, 5_000),
        leads("linkedin.a", 14, 3, 61_000, 12_000),
    ),
)
ADVOCATES = Table(
    "advocate",
    LEADS,
    (
        leads("adv-1001", 9, 4, 66_000, 24_000, label="Maria Lindqvist"),
        leads("adv-1007", 7, 3, 41_500, 17_000, label="Konstantinos Alexandros Papadopoulos"),
        leads("adv-1012", 6, 2, 38_000, 0, label="Aoife Ní Bhriain"),
        leads("adv-1031", 5, 1.5, 21_000, 0, label="Jürgen Weiß"),
        leads("adv-1040", 4, 1, 17_500, 0, label="ليلى الحداد"),
    ),
    left_out=26,
)
REGIONS = Table(
    "region",
    LEADS,
    (
        leads("DACH", 20, 6, 92_000, 24_000),
        leads("Nordics", 16, 4, 61_000, 17_000),
        leads("UK & Ireland", 11, 2, 31_000, 0),
    ),
)
CHANNELS = Table(
    "channels",
    (
        Column("deals", "count"),
        Column("average_value", "money"),
        Column("sales_cycle", "days"),
        Column("retention", "rate"),
        Column("cost_per_acquisition", "money", bar=True),
    ),
    (
        Line(
            "referral",
            (
                Cell(whole(3)),
                Cell(1_366_700),
                Cell(whole(38)),
                Cell(917_000),
                Cell(64_000),
            ),
            own=True,
        ),
        Line(
            "fairs",
            (Cell(whole(4)), Cell(980_000), Cell(whole(94)), Cell(810_000), Cell(410_000)),
            label="Trade fairs",
        ),
        Line(
            "search",
            (Cell(whole(11)), Cell(420_000), Cell(whole(61)), Cell(None), Cell(188_000)),
            label="Paid search",
        ),
    ),
)
REPEAT = Table(
    "repeat_advocates",
    (Column("introduced", "count", bar=True), Column("meetings", "count"), Column("won", "money")),
    (
        Line("adv-1001", (Cell(whole(4)), Cell(whole(4)), Cell(2_400_000)), "Maria Lindqvist"),
        Line("adv-1012", (Cell(whole(2)), Cell(whole(2)), Cell(0)), "Aoife Ní Bhriain"),
    ),
)
HITS = Table(
    "hits",
    (Column("hits", "count", bar=True),),
    (
        Line("person", (Cell(whole(47), rows="visited"),), own=True),
        Line("bot:linkedinbot", (Cell(whole(63), rows="hits:bot"),)),
        Line("hidden", (Cell(whole(12)),)),
        Line("look", (Cell(whole(9)),)),
        Line("gpc", (Cell(whole(4)),)),
    ),
)
EXPERIMENTS = (
    Experiment(
        "messages/email",
        (
            Arm("a", 212, 23, 108_491, 73_200, 157_400, 350_000),
            Arm("b", 208, 47, 225_962, 174_300, 287_500, 650_000),
        ),
        "better",
        "b",
        997_900,
        0,
        date(2026, 9, 1),
    ),
    Experiment(
        "reward",
        (
            Arm("a", 61, 9, 147_541, 79_700, 256_300, 500_000),
            Arm("b", 59, 11, 186_441, 107_500, 303_800, 500_000),
        ),
        "no-winner",
        "b",
        716_000,
        100,
        date(2026, 10, 12),
    ),
)
INBOX = (
    Waiting("evt_81", date(2026, 11, 19), "hubspot", "unmatched", "Kestrel", 4_200_000, "EUR"),
    Waiting("evt_77", date(2026, 11, 12), "salesforce", "unknown-stage", "Verbal commit"),
)

RICH = Report(
    version="rich-1",
    currency="EUR",
    picks=PICKS,
    counted_to=NOW,
    began=date(2026, 1, 12),
    sentence=Sentence(
        count(120, rows="asked"),
        count(31, rows="acted"),
        count(12, 3, rows="met"),
        money(184_000, 52_000, rows="opened"),
        money(41_000, 9_000, rows="won"),
        opened_earlier=True,
    ),
    funnel=tuple(
        Stage(code, count(n, more, rows=code), rate)
        for code, n, more, rate in zip(FUNNEL, COUNTS, INFLUENCED, RATES, strict=True)
    ),
    afterwards=(
        Stage("renewed", count(2, rows="renewed")),
        Stage("expanded", count(1, rows="expanded")),
        Stage("reversed", count(1, rows="reversed")),
        Stage("no_show", count(2, rows="no_show")),
        Stage("churned", count(0)),
    ),
    series=Series(
        "week",
        tuple(
            Point(
                FIRST + timedelta(weeks=week),
                money(opened, opened / 4, rows=f"opened:{week}" if opened else ""),
                money(won, rows=f"won:{week}" if won else ""),
            )
            for week, (opened, won) in enumerate(zip(OPENED, WON, strict=True))
        ),
    ),
    numbers=(
        Number("sales_cycle", whole(38)),
        Number("average_value", 1_366_700),
        Number("cost_per_acquisition", 64_000),
        Number("reward_cost", 93_000, "rewards"),
        Number("yield", 25_000),
        Number("retention", 917_000),
        Number("repeat_advocates", 226_000, "repeat"),
        Number("viral_coefficient", 140_000),
        Number("chain_depth", whole(3)),
    ),
    tables=(STORIES, MEDIA, MESSAGES, ADVOCATES, REGIONS),
    channels=CHANNELS,
    repeat_advocates=REPEAT,
    hits=HITS,
    inbox=INBOX,
    inbox_left_out=3,
    review=count(2, rows="review"),
    experiments=EXPERIMENTS,
)

# --- Others -----------------------------------------------------------------------------------

EMPTY = Report(version="empty", currency="EUR", picks=PICKS, counted_to=NOW)

QUIET = replace(
    RICH,
    version="quiet",
    picks=replace(PICKS, period="30", first=date(2026, 10, 24)),
    sentence=Sentence(),
    funnel=tuple(Stage(code, Figure()) for code in FUNNEL),
    afterwards=(),
    series=Series("week", (Point(FIRST), Point(FIRST + timedelta(weeks=1)))),
    numbers=tuple(replace(number, value=None, rows="") for number in RICH.numbers),
    tables=(),
    channels=None,
    repeat_advocates=None,
    hits=None,
    review=Figure(),
    experiments=(),
)

LONG = "Konstantinos-Alexandros Papadopoulos-Wolfeschlegelsteinhausenbergerdorff & Söhne"
NASTY = "<script>alert(1)</script>\"'&={{x}}"
MANY = 10**13

EXTREME = replace(
    RICH,
    version="extreme",
    currency="KWD",
    picks=replace(
        PICKS,
        period="custom",
        by="advocate",
        only="adv-1",
        values=(Option("adv-1", LONG), Option("adv-2", NASTY), Option("")),
    ),
    sentence=Sentence(
        count(1_234_567, rows="asked"),
        count(1, rows="acted"),
        count(0.4, 0.6),
        Figure(MANY, MANY),
        Figure(-MANY, 0),
    ),
    funnel=tuple(
        Stage(code, count(n, more), rate)
        for code, n, more, rate in zip(
            FUNNEL,
            (1_234_567, 1, 9_876_543, 0.3, 0, 0.000_001, 0),
            (0, 0, 0, 1_000_000, 0, 0, 2),
            (None, 1, 9_000_000, None, 0, 1_000_000, None),
            strict=True,
        )
    ),
    series=Series("day", (Point(FIRST, Figure(-MANY, 0), Figure(7, MANY)),)),
    numbers=tuple(replace(number, value=MANY) for number in RICH.numbers),
    tables=(
        Table(
            "advocate",
            LEADS,
            (
                leads("adv-1", 1_000_000, 0.25, 99_999_999.99, -12_345_678.9, label=LONG),
                leads("adv-2", 0, 0, -5, 0, label=NASTY),
                leads(NASTY, 0, 0, 0, 0),
                leads("", 0, 0, 0, 0),
            ),
            left_out=1_234_567,
        ),
        *RICH.tables[1:3],
    ),
    inbox=(Waiting("x", LAST, NASTY, "something-new", LONG, -MANY, "JPY"),),
    experiments=(
        Experiment(
            NASTY,
            tuple(Arm(name, 0, 0, None, 0, MILLION, 250_000) for name in ("a", "b", "c", LONG)),
            "too-early",
            minimum=50,
        ),
        replace(EXPERIMENTS[1], winner="", probability=None),
    ),
)

ROWS = replace(
    RICH,
    version="rows",
    rows=Table(
        "rows",
        (
            Column("stage", "text"),
            Column("who", "text"),
            Column("advocate", "text"),
            Column("evidence", "text"),
            Column("credit", "text"),
            Column("amount", "money"),
        ),
        tuple(
            Line(
                f"2026-11-{day:02}",
                (
                    Cell(code="met"),
                    Cell(text=who),
                    Cell(text="Maria Lindqvist", code="adv-1001", rows="advocate:adv-1001"),
                    Cell(code="introduction"),
                    Cell(code="only"),
                    Cell(amount),
                ),
            )
            for day, who, amount in ((17, "Tomas Berg", 1_850_000), (9, LONG, None))
        ),
        about="met",
    ),
    opened="met",
)
NO_ROWS = replace(ROWS, version="no-rows", rows=Table("rows", ()))

SAMPLES = {
    "rich": RICH,
    "empty": EMPTY,
    "quiet": QUIET,
    "extreme": EXTREME,
    "rows": ROWS,
    "no rows": NO_ROWS,
}
