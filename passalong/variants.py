"""Variants of experiments: who has which, and the program as they see it.

An advocate has one variant of each experiment, and with it everything that comes from them: their
own page, their share page, the pages of those whom they introduce, their messages. Which one is
drawn by a keyed hash of experiment and advocate, once; what was noted in the ledger since, stays.

The *code* of a variant is ``<experiment>=<variant>``; events hold an advocate's codes with commas
between them, pages are made for those that show on them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.editorial import Editorial

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from passalong.ledger.port import Standing
    from passalong.program import Experiment, Program, Texts
    from passalong.tokens import PathKeys

SECTIONS: Final = {
    "overview": ("overview",),
    "ask": ("ask", "ask_by_industry"),
    "reassurance": ("reassurance",),
    "reward": ("reward_advocate", "reward_referee", "disclosure"),
}
"""The parts of a page that can vary, each with the `Texts` of it."""
MESSAGES: Final = "messages/"
"""What varies, where it is a message: this and its medium."""

_WEIGHTS: Final = "weights"


class Given(NamedTuple):
    """A variant that somebody was given, on a day such as 2026-11-24."""

    variant: str
    day: str


def code_of(experiment: Experiment, variant: str) -> str:
    """The code of a variant."""
    return f"{experiment.name}={variant}"


def running(program: Program) -> tuple[Experiment, ...]:
    """The experiments that people are in."""
    return tuple(one for one in program.experiments if not one.ended)


# --- Who has which ----------------------------------------------------------------------------


def preference(experiment: Experiment) -> str:
    """The preference under which the ledger keeps which variant somebody was given."""
    return "variant_" + experiment.name.replace("-", "_")


def noted(given: Given) -> str:
    """The value of that preference."""
    return f"{given.variant} {given.day}"


def given_to(experiment: Experiment, standing: Standing | None) -> Given | None:
    """What somebody was given, as far as there still is such a variant."""
    text = standing.preferences.get(preference(experiment), "") if standing else ""
    variant, _, day = text.partition(" ")
    return Given(variant, day) if variant in experiment.variants else None


def subject_of(experiment: Experiment) -> str:
    """The subject under which the ledger keeps what was decided about an experiment."""
    return f"experiment:{experiment.name}"


def weighed(weights: Mapping[str, int]) -> dict[str, str]:
    """Weights as a preference of that subject."""
    return {_WEIGHTS: ",".join(f"{variant}={share}" for variant, share in weights.items())}


def weights_of(experiment: Experiment, standing: Standing | None) -> tuple[int, ...]:
    """The weights by which people not yet assigned draw: the ledger's, if they are automatic."""
    text = standing.preferences.get(_WEIGHTS, "") if standing and experiment.automatic else ""
    found = dict(part.split("=") for part in text.split(",")) if text else {}
    if set(found) != set(experiment.variants):
        return experiment.weights
    return tuple(int(found[variant]) for variant in experiment.variants)


def drawn(experiment: Experiment, weights: Sequence[int], lot: int) -> str:
    """The variant that a lot, a number below 2**64, falls on: each as often as it weighs."""
    place = lot * sum(weights) >> 64
    for variant, weight in zip(experiment.variants, weights, strict=True):
        if place < weight:
            return variant
        place -= weight
    return experiment.variants[-1]


def variants_of(
    experiments: Sequence[Experiment],
    advocates: Iterable[str],
    known: Mapping[str, Standing],
    keys: PathKeys,
) -> dict[str, str]:
    """By id the codes of what each advocate was given, or else draws."""
    weighted = [(one, weights_of(one, known.get(subject_of(one)))) for one in experiments]
    return {
        advocate: ",".join(
            code_of(one, _variant(one, weights, advocate, known, keys)) for one, weights in weighted
        )
        for advocate in advocates
    }


def _variant(
    experiment: Experiment,
    weights: Sequence[int],
    advocate: str,
    known: Mapping[str, Standing],
    keys: PathKeys,
) -> str:
    given = given_to(experiment, known.get(f"advocate:{advocate}"))
    return (
        given.variant if given else drawn(experiment, weights, keys.lot(experiment.name, advocate))
    )


# --- What they see ----------------------------------------------------------------------------


class Views:
    """A program as those see it who have certain variants."""

    def __init__(self, editorial: Editorial) -> None:
        self._editorial = editorial
        self._by_code = {
            code_of(one, variant): one
            for one in editorial.program.experiments
            for variant in one.variants[1:]
        }
        self._shown: dict[tuple[str, str], tuple[str, ...]] = {}
        self._made: dict[tuple[str, ...], Editorial] = {(): editorial}

    def shown(self, said: str, kind: str) -> tuple[str, ...]:
        """The codes among an advocate's that change pages of a kind, plain ones left out.

        A message stands on an advocate's own page; what else varies may stand on any.
        """
        if not said:
            return ()
        if (said, kind) not in self._shown:
            self._shown[said, kind] = tuple(
                code
                for code in said.split(",")
                if (one := self._by_code.get(code))
                and (kind == "advocate" or not one.varies.startswith(MESSAGES))
            )
        return self._shown[said, kind]

    def editorial(self, codes: tuple[str, ...]) -> Editorial:
        """The words under these variants, as if there were no others."""
        if codes not in self._made:
            self._made[codes] = seen(self._editorial, codes)
        return self._made[codes]

    def program(self, codes: tuple[str, ...]) -> Program:
        """The program under these variants."""
        return self.editorial(codes).program


def seen(editorial: Editorial, codes: Iterable[str]) -> Editorial:
    """The editorial content with these variants in the place of what is plain."""
    for code in codes:
        name, _, variant = code.partition("=")
        one = next(one for one in editorial.program.experiments if one.name == name)
        if one.varies.startswith(MESSAGES):
            medium = one.varies.removeprefix(MESSAGES)
            editorial = _with_message(editorial, medium, variant)
        else:
            program = _with_section(editorial.program, one.varies, code)
            editorial = replace(editorial, program=program)
    return editorial


def _with_message(editorial: Editorial, medium: str, variant: str) -> Editorial:
    messages = [
        replace(message, variant="") if message.medium == medium else message
        for message in editorial.messages
        if message.medium != medium or message.variant == variant
    ]
    return replace(editorial, messages=tuple(messages))


def _with_section(program: Program, section: str, code: str) -> Program:
    texts = {
        locale: replace(
            plain,
            **{name: getattr(program.varied[code][locale], name) for name in SECTIONS[section]},
        )
        for locale, plain in program.texts.items()
    }
    return replace(program, texts=texts)


def concluded(editorial: Editorial) -> Editorial:
    """The content as it is since experiments have ended, each with the variant that it ended on."""
    ended = [one for one in editorial.program.experiments if one.ended]
    if not ended:
        return editorial
    last = [code_of(one, one.ended) for one in ended if one.ended != one.variants[0]]
    program = (editorial := seen(editorial, last)).program
    over = {code_of(one, variant) for one in ended for variant in one.variants}
    varied = {code: texts for code, texts in program.varied.items() if code not in over}
    return replace(editorial, program=replace(program, varied=varied))


def every_text(program: Program, locale: str) -> Iterator[Texts]:
    """What anybody may read in a locale: the plain texts and those of each variant."""
    yield program.texts[locale]
    for texts in program.varied.values():
        yield texts[locale]
