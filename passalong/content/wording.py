"""What a program says, in each of its languages and under each variant of its experiments.

The parts of a page that can vary are read in one way: the plain table, its translation, and the
table of a variant within either (``[reward.b]``), which stands in the place of the whole table.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from passalong.content.booking import read_questions, translated_questions
from passalong.content.forms import is_locale
from passalong.content.problems import did_you_mean
from passalong.program import Texts
from passalong.variants import SECTIONS, code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from passalong.content.schema import Table
    from passalong.program import Experiment

_PLACES: Final = {
    "overview": ("product", ("overview",)),
    "ask": ("looking_for", ("ask", "ask_by_industry")),
    "reassurance": ("reassurance", ("text",)),
    "reward": ("reward", ("advocate", "referee", "disclosure")),
}
"""By part of a page its table and the keys in it."""


class Words(NamedTuple):
    """The texts of a language, and those under each variant by its code."""

    texts: Texts
    varied: dict[str, Texts]


def own_words(
    table: Table,
    looking_for: Table,
    booking: Table,
    industries: dict[str, str],
    experiments: Iterable[Experiment],
) -> Words:
    """What the program says in its own language."""
    tables = {name: table.table(name) for name in ("product", "reward", "reassurance")}
    tables["looking_for"] = looking_for
    said = _sections(tables, None)
    texts = Texts(
        **said,
        pitch=tables["product"].text("pitch", said["overview"]),
        industries=industries,
        agenda=booking.texts("agenda"),
        questions=read_questions(booking),
    )
    varied = dict(_varied(tables, texts, None, experiments))
    for name in ("product", "reward", "reassurance"):
        tables[name].finish()
    return Words(texts, varied)


def translated_words(
    others: Table, code: str, own: Words, host_ids: list[str], experiments: Iterable[Experiment]
) -> Words:
    """The words of another language; for what it lacks, the program's own with a warning."""
    if not is_locale(code):
        others.error(code, f"is “{code}”; it must be a language such as de or pt-BR.")
    table = others.table(code)
    names = ("product", "looking_for", "reward", "reassurance")
    tables = {name: table.table(name) for name in names}
    booking, hosts = table.table("booking"), table.table("hosts")
    texts = Texts(
        **_sections(tables, own.texts),
        pitch=_or_own(tables["product"], "pitch", own.texts.pitch),
        industries=table.words("industries"),
        agenda=booking.texts("agenda") or own.texts.agenda,
        questions=translated_questions(booking, own.texts.questions),
        hosts={host: _host_words(hosts, host, host_ids) for host in hosts.data},
    )
    varied = dict(_varied(tables, texts, own, experiments))
    for done in (*tables.values(), booking, table):
        done.finish()
    return Words(texts, varied)


# --- Parts of a page, and their variants ------------------------------------------------------


def _sections(tables: dict[str, Table], own: Texts | None) -> dict[str, Any]:
    """Everything that can vary, by the names of `Texts`."""
    found: dict[str, Any] = {}
    for section, (name, _) in _PLACES.items():
        found |= _READERS[section](tables[name], own)
    return found


def _varied(
    tables: dict[str, Table], texts: Texts, own: Words | None, experiments: Iterable[Experiment]
) -> Iterable[tuple[str, Texts]]:
    """The texts under each variant of a part of a page."""
    for one in experiments:
        if one.varies not in _PLACES:
            continue
        name, keys = _PLACES[one.varies]
        table = tables[name]
        for variant in one.variants[1:]:
            code = code_of(one, variant)
            if own and not table.has(variant) and not any(table.has(key) for key in keys):
                yield code, _with(texts, one.varies, own.varied[code])
                continue
            if not table.has(variant):
                message = f"is missing: the experiment {one.name} shows it."
                table.error(variant, message, "Without it nobody would know what to say.")
            inner = table.table(variant)
            read = _READERS[one.varies](inner, own.varied[code] if own else None)
            inner.finish()
            yield code, replace(texts, **read)


def _with(texts: Texts, section: str, other: Texts) -> Texts:
    return replace(texts, **{name: getattr(other, name) for name in SECTIONS[section]})


def _overview(table: Table, own: Texts | None) -> dict[str, Any]:
    return {"overview": _text(table, "overview", own.overview if own else None)}


def _ask(table: Table, own: Texts | None) -> dict[str, Any]:
    ask = _text(table, "ask", own.ask if own else None)
    return {"ask": ask, "ask_by_industry": table.words("ask_by_industry")}


def _reassurance(table: Table, own: Texts | None) -> dict[str, Any]:
    return {"reassurance": _or_own(table, "text", own.reassurance if own else "")}


def _reward(table: Table, own: Texts | None) -> dict[str, Any]:
    advocate = _or_own(table, "advocate", own.reward_advocate if own else "")
    referee = _or_own(table, "referee", own.reward_referee if own else "")
    disclosure = _or_own(table, "disclosure", own.disclosure if own else "")
    if advocate and not disclosure:
        table.error("disclosure", "is missing: who is rewarded says so in the message they send.")
    return {"reward_advocate": advocate, "reward_referee": referee, "disclosure": disclosure}


_READERS: Final[dict[str, Callable[[Table, Texts | None], dict[str, Any]]]] = {
    "overview": _overview,
    "ask": _ask,
    "reassurance": _reassurance,
    "reward": _reward,
}


def _text(table: Table, key: str, own: str | None) -> str:
    """A text that must be there in the program's own language."""
    return table.text(key, required=True) if own is None else _or_own(table, key, own)


def _or_own(table: Table, key: str, own: str) -> str:
    value = table.text(key)
    if own and not value:
        table.warn(key, "is missing; the words of the program's own language are shown.")
    return value or own


def _host_words(hosts: Table, host: str, known: list[str]) -> tuple[str, str]:
    if host not in known:
        hosts.error(host, "is not the id of a host.", did_you_mean(host, known))
    table = hosts.table(host)
    words = table.text("role"), table.text("bio")
    table.finish()
    return words
