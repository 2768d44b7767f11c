"""Records go into JSON and come back as they were, or are refused."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong import editorial, people, program
from passalong.codec import from_json, to_json
from passalong.given import Frame
from passalong.locales import Locale


class Place(NamedTuple):
    """A key of a mapping, and a row of texts and numbers."""

    town: str
    number: int


class Pair(NamedTuple):
    """A named tuple that holds more than texts."""

    place: Place
    day: date


@dataclass(frozen=True, slots=True)
class Kettle:
    """A record inside a record."""

    name: str
    parts: tuple[bytes | Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Everything:
    """One field of every kind that the bundle has."""

    text: str
    number: int
    share: float
    is_it: bool
    raw: bytes
    day: date
    moment: datetime
    rule: Literal["first", "last"]
    maybe: Kettle | None
    value: str | tuple[dict[str, str], ...]
    fixed: tuple[str, int]
    pair: Pair
    many: tuple[Kettle, ...] = ()
    listed: list[Place] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    places: dict[Place, Kettle] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    anything: Any = None


texts = st.text(st.characters(codec="utf-8"), max_size=8)
places = st.builds(Place, texts, st.integers())
parts = texts.map(str.encode) | places
kettles = st.builds(Kettle, texts, st.lists(parts, max_size=3).map(tuple))
everything = st.builds(
    Everything,
    share=st.floats(allow_nan=False),
    text=texts,
    raw=texts.map(str.encode),
    moment=st.datetimes(timezones=st.just(UTC)),
    rule=st.sampled_from(["first", "last"]),
    maybe=st.none() | kettles,
    value=texts | st.lists(st.dictionaries(texts, texts, max_size=2), max_size=2).map(tuple),
    fixed=st.tuples(texts, st.integers()),
    pair=st.builds(Pair, places, st.dates()),
    many=st.lists(kettles, max_size=2).map(tuple),
    listed=st.lists(places, max_size=2),
    words=st.dictionaries(texts, texts, max_size=3),
    places=st.dictionaries(places, kettles, max_size=2),
    names=st.frozensets(texts, max_size=3),
    anything=st.none() | texts | st.integers(),
)


@given(everything)
def test_a_record_comes_back_as_it_was(record: Everything) -> None:
    assert from_json(Everything, json.loads(json.dumps(to_json(record)))) == record


@pytest.mark.parametrize(
    "record",
    [
        people.Account("kestrel.example", "Kestrel Ferries", "open", "jonas", "Nordics", 7),
        program.Booking(
            (program.Host("jonas", "Jonas", "", "j@leeway.example"),),
            holidays=(date(2026, 12, 24),),
        ),
        program.Texts("o", "p", "a", hosts={"jonas": ("r", "b")}, agenda=("one",)),
        editorial.SignOff("nordhavn", "approved", when=date(2026, 5, 2)),
    ],
    ids=lambda record: type(record).__name__,
)
def test_a_record_of_the_program_comes_back_as_it_was(record: object) -> None:
    assert from_json(type(record), json.loads(json.dumps(to_json(record)))) == record


def test_the_same_record_is_the_same_json() -> None:
    names = frozenset(map(str, range(50)))
    assert to_json(names) == to_json(frozenset(sorted(names, reverse=True)))


def test_a_field_that_is_not_written_has_its_default() -> None:
    assert from_json(Kettle, {"name": "k"}) == Kettle("k")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Kettle, {}),
        (Kettle, {"name": "k", "unknown": 1}),
        (Kettle, {"name": 1}),
        (Kettle, {"name": None}),
        (Kettle, "k"),
        (Kettle, None),
        (Place, ["town"]),
        (Place, ["town", 1, 2]),
        (Pair, [["town", 1], "yesterday"]),
        (Pair, [["town", 1]]),
        (date, "2026-02-30"),
        (date, 20260202),
        (bytes, 1),
        (bool, 1),
        (int, "1"),
        (int, True),
        (Literal["first", "last"], "middle"),
        (tuple[str, int], ["a"]),
        (tuple[str, ...], 7),
        (dict[str, int], [["a"]]),
        (dict[str, int], {"a": "b"}),
        (str | None, 7),
        (complex, 7),
    ],
)
def test_what_does_not_fit_is_a_value_error(kind: Any, data: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says something else
        from_json(kind, data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | texts,
        lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
        max_leaves=8,
    )
)
def test_no_json_at_all_is_worse_than_a_value_error(data: Any) -> None:
    for kind in (Everything, Kettle, Pair, Frame, Locale, program.Program):
        with contextlib.suppress(ValueError):
            from_json(kind, data)


def test_what_has_no_form_in_json_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="complex"):
        to_json(1j)
