"""Programs with experiments, whose every word that varies says what it is and which variant.

``marks`` finds in any text which variants it was written under: ``overview-b`` is the overview of
variant b. Whoever sees two of one thing has seen too much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from passalong.access import Signer
from passalong.bundle import load
from passalong.commands.assigning import InLedger
from passalong.known import Known
from passalong.pages.reading import Order
from passalong.variants import SECTIONS
from tests.programs import KEYS, Files, Made, advocate, files, keys, path_of, referee, write

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MEDIA = ("linkedin", "email", "refer", "ask")
THINGS = (*SECTIONS, *(f"messages/{medium}" for medium in MEDIA))
_PLACES = {
    "overview": ("product", {"overview": "Leeway {}."}),
    "ask": ("looking_for", {"ask": "a head of {}"}),
    "reassurance": ("reassurance", {"text": "We promise {}."}),
    "reward": (
        "reward",
        {"advocate": "a seat {}", "referee": "a cup {}", "disclosure": "Disclosed: {}."},
    ),
}
"""By section its table, and the words in it."""
_MARK = re.compile(rf"((?:message-)?(?:{'|'.join((*SECTIONS, *MEDIA))}))-variant-([a-e])")


def marks(text: str) -> set[tuple[str, str]]:
    """The things in a text that vary, each with the variant that it was written under."""
    return {(thing, variant) for thing, variant in _MARK.findall(text)}


@dataclass(frozen=True)
class Trial:
    """An experiment: what varies, the weights of its variants, and further settings."""

    varies: str
    weights: tuple[int, ...]
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.varies.replace("messages/", "message-")

    @property
    def variants(self) -> tuple[str, ...]:
        return tuple("abcde"[: len(self.weights)])

    def setting(self) -> dict[str, Any]:
        """It, as program.toml has it."""
        own = {"name": self.name, "varies": self.varies}
        of_it = {"variants": list(self.variants), "weights": list(self.weights)}
        return own | of_it | dict(self.more)


def people(count: int = 6) -> dict[str, Any]:
    """So many advocates, in two languages, some with a reward of their own; a referee each."""
    own = ("", "", "none", "a tree")
    advocates = [
        advocate(
            f"a-{n}",
            f"Ana Berg {n}",
            locale=("en", "de")[n % 2],
            reward=own[n % 4],
            show_name="yes" if n % 3 else "",
            industry="",
        )
        for n in range(count)
    ]
    referees = [referee(f"r-{n}", f"Tomas Lund {n}", advocate=f"a-{n}") for n in range(count)]
    return {"advocates": advocates, "referees": referees}


def content(trials: Iterable[Trial], count: int = 6) -> Files:
    """A program in two languages with these experiments, whatever there is marked."""
    program: dict[str, Any] = {"experiments": [], "share": {"media": ["linkedin", "email"]}}
    german: dict[str, Any] = {}
    messages = {f"messages/{medium}.md": _message(medium, "a") for medium in MEDIA}
    messages |= {f"messages/{medium}.de.md": _message(medium, "a") for medium in MEDIA}
    for section, (name, words) in _PLACES.items():
        for table in (program, german):
            table.setdefault(name, {}).update(_marked(words, f"{section}-variant-a"))
    program["looking_for"]["ask_by_industry"] = None
    for trial in trials:
        program["experiments"].append(trial.setting())
        for variant in trial.variants[1:]:
            if trial.varies in _PLACES:
                name, words = _PLACES[trial.varies]
                for table in (program, german):
                    table[name][variant] = _marked(words, f"{trial.varies}-variant-{variant}")
                continue
            for ending in ("", ".de"):
                file = f"{trial.varies}.{variant}{ending}.md"
                medium = trial.varies.removeprefix("messages/")
                messages[file] = _message(medium, variant)
    privacy = {"pages/privacy.de.md": "# Datenschutz\n\nWenig.\n"}
    program["locales"] = {"de": german}
    return files(**people(count), program=program, more=messages | privacy)


def _marked(words: Mapping[str, str], mark: str) -> dict[str, str]:
    return {key: text.format(mark) for key, text in words.items()}


def _message(medium: str, variant: str) -> str:
    """A message that says all that varies."""
    subject = (
        "" if medium == "linkedin" else f"Subject: About message-{medium}-variant-{variant}\n\n"
    )
    link = "" if medium == "linkedin" else "{link}\n\n"
    words = "{overview|-}\n\n{looking_for|-}\n\n"
    return f"{subject}Hello message-{medium}-variant-{variant}\n\n{words}{link}{{disclosure}}\n"


@dataclass(frozen=True)
class Field:
    """A program that is built as `publish` and `serve` build it."""

    made: Made

    def write(self, trials: Iterable[Trial], count: int = 6) -> None:
        write(self.made.content, content(trials, count))

    def order(
        self, progress: Callable[[int, int], None] = lambda *_: None, at: datetime = NOON
    ) -> Order:
        """What `publish` orders at a time."""
        assigner = InLedger(self.made.address, lambda: at, progress, weighs=True)
        return self.made.order(bundle=self.bundle, assigner=assigner)

    @property
    def bundle(self) -> Path:
        return self.made.out.parent / "bundle.json"

    def known(self) -> Known:
        """What functions know after the build."""
        signer = Signer([key.secret for key in KEYS])
        return Known(load(self.bundle.read_bytes()), keys(), signer)

    def seen_by(self, number: int) -> set[tuple[str, str]]:
        """All variants on the built pages of an advocate and their referee."""
        own = ("advocate", f"a-{number}"), ("share", f"a-{number}"), ("referee", f"r-{number}")
        tree = self.made.out
        return set().union(*(marks((tree / path_of(*one)).read_text("utf-8")) for one in own))


def field_in(folder: Path, var: Path | None = None, ledger: str = "") -> Field:
    """A field in a folder; ``var`` keeps preview images between several."""
    return Field(Made(folder / "content", folder / "out", var or folder / "var", ledger))
