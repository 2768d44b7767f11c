"""What the build says about a drafted message that would not do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from passalong.editorial import Message
from passalong.errors import Problem
from passalong.message_lint import lint
from passalong.program import MEDIA

WORDS = {
    "first_name": "Bartholomew",
    "name": "Bartholomew Featherstonehaugh",
    "company": "Mossgate Building Supplies",
    "brand": "Leeway",
    "overview": "Leeway gives every truck, train and ship a time.",
    "link": "https://friends.leeway.example/r/y64evg90h2xxm/?v=copy-message",
    "disclosure": "Full disclosure: they invite me to their Harbour Day.",
    "result": "Nordhavn’s ships wait 31 % less at the quay",
}


def message(text: str, medium: str = "whatsapp", subject: str = "", line: int = 1) -> Message:
    return Message(medium, "en", "", subject, text, f"messages/{medium}.md", line)


def faults(found: Message, *, gift: bool = False, **more: Any) -> list[tuple[int, str]]:
    return [(p.line, p.severity) for p in lint(found, WORDS, gift=gift, **more)]


def only(found: Message, *, gift: bool = False, **more: Any) -> Problem:
    (problem,) = lint(found, WORDS, gift=gift, **more)
    return problem


def test_a_good_message_has_no_problem() -> None:
    assert faults(message("{brand}: {result|a good firm}.\n{disclosure}"), gift=True) == []


def test_an_unknown_word_is_said_with_its_line_and_what_was_meant() -> None:
    problem = only(message("one\n\n{frist_name}", line=3))
    assert (problem.file, problem.line) == ("messages/whatsapp.md", 5)
    assert "{frist_name}" in problem.message
    assert "{first_name}" in problem.hint


def test_an_unlike_word_is_answered_with_the_list() -> None:
    assert "{first_name}, " in only(message("{xyzzy}")).hint


def test_a_word_in_the_subject_is_said_at_the_first_line() -> None:
    bad = message("{link}", "email", "About {brnad}", line=3)
    assert faults(bad) == [(1, "error")]


def test_an_unbalanced_brace_is_said_with_its_line() -> None:
    assert faults(message("one\n{brand", line=3)) == [(4, "error")]


def test_a_word_that_somebody_lacks_wants_a_fallback() -> None:
    absent = {"company": "advocates.csv:12"}
    problem = only(message("for {company}"), absent=absent)
    assert "advocates.csv:12" in problem.message
    assert faults(message("for {company|us}"), absent=absent) == []
    assert faults(message("ok\n{disclosure}"), absent={"disclosure": "x"}) == []


def test_the_words_of_a_referee_are_for_the_letter_to_one() -> None:
    letter = "Hello {referee_first},\n{link}"
    assert faults(message(letter, "refer", "Somebody to meet")) == []
    assert faults(message(letter, "email", "Somebody to meet")) == [(1, "error")]


@pytest.mark.parametrize("medium", [*MEDIA, "ask", "refer"])
def test_the_link_stands_in_a_message_exactly_where_its_medium_does_not_add_it(medium: str) -> None:
    subject = "Hello" if medium in ("email", "ask", "refer") else ""
    without = faults(message("Hello\nyou", medium, subject))
    said = faults(message("Hello\n{link}", medium, subject))
    assert sorted(map(bool, (without, said))) == [False, True]
    assert without in ([], [(1, "error")])
    assert said in ([], [(2, "error")])


def test_a_gift_must_be_disclosed_except_to_its_receiver() -> None:
    assert faults(message("Hello"), gift=True) == [(1, "error")]
    assert faults(message("Hello {link}", "ask", "Who?"), gift=True) == []


def test_a_mail_has_a_subject_of_one_line() -> None:
    assert faults(message("{link}", "email")) == [(1, "error")]
    assert faults(message("{link}", "email", "x" * 78)) == []
    assert faults(message("{link}", "email", "x" * 79)) == [(1, "warning")]
    assert faults(message("{link}", "email", "{name} {name} {name} {name}")) == [(1, "warning")]


def test_a_subject_where_there_is_none_is_not_used() -> None:
    assert faults(message("Hello", "whatsapp", "Hello")) == [(1, "warning")]


def test_a_post_on_x_takes_280_with_its_link() -> None:
    assert faults(message("x" * 257, "x")) == []
    problem = only(message("x" * 258, "x", line=1))
    assert problem.severity == "error"
    assert "281" in problem.message
    assert faults(message("你" * 128, "x")) == []
    assert faults(message("你" * 129, "x")) == [(1, "error")]


def test_the_widest_words_together_are_no_fault_if_nobody_has_them_all() -> None:
    looked_at = 0

    def rows() -> Iterator[Mapping[str, str]]:
        nonlocal looked_at
        looked_at += 1
        yield WORDS | {"name": "Bartholomew Featherstonehaugh", "company": "Acme"}
        yield WORDS | {"name": "Ada", "company": "Mossgate Building Supplies"}

    fixed = "x" * (280 - 23 - 2 - 29 - 26)
    assert faults(message(f"{fixed} {{name}} {{company}}", "x"), rows=rows) == []
    assert looked_at == 0
    assert faults(message(f"{fixed}x {{name}} {{company}}", "x"), rows=rows) == []
    assert looked_at == 1
    problem = only(message(f"{fixed}{'x' * 23} {{name}} {{company}}", "x"), rows=rows)
    assert "Bartholomew Featherstonehaugh" in problem.message


def test_a_mail_whose_address_is_over_2000_characters_warns() -> None:
    start = len("mailto:?subject=Hi&body=") + len("%0D%0A")
    room = (
        2000
        - start
        - len("https%3A%2F%2Ffriends.leeway.example%2Fr%2Fy64evg90h2xxm%2F%3Fv%3Dcopy-message")
    )
    assert faults(message("x" * room + "\n{link}", "email", "Hi")) == []
    assert faults(message("x" * (room + 1) + "\n{link}", "email", "Hi")) == [(1, "warning")]
