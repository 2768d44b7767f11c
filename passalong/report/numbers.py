"""The key figures of a report, and what it knows of the firm's other channels."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from passalong.booking.mailboxes import mailbox_of
from passalong.events import WON
from passalong.figures.rows import CYCLE, KEPT, name_of
from passalong.report.model import MILLION, NUMBERS, Cell, Column, Line, Number, Table
from passalong.report.opened import key_of
from passalong.report.reading import ratio

if TYPE_CHECKING:
    from datetime import date

    from passalong.known import Known
    from passalong.program import Channel, Cost
    from passalong.report.advocates import People
    from passalong.report.reading import Figures

CHANNELS: Final = (
    Column("deals", "count"),
    Column("average_value", "money"),
    Column("sales_cycle", "days"),
    Column("retention", "rate"),
    Column("cost_per_acquisition", "money", bar=True),
)


def numbers_of(figures: Figures, people: People) -> tuple[Number, ...]:
    """The key figures, of what the program brought about itself.

    sales_cycle: days from the first touch to won, on average of what was won in the period.
    average_value: money of won, by how often there was one.
    cost_per_acquisition: all costs of the period by what was won; of the whole program only.
    reward_cost: costs of the kind rewards in the period; none where the program names none.
    yield: won, of the advocates who were asked in the period.
    retention: of what was won in the period, what neither left nor was taken back, until now.
    repeat_advocates: of those who introduced somebody in the period, those who did so twice.
    viral_coefficient: won, for each advocate who acted in the period.
    chain_depth: the longest row of introductions of which each made an advocate of somebody.
    """
    sums = figures.total()
    won = sums[WON]
    by_people = figures.counts_people()
    asked, acted = people.asked * MILLION, people.acted * MILLION
    values: dict[str, int | None] = {
        "sales_cycle": ratio(sums[CYCLE], won),
        "average_value": _average(sums[name_of(WON, money=True)], won),
        "cost_per_acquisition": _average(_spent(figures), won),
        "reward_cost": _spent(figures, "rewards"),
        "yield": ratio(won, asked) if by_people else None,
        "retention": ratio(sums[KEPT], won),
        "repeat_advocates": ratio(len(people.again), people.introducing) if by_people else None,
        "viral_coefficient": ratio(won, acted) if by_people else None,
        "chain_depth": None if figures.picks.only else chain_depth(figures.known),
    }
    rows = {
        code: key_of(figures.picks, WON)
        for code in ("sales_cycle", "average_value", "retention")
        if won
    }
    return tuple(Number(code, values[code], rows.get(code, "")) for code in NUMBERS)


def _average(money: int | None, count: int) -> int | None:
    """Money by a count in millionths, a half up."""
    return None if money is None or count <= 0 else (money * MILLION + count // 2) // count


def _spent(figures: Figures, kind: str = "") -> int | None:
    """What the program cost in the period; None where it says nothing of that, or where only a
    part of the program is looked at."""
    costs = [one for one in figures.program.costs if kind in ("", one.kind)]
    if not costs or figures.picks.only:
        return None
    return sum(_within(one, figures.picks.first, figures.picks.last) for one in costs)


def _within(cost: Cost, first: date, last: date) -> int:
    """The part of a cost that falls on these days; the parts of all days make the whole."""
    days = (cost.until - cost.since).days + 1

    def passed(day: date) -> int:
        return cost.amount * min(max((day - cost.since).days + 1, 0), days) // days

    return passed(last) - passed(first - timedelta(days=1))


def chain_depth(known: Known) -> int | None:
    """The longest row of introductions: somebody who was introduced is an advocate, by their mail
    address, and has introduced somebody.

    Who introduced each other in a circle, and who leads to them, are no longer row than one. None
    where nobody was introduced.
    """
    advocates = {mailbox_of(one.email): one.id for one in known.bundle.advocates if one.email}
    brought: dict[str, set[str]] = {}
    for referee in known.bundle.referees:
        if referee.status != "suggested":
            advocate = advocates.get(mailbox_of(referee.email), "") if referee.email else ""
            brought.setdefault(referee.advocate, set()).add(advocate)
    left = {who: others & brought.keys() for who, others in brought.items()}
    depth = 0
    while last := [who for who, others in left.items() if not others]:
        depth += 1
        for who in last:
            del left[who]
        for others in left.values():
            others.difference_update(last)
    return max(depth, 1) * MILLION if brought else None


def channels_of(figures: Figures, numbers: tuple[Number, ...]) -> Table | None:
    """The program beside the other channels; None where the marketer names none."""
    channels = figures.program.channels
    if not channels:
        return None
    value = {number.code: number.value for number in numbers}
    won = figures.total()[WON]
    own = Line(
        "referral",
        (Cell(won), *(Cell(value[column.code]) for column in CHANNELS[1:])),
        own=True,
    )
    return Table("channels", CHANNELS, (own, *map(_channel, channels)))


def _channel(channel: Channel) -> Line:
    cells = tuple(Cell(getattr(channel, column.code)) for column in CHANNELS)
    return Line(channel.name, cells, channel.name)
