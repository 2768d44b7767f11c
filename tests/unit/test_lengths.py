"""How long a message is where it is going."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.drafts import parse
from passalong.lengths import longest, mail_length, widest, x_length

words = st.text(st.characters(codec="utf-8", exclude_characters="\n\r."), max_size=20)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("plain words", 11),
        ("für Größe", 9),
        ("“quotes” – and … dashes", 23 + 1),  # the ellipsis lies outside the light ranges
        ("cafe\u0301", 4),  # counted composed
        ("한국어", 6),
        ("你好", 4),
        ("مرحبا", 5),
        ("👾", 2),
        ("🙋🏽", 2),
        ("👨‍🎤", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("❤️", 2),
        ("🇩🇪🇫🇷", 4),
        ("1️⃣", 2),
        ("©", 1),
        ("see https://leeway.example/a/very/long/address?x=1 now", 4 + 23 + 4),
        ("by Booking.com, of course", 3 + 23 + 11),
        ("1.5 hours: e.g. this", 20),
    ],
)
def test_x_counts_by_weight(text: str, length: int) -> None:
    assert x_length(text) == length


def test_a_mail_address_grows_by_what_is_encoded() -> None:
    assert mail_length("abc") == 3
    assert mail_length("a b") == 5
    assert mail_length("\n") == 6
    assert mail_length("ü") == 6


def test_the_widest_value_is_the_heaviest_not_the_one_of_most_letters() -> None:
    assert widest(["abcde", "你好吗", "x"]) == "你好吗"
    assert widest([]) == ""


@given(
    st.sampled_from(["{a} and {b|nobody}\n\n{disclosure}", "{a}\n{b|}\n{b|you there} {a}", "{b|}"]),
    st.lists(st.tuples(words.filter(bool), words, words), min_size=1, max_size=8),
    st.sampled_from([x_length, mail_length]),
)
def test_nobodys_message_is_longer_than_the_longest(text, people, measure) -> None:  # type: ignore[no-untyped-def]
    draft = parse(text)
    names = ("a", "b", "disclosure")
    columns = zip(*people, strict=True)
    top = {name: widest(column, measure) for name, column in zip(names, columns, strict=True)}
    bound = longest(draft, top, measure)
    for person in people:
        assert measure(draft.fill(dict(zip(names, person, strict=True)))) <= bound


def test_the_longest_of_plain_words_is_exact() -> None:
    draft = parse("Hi {a}\n\nthere {b|you}")
    assert longest(draft, {"a": "Ada", "b": "me"}) == len("Hi Ada\n\nthere you")
