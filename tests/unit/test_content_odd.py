"""Nothing in a content folder is too odd: it is read or refused, and nothing escapes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from passalong.content.editorial import _stand_in
from passalong.content.frontmatter import read_document
from passalong.content.links import Surroundings
from passalong.content.mapping import STORY_FIELDS, Mapping
from passalong.content.problems import Problems
from passalong.content.program import read_program
from passalong.content.schema import Table
from passalong.content.stories import read_story
from passalong.content.storyfiles import StoryFile
from passalong.errors import ContentRefused
from tests.unit.content_samples import ADVOCATES, PROGRAM, STORY, make, problems, write

WORDS = """
id base_url locale timezone brand name email colour logo product overview looking_for ask reward
ask_by_industry advocate disclosure share media booking hosts hours languages minutes holidays link
busy_feed locales de attribution rule content advocates case_studies folder file from values default
ignore industries x
"""
KEYS = st.sampled_from(WORDS.split())
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.dates()
    | st.text(max_size=9)
    | st.sampled_from(["en", "Europe/Berlin", "https://a.example", "Mon 09:00-10:00", "linkedin"])
)
TABLES = st.recursive(
    st.dictionaries(KEYS, SCALARS, max_size=6),
    lambda inner: st.dictionaries(
        KEYS, SCALARS | inner | st.lists(inner | SCALARS, max_size=3), max_size=8
    ),
    max_leaves=30,
)


@settings(deadline=None)
@given(TABLES)
@example({"brand": [], "booking": {"hosts": [{}]}, "locales": {"de": 1}, "content": {"x": 1}})
@example({"share": {"media": [["x"]]}, "content": {"advocates": {"name": {"from": {}}}}})
@example({"brand": {"logo": "a\x00b"}, "content": {"advocates": {"file": "a\x00b"}}})
def test_no_program_is_too_odd(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    found = Problems()
    table = Table(data, "program.toml", lambda _: 1, found)
    program = read_program(table, tmp_path_factory.getbasetemp())
    assert program.locale in program.texts
    assert all(problem.message and problem.line == 1 for problem in found.sorted())


LINES = st.sampled_from(
    [
        *(f"{name}: " for name in STORY_FIELDS),
        *("---\n", "\n", "- ", "  ", "{", "}", "[", "]", ",", ": ", "&a ", "*a", "!!int ", "|\n"),
        *("? ", "# ", "'", '"', "value: 1", "x", "~", "2026-05-02", "6:10", "\t", "%", "@", "\\"),
        *("![a](b)", "[a](/b/)", "<iframe>", "```\n", "## h\n"),
    ]
)


@settings(deadline=None)
@given(st.lists(LINES, max_size=40).map("".join), st.booleans())
@example("title: " + "[" * 2000, False)
@example("a: &a [*a]", True)
def test_no_story_is_too_odd(
    tmp_path_factory: pytest.TempPathFactory, text: str, own: bool
) -> None:
    folder = tmp_path_factory.getbasetemp()
    found = StoryFile(folder / "x.md", "x.md", "x", "", "", f"---\n{text}\n---\n## a\n")
    around = Surroundings(folder, "", {}, frozenset({"/"}))
    noted = Problems()
    story = read_story(found, Mapping("", foreign=not own), "en", around, noted)
    assert story or noted.sorted()


@given(st.text())
def test_no_front_matter_is_too_odd(text: str) -> None:
    noted = Problems()
    assert read_document(text, "x.md", noted) or noted.sorted()


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(
        [
            *("program.toml", "case-studies/nordhavn.md", "sign-offs.toml", "advocates.csv"),
            *("ids.csv", "referees.csv", "accounts.csv", "pages/privacy.md", "messages/email.md"),
        ]
    ),
    st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode(errors="replace")),
    st.integers(min_value=0, max_value=400),
)
@example("ids.csv", b"\n", 0)
@example("ids.csv", b"list,id\n\nadvocate\n", 0)
@example("sign-offs.toml", b"nordhavn = 1\n", 0)
def test_no_damage_to_a_file_is_too_odd(
    tmp_path_factory: pytest.TempPathFactory, name: str, damage: bytes, at: int
) -> None:
    folder = make(tmp_path_factory.mktemp("odd") / "content")
    path = folder / name
    data = path.read_bytes() if path.is_file() else b""
    write(folder, {name: data[:at] + damage + data[at:]})
    try:
        found = problems(folder)
    except ContentRefused as refused:
        found = list(refused.problems)
    assert len(found) == len(set(found))
    assert all(problem.file and problem.message.endswith(".") for problem in found), found


def test_a_folder_in_the_place_of_a_file_is_no_story(tmp_path: Path) -> None:
    folder = make(tmp_path / "content")
    (folder / "case-studies/oakhurst.md").mkdir()
    (folder / "pages/terms.md").mkdir()
    (folder / "messages/email.md").mkdir(parents=True)
    assert problems(folder) == []


def test_an_empty_folder_lacks_its_program(tmp_path: Path) -> None:
    with pytest.raises(ContentRefused) as refused:
        problems(tmp_path)
    assert [str(problem) for problem in refused.value.problems] == [
        "pages/privacy.md: is missing. "
        "Who is named on a page has a right to know why, by whom and for how long.",
        "program.toml: is missing: it says whose program this is. "
        "`python build.py init` writes one.",
    ]


def test_what_stands_in_for_a_program_speaks_every_language_of_the_folder(tmp_path: Path) -> None:
    folder = make(tmp_path / "content", program=PROGRAM, story=STORY, advocates=ADVOCATES)
    write(folder, {"pages/privacy.de.md": "# x\n\nx\n", "messages/email.warm.fr.md": "x\n"})
    assert _stand_in(folder).locales == ("en", "de", "fr")
