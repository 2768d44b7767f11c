"""``[[experiments]]`` of ``program.toml``, and whether what they vary is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, cast

from passalong.content.forms import is_locale, is_slug
from passalong.content.problems import did_you_mean, one_of
from passalong.program import MEDIA, Experiment
from passalong.variants import MESSAGES, SECTIONS

if TYPE_CHECKING:
    from collections.abc import Collection

    from passalong.content.problems import Problems
    from passalong.content.schema import Table
    from passalong.editorial import Message
    from passalong.program import Program

OF_OURS: Final = ("ask", "refer")
"""Messages that are no medium's."""
DAYS: Final = {"acted": 14, "booked": 60, "won": 180}
"""Within how many days of their first an advocate has to have brought about each goal."""
_LONGEST: Final = 40


def read_experiments(
    program: Table, media: Collection[str], locales: Collection[str]
) -> tuple[Experiment, ...]:
    """The experiments, each with a name of its own, and about something of its own."""
    found: list[Experiment] = []
    for table in program.tables("experiments"):
        one = _experiment(table, media, locales)
        if one.name and one.name in {other.name for other in found}:
            table.error("name", f"is “{one.name}”, which is another experiment's already.")
        elif one.varies and one.varies in {other.varies for other in found}:
            hint = "Two at a time could not be told apart: give one of them up."
            table.error("varies", f"is “{one.varies}”, as another experiment's is.", hint)
        elif one.name and one.varies:
            found.append(one)
    return tuple(found)


def _experiment(table: Table, media: Collection[str], locales: Collection[str]) -> Experiment:
    variants = _variants(table, locales)
    goal = table.choice("goal", DAYS, "acted")
    one = Experiment(
        name=_name(table),
        varies=_varies(table, media),
        variants=variants,
        weights=_weights(table, len(variants)),
        goal=cast("Literal['acted', 'booked', 'won']", goal),
        days=table.number("days", DAYS.get(goal, 14), 1, 1000),
        minimum=table.number("minimum", 50, 1, 1_000_000),
        since=table.day("since"),
        automatic=table.choice("allocation", ("fixed", "automatic"), "fixed") == "automatic",
        ended=table.choice("ended", variants),
    )
    table.finish()
    return one


def _name(table: Table) -> str:
    expected = f"small letters, digits and hyphens, {_LONGEST} at most"
    return table.checked(
        "name", lambda name: is_slug(name) and len(name) <= _LONGEST, expected, required=True
    )


def _varies(table: Table, media: Collection[str]) -> str:
    """What varies; a message only of a medium that the program has."""
    sent = [medium for medium in MEDIA if medium in media and medium != "copy-link"]
    known = (*SECTIONS, *(f"{MESSAGES}{name}" for name in (*sent, *OF_OURS)))
    return table.choice("varies", known, required=True)


def _variants(table: Table, locales: Collection[str]) -> tuple[str, ...]:
    """Two names at least; whatever is written, so many come out."""
    variants = table.texts("variants")
    for number, name in enumerate(variants):
        if not is_slug(name) or len(name) > _LONGEST:
            table.error("variants", f"names “{name}”; use small letters, digits and hyphens.")
        elif _is_language(name, locales):
            hint = "In the name of a file it could not be told from one."
            table.error("variants", f"names “{name}”, which is a language.", hint)
        elif name in variants[:number]:
            table.error("variants", f"names “{name}” twice.")
    if len(variants) < 2:
        hint = 'It looks like variants = ["a", "b"]; the first is what you have now.'
        table.error("variants", "must name two at least.", hint)
        return "a", "b"
    return variants


def _is_language(name: str, locales: Collection[str]) -> bool:
    return name in locales or (len(name.partition("-")[0]) == 2 and is_locale(name))


def _weights(table: Table, count: int) -> tuple[int, ...]:
    weights = table.numbers("weights", 0, 1_000_000)
    if not weights:
        return (1,) * count
    if len(weights) != count or not any(weights):
        hint = f"It looks like weights = {[1] * count}, in the order of the variants."
        table.error("weights", f"must be {count} numbers, one at least above 0.", hint)
        return (1,) * count
    return weights


def check_messages(
    program: Program, messages: Collection[tuple[str, str, str]], problems: Problems
) -> None:
    """Report messages of experiments that nobody wrote; ``messages`` are medium, locale, variant.

    A variant is there in each language in which the plain message is: its readers would be shown
    another language, and its results would say nothing.
    """
    for one in program.experiments:
        medium = one.varies.removeprefix(MESSAGES)
        if medium == one.varies:
            continue
        for locale in program.locales:
            wanted = [] if (medium, locale, "") not in messages else one.variants[1:]
            for variant in wanted:
                if (medium, locale, variant) not in messages:
                    file = _file(medium, variant, "" if locale == program.locale else locale)
                    problems.error(file, 0, f"is missing: the experiment {one.name} shows it.")


def check_unused(program: Program, messages: Collection[Message], problems: Problems) -> None:
    """Warn of variants that nobody is shown."""
    shown = {one.varies: one.variants[1:] for one in program.experiments}
    for message in messages:
        variants = shown.get(f"{MESSAGES}{message.medium}", ())
        if message.variant and message.variant not in variants:
            text = f"nobody is shown the variant “{message.variant}”: no experiment has it."
            hint = did_you_mean(message.variant, variants)
            if variants and not hint:
                hint = f"There is {one_of(variants)}."
            problems.warn(message.file, 0, text, hint)


def _file(medium: str, variant: str, locale: str) -> str:
    return f"{MESSAGES}{'.'.join(filter(None, (medium, variant, locale)))}.md"
