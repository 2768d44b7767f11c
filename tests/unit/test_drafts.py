"""Drafted messages: what is filled, what disappears, and that words stay opaque."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from passalong.drafts import parse, placeholders, render
from passalong.errors import DraftError, UnfilledPlaceholder

NAMES = ("name", "company", "disclosure")
one_line = st.text(st.characters(codec="utf-8", exclude_characters="\n\r"))
pieces = st.one_of(
    st.sampled_from(["{name}", "{company|a company}", "{company|}", "{disclosure}", "{{", "}}"]),
    st.sampled_from([" ", "\n", "\n\n", ", ", "a", "Hello "]),
)
messages = st.lists(pieces, max_size=12).map("".join)


class Sentinel(str):
    """A word whose value is not known yet: nobody may measure it or take it apart."""

    __slots__ = ()

    def _refuse(self, *_: object) -> object:
        raise AssertionError("the word was looked into")

    __len__ = __iter__ = __getitem__ = __contains__ = __add__ = __mod__ = _refuse  # type: ignore[assignment]
    strip = rstrip = lstrip = split = splitlines = replace = format = isspace = _refuse  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return True


def test_words_take_the_place_of_their_names() -> None:
    assert render("Hi {name}, of {company}.", {"name": "Ada", "company": "Acme"}) == (
        "Hi Ada, of Acme."
    )


@pytest.mark.parametrize("words", [{}, {"company": ""}])
def test_a_missing_or_empty_word_takes_its_fallback(words: dict[str, str]) -> None:
    assert render("you and {company|your team}", words) == "you and your team"


@pytest.mark.parametrize("words", [{}, {"name": ""}])
def test_a_missing_word_without_a_fallback_says_which_and_where(words: dict[str, str]) -> None:
    with pytest.raises(UnfilledPlaceholder, match=r"\{name\}") as caught:
        render("one\n\nthree {name}", words)
    assert (caught.value.name, caught.value.offset) == ("name", 2)


def test_doubled_braces_are_braces() -> None:
    assert render("{{name}} {{{name}}}", {"name": "Ada"}) == "{name} {Ada}"


@pytest.mark.parametrize(("text", "offset"), [("a\n{name", 1), ("name}", 0), ("{a{b}}", 0)])
def test_a_brace_without_its_partner_is_refused(text: str, offset: int) -> None:
    with pytest.raises(DraftError) as caught:
        parse(text)
    assert caught.value.offset == offset


def test_a_paragraph_of_missing_words_disappears() -> None:
    text = "one\n\n{disclosure}\n\ntwo"
    assert render(text, {}) == "one\n\ntwo"
    assert render(text, {"disclosure": "I get a mug."}) == "one\n\nI get a mug.\n\ntwo"


def test_a_line_of_missing_words_disappears() -> None:
    assert render("one\n{role|}, {company|}\n{disclosure}\ntwo", {}) == "one\n,\ntwo"
    assert render("one\n{role|} {company|}\n{disclosure}\ntwo", {}) == "one\ntwo"


def test_the_space_around_a_missing_word_closes() -> None:
    assert render("{role|} {name} of {company|}", {"name": "Ada"}) == "Ada of"
    assert render("see {role|} here", {}) == "see here"
    assert render("see {role|} {company|} here", {}) == "see here"


def test_lines_end_without_space_and_paragraphs_with_one_blank_line() -> None:
    assert render("\r\n one  \r\n\r\n\r\ntwo\t\n\n", {}) == " one\n\ntwo"


def test_words_other_than_the_disclosure_may_be_allowed_to_be_empty() -> None:
    assert render("one\n{note}", {}, may_be_empty=["note"]) == "one"
    with pytest.raises(UnfilledPlaceholder):
        render("one\n{disclosure}", {}, may_be_empty=["note"])


def test_placeholders_are_listed_with_fallback_and_line() -> None:
    assert placeholders("{name}\n\n{ company |a company}{x|}") == (
        ("name", None, 0),
        ("company", "a company", 2),
        ("x", "", 2),
    )


def test_braces_in_a_word_are_left_alone() -> None:
    assert render("{name}", {"name": "{company} }}"}) == "{company} }}"


@given(messages, one_line.filter(bool), one_line, one_line)
@example("{disclosure}\n\n{name}", "  {name} ", "%s", "\\1")
def test_filling_with_sentinels_and_then_with_words_is_filling_with_words(
    text: str, name: str, company: str, disclosure: str
) -> None:
    words = dict(zip(NAMES, (name, company, disclosure), strict=True))
    sentinels = {
        word: Sentinel(f"<\ue001{i}>") if value else ""
        for i, (word, value) in enumerate(words.items())
    }
    draft = parse(text)
    later = str(draft.fill(sentinels))
    for word, sentinel in sentinels.items():
        if words[word]:
            later = later.replace(str.__str__(sentinel), words[word])
    assert later == draft.fill(words)


@given(st.text())
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    offset = 0
    try:
        parse(text)
    except DraftError as error:
        offset = error.offset
    assert 0 <= offset <= len(text.splitlines())
