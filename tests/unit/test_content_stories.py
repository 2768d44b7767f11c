"""Which files are stories, and which stories nobody has written yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from passalong.commands.new_story import new_story
from passalong.content.unfilled import unfilled
from tests.unit.content_samples import STORY, make, said, write

TEMPLATE = Path(__file__).parents[2] / "site" / "starter" / "story.md"
PLACES = {
    "the result in one clause": "Ships wait less",
    "One sentence that says what was wrong and what is different now": "Ships waited",
    "00 %": "31 %",
    "what it is": "less waiting",
    "What they said.": "The sea is calmer.",
    "First and last name": "Maria Lindqvist",
    "What they do there": "COO",
    "Write the story here": "Ships waited",
}


def test_a_template_nobody_filled_in_is_one_warning_that_lists_its_lines(tmp_path: Path) -> None:
    folder = make(tmp_path / "content")
    lines = new_story(folder, "blue-harbour", TEMPLATE).read_text("utf-8").splitlines()
    first, _, last = said(folder)[1].partition(" and more in line ")
    assert first == (
        "case-studies/blue-harbour.md:4: warning: blue-harbour still holds the interview’s own "
        "words: “the result in one clause”, “One sentence that says what was wrong and what is "
        "different now”"
    )
    named = [int(number) for number in last.partition(".")[0].split(", ")]
    assert [line for line in named if not any(word in lines[line - 1] for word in PLACES)] == []
    assert named[-1] == len(lines)


@pytest.mark.parametrize("left", PLACES)
def test_each_place_of_the_template_is_missed_until_it_is_filled_in(left: str) -> None:
    text = TEMPLATE.read_text("utf-8").replace("{{customer}}", "Blue Harbour")
    for words, answer in PLACES.items():
        assert words in text
        text = text if words == left else text.replace(words, answer)
    assert unfilled(text)[1] == f"“{left}”"
    assert unfilled(text.replace(left, PLACES[left])) == (0, "")


def test_words_of_a_customer_that_are_like_the_template_are_theirs() -> None:
    said = (
        "label: what it is like\nvalue: 100 %\ntext: What they said. And did.\nWhat they do there"
    )
    assert unfilled(f"---\n{said}\n---\n<!-- Write the story here -->\n") == (0, "")


def test_a_story_in_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    folder = make(tmp_path / "content", story=f"{STORY}\n[Sheet](sheet.pdf)\n")
    names = ["a.docx", "b.txt", "nordhavn.md.txt", "C.MD"]
    silent = [".hidden.txt", "~$a.docx", "gate.JPG", "README.txt", "sheet.pdf"]
    write(folder, {f"case-studies/{name}": b"x" for name in [*names, *silent]})
    assert [line for line in said(folder) if "is not read" in line] == [
        f"case-studies/{name}: warning: the file is not read: only files that end in .md are "
        "stories. Save its text as plain text (Markdown) under a name such as nordhavn.md."
        for name in sorted(names)
    ]
