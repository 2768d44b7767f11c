"""``sign-off``: what it records, what it refuses, and what it says happens next."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.programs import SECRET_STORY, Files, Made, files, story, write


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Made]:
    """A program on disk from what `files` takes, in which nothing is signed off."""

    def make(content: Files | None = None, **program: Any) -> Made:
        whole = content or files(**{"sign_offs": {"nordhavn": None, "solvane": None}} | program)
        return Made(write(tmp_path / "content", whole), tmp_path / "out", tmp_path / "var")

    return make


def recorded(made: Made) -> dict[str, dict[str, Any]]:
    file = made.content / "sign-offs.toml"
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}


def sign(made: Made, *arguments: str) -> subprocess.CompletedProcess[str]:
    return made.run("sign-off", *arguments, "--by", "Maria Lindqvist")


def test_what_was_agreed_is_recorded_for_the_text_as_it_is(made: Callable[..., Made]) -> None:
    program = made()
    until = date.today() + timedelta(days=365)
    done = sign(program, "nordhavn", "--authority", "COO", "--until", until.isoformat())
    assert done.returncode == 0
    entry = recorded(program)["nordhavn"]
    assert len(entry.pop("digest")) == 32
    assert entry == {
        "state": "approved",
        "by": "Maria Lindqvist",
        "authority": "COO",
        "when": date.today(),
        "scope": "named",
        "until": until,
    }


def test_it_says_what_was_recorded_and_what_happens_next(made: Callable[..., Made]) -> None:
    program = made()
    said = sign(program, "nordhavn", "--authority", "COO").stdout
    assert "signed off today by Maria Lindqvist, COO, under its name, without an end" in said
    assert "https://friends.leeway.example/stories/nordhavn/" in said
    assert f"build.py build --content {program.content}" in said
    assert "If a word of it changes" in said


def test_the_next_build_shows_it(made: Callable[..., Made]) -> None:
    program = made()
    sign(program, "nordhavn").check_returncode()
    program.run("build").check_returncode()
    assert "stories/nordhavn/index.html" in program.tree()


def test_an_anonymised_one_is_said_to_be_without_its_name(made: Callable[..., Made]) -> None:
    program = made(stories=[story(**SECRET_STORY)], advocates=[], referees=[])
    said = sign(program, "solvane", "--scope", "anonymised").stdout
    assert "without its name" in said
    assert "/stories/solvents/" in said
    assert recorded(program)["solvane"]["scope"] == "anonymised"


def test_several_are_signed_off_at_once_each_once(made: Callable[..., Made]) -> None:
    stories = [story(), story("havn", customer="Havn", domain="havn.example")]
    program = made(stories=stories, sign_offs={"nordhavn": None, "havn": None})
    sign(program, "nordhavn", "havn", "nordhavn").check_returncode()
    assert list(recorded(program)) == ["nordhavn", "havn"]


def test_a_folder_with_foreign_names_is_signed_off_too(made: Callable[..., Made]) -> None:
    mapping = {"case_studies": {"folder": "studies", "customer": "title", "ignore": "*"}}
    text = "---\ntitle: Havn\ntags: [a]\n---\n# How Havn did it\n\nIt took a year.\n"
    program = made(
        files(stories=[], program={"content": mapping}, more={"studies/havn.en.md": text})
    )
    sign(program, "havn").check_returncode()
    program.run("build").check_returncode()
    assert "stories/havn/index.html" in program.tree()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nordhaven"], "There is no story nordhaven. Did you mean “nordhavn”?"),
        (["nordhavn", "--scope", "anonymised"], "it does not say how to be anonymised"),
        (["nordhavn", "--until", "2019-01-01"], "the sign-off would end before it begins"),
        (["nordhavn", "--until", "soon"], "--until soon is not a day; write it as 2027-05-02."),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_a_sentence(
    made: Callable[..., Made], arguments: list[str], sentence: str
) -> None:
    program = made()
    before = (program.content / "sign-offs.toml").read_bytes()
    done = sign(program, *arguments)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert (program.content / "sign-offs.toml").read_bytes() == before


def test_nothing_is_recorded_if_one_of_several_cannot_be(made: Callable[..., Made]) -> None:
    program = made()
    assert sign(program, "nordhavn", "havn").returncode == 1
    assert recorded(program) == {}


def test_a_text_that_must_be_mended_is_not_signed_off(made: Callable[..., Made]) -> None:
    program = made(stories=[story(body="## A\n\n[Away](javascript:alert(1))\n")])
    done = sign(program, "nordhavn")
    assert done.returncode == 1
    assert "case-studies/nordhavn.md:" in done.stderr
    assert "mending this changes its text" in done.stderr
    assert recorded(program) == {}


@pytest.mark.parametrize("command", ["sign-off", "approval"])
def test_a_story_that_nobody_wrote_is_neither_signed_off_nor_shown_to_lawyers(
    made: Callable[..., Made], command: str
) -> None:
    program = made()
    program.run("new", "story", "blue-harbour").check_returncode()
    done = program.run(
        command, "blue-harbour", *(["--by", "Dana"] if command == "sign-off" else [])
    )
    assert done.returncode == 1
    assert (
        "case-studies/blue-harbour.md:4: blue-harbour still holds the interview’s own words: “"
        in (done.stderr)
    )
    assert recorded(program) == {}


def test_a_mistake_elsewhere_is_no_hindrance(made: Callable[..., Made]) -> None:
    program = made(more={"advocates.csv": "id,name,email\na-1,Maria,nowhere\n"})
    assert sign(program, "nordhavn").returncode == 0


def test_a_folder_that_is_not_there_is_said_to_be_missing(made: Callable[..., Made]) -> None:
    program = made()
    elsewhere = Made(program.content / "none", program.out, program.var)
    done = sign(elsewhere, "nordhavn")
    assert done.returncode == 1
    assert "There is no folder" in done.stderr


def test_a_withdrawn_story_is_gone_and_every_changed_address_is_listed(
    made: Callable[..., Made],
) -> None:
    havn = {
        "title": "Havn waits less",
        "customer": "Havn",
        "summary": "Havn waited, and waits less.",
    }
    others = [story(f"havn-{n}", **havn) for n in range(30)]
    program = made(stories=[story(), *others], sign_offs={}, advocates=[], referees=[])
    program.run("build").check_returncode()
    file = program.content / "sign-offs.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('"approved"', '"withdrawn"', 1), "utf-8")
    assert recorded(program)["nordhavn"]["state"] == "withdrawn"
    before = program.tree()
    said = program.run("build").stdout.splitlines()
    after = program.tree()
    assert "- /stories/nordhavn/" in said
    changed = {path for path in before if before[path] != after.get(path)} | after.keys() - before
    assert {f"/{path.removesuffix('index.html')}" for path in changed} == {
        line.removeprefix("-").strip() for line in said[1:]
    }
    assert [path for path, data in after.items() if b"Nordhavn" in data] == []
