"""What a breakdown can be narrowed to: what was counted, and what the lists hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from passalong.figures.rows import BY_DAY, MONTH, table
from passalong.people import ADVOCATE_KINDS
from passalong.program import MEDIA
from passalong.report.leaders import label_of
from passalong.report.model import Option
from passalong.report.period import BadPicks
from passalong.variants import MESSAGES, code_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from passalong.known import Known
    from passalong.report.reading import Figures

_EVER: Final = ("0001-01-01", "9999-12-31")
_NAMED: Final = 12
"""So many values are named to whoever picked another one."""
_ALIKE: Final = 0.6
"""The ratio of difflib from which on two words are much alike."""


def options_of(figures: Figures) -> tuple[Option, ...]:
    """What a breakdown can be narrowed to: whatever there are figures of, and what is picked."""
    by, only = figures.picks.by, figures.picks.only
    if by == "all":
        return ()
    values = {value for value in figures.lines(BY_DAY, by) if value} | ({only} - {""})
    options = [Option(value, label_of(figures.known, by, value)) for value in values]
    return tuple(sorted(options, key=lambda option: (option.label or option.value, option.value)))


def refuse_unknown(figures: Figures) -> None:
    """Raises BadPicks where the one that is picked is in no list, and was never counted either; the
    message names those that there are, the closest first."""
    by, only = figures.picks.by, figures.picks.only
    if not only:
        return
    listed = set(_listed(figures.known, by))
    if only in listed or only in figures.lines(BY_DAY, by):
        return
    counted = figures.ledger.sums(table(figures.generation, BY_DAY, by) + MONTH, *_EVER)
    found = listed.union(*(figures.values(by, value) for value in counted)) - {""}
    if only not in found:
        names = {value: label_of(figures.known, by, value) for value in found}
        raise BadPicks("only", _said(by, only, names))


def _listed(known: Known, by: str) -> Iterable[str]:
    """The values that the program and its lists name, counted or not."""
    program, advocates = known.program, known.bundle.advocates
    if by == "advocate":
        return (advocate.id for advocate in advocates)
    if by == "story":
        return (story.slug for story in known.bundle.editorial.stories)
    if by == "variant":
        return (code_of(each, one) for each in program.experiments for one in each.variants)
    if by == "message":
        varied = (one for one in program.experiments if one.varies.startswith(MESSAGES))
        named = (f"{one.varies.removeprefix(MESSAGES)}.{v}" for one in varied for v in one.variants)
        return (*MEDIA, *named)
    more = {
        "medium": MEDIA,
        "kind": ADVOCATE_KINDS,
        "owner": tuple(host.id for host in program.booking.hosts),
        "industry": tuple(program.texts[program.locale].industries),
    }
    return (*more.get(by, ()), *(getattr(advocate, by, "") for advocate in advocates))


def _said(by: str, only: str, names: dict[str, str]) -> str:
    """Which values there are instead, in a sentence."""
    if not names:
        return f"only is “{only}”, and there is nothing yet to tell apart by {by}"
    values = _closest(only, names)
    said = [f"{value} ({names[value]})" if names[value] else value for value in values[:_NAMED]]
    more = len(values) - len(said)
    last = f" and {more} more" if more else ""
    return f"only is “{only}”; by {by} it can be {', '.join(said)}{last}"


def _closest(only: str, names: dict[str, str]) -> list[str]:
    """The values, those first that are written much like ``only``, or have a name with it."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - only for a mistake

    wanted = only.casefold()

    def distance(value: str) -> tuple[float, str]:
        texts = [text.casefold() for text in (value, names[value]) if text]
        if any(wanted in text for text in texts):
            return 0.0, value
        alike = max(SequenceMatcher(None, wanted, text).ratio() for text in texts)
        return (1 - alike if alike > _ALIKE else 1.0), value

    return sorted(names, key=distance)
