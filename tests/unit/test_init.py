"""``init``: the few questions, their defaults, and the folder that comes of them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from passalong.commands.init import (
    from_lines,
    interview,
    on_terminal,
    refuse_to_overwrite,
    write,
)
from passalong.commands.starter import Answers, quoted_toml, slug_of, starter_files
from passalong.errors import Stop

STARTER = Path(__file__).parents[2] / "site" / "starter"


def answered(*lines: str, name: str = "", language: str = "en") -> Answers:
    return interview(from_lines(lines), name, language, "Europe/Berlin")


def test_enter_answers_every_question() -> None:
    answers = answered(name="blue-harbour")
    assert answers.firm == "Blue Harbour"
    assert answers.legal_name == "Blue Harbour"
    assert answers.email == "hello@blue-harbour.example"
    assert answers.base_url == "https://friends.blue-harbour.example"
    assert [host.email for host in answers.hosts] == ["kim@blue-harbour.example"]
    assert answers.logo is None
    assert (answers.locale, answers.timezone) == ("en", "Europe/Berlin")


def test_answers_are_taken_line_by_line(tmp_path: Path) -> None:
    logo = tmp_path / "acme.svg"
    logo.write_text("<svg/>")
    lines = [
        "  Acme   Tools ",
        "Acme Tools Ltd",
        "hello@acme.example",
        "https://refer.acme.example/",
        "#c00",
        str(logo),
        "Acme makes tools.",
        "somebody who needs tools?",
        *("Ada Lovelace", "Engineer", "ada@acme.example", "+44 1"),
        *("Ada Byron", "", "", ""),
        "",
        "de",
    ]
    answers = answered(*lines)
    assert (answers.firm, answers.ask) == ("Acme Tools", "somebody who needs tools")
    assert [host.role for host in answers.hosts] == ["Engineer", "Your first contact"]
    files = starter_files(STARTER, answers)
    program = tomllib.loads(files["program.toml"].decode())
    assert program["base_url"] == "https://refer.acme.example"
    assert program["locale"] == "de"
    assert program["brand"]["logo"] == "logos/acme.svg"
    assert files["logos/acme.svg"] == b"<svg/>"
    assert [host["id"] for host in program["booking"]["hosts"]] == ["ada", "ada-2"]
    assert program["booking"]["hosts"][0]["phone"] == "+44 1"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("nobody at all", 3),
        ("http://a.example", 4),
        ("red", 5),
        ("nosuch.svg", 6),
        ("Deutsch!", 11),
    ],
)
def test_an_answer_that_will_not_do_stops_a_pipe_with_a_sentence(line: str, number: int) -> None:
    lines = [""] * 11
    lines[number - 1] = line
    if number == 11:  # hosts: name, role, address, telephone, nobody else
        lines = [""] * 13 + [line]
    with pytest.raises(Stop, match=line):
        answered(*lines)


def test_an_answer_that_will_not_do_is_asked_for_again_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given_lines = iter(["red", " #c00 "])
    asked: list[str] = []

    def type_in(prompt: str) -> str:
        asked.append(prompt)
        return next(given_lines)

    monkeypatch.setattr("builtins.input", type_in)
    assert on_terminal("Colour", "#000", lambda text: "" if text[0] == "#" else "is odd") == "#c00"
    assert asked == ["Colour [#000]: "] * 2
    assert "red is odd." in capsys.readouterr().out


def test_the_end_of_the_input_stops_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nothing)
    with pytest.raises(Stop, match="nothing was written"):
        on_terminal("Colour", "", lambda _: "")


@given(st.lists(st.text(), max_size=9))
@example(["", "", "", "", "\u0378\r\u0378"])  # nothing but what cannot be printed
def test_whatever_is_typed_makes_a_program_that_can_be_read(words: list[str]) -> None:
    name, legal, overview, ask, host, role, phone, *_ = [*words, *[""] * 9]

    def source() -> Iterator[str]:
        yield from (name, legal, "a@b.example", "https://b.example", "", "", overview, ask)
        yield from (host, role, "c@b.example", phone, "", "")

    program = tomllib.loads(starter_files(STARTER, answered(*source()))["program.toml"].decode())
    assert program["brand"]["name"]
    assert program["booking"]["hosts"][0]["id"]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_survives_its_quotation_marks(text: str) -> None:
    assert tomllib.loads(f"text = {quoted_toml(text)}")["text"] == text


def test_an_id_is_made_of_small_letters_digits_and_hyphens() -> None:
    assert slug_of("Café & Söhne GmbH", "x") == "cafe-sohne-gmbh"
    assert slug_of("株式会社", "program") == "program"


def test_personal_data_is_kept_out_of_repositories() -> None:
    files = starter_files(STARTER, answered())
    lists = {name for name in files if name.endswith(".csv")}
    assert lists == {"advocates.csv", "referees.csv", "accounts.csv"}
    assert b"*.csv" in files[".gitignore"]


def test_a_page_of_the_firms_language_takes_the_place_of_the_english_one(tmp_path: Path) -> None:
    for name, text in (("privacy.md", "# Privacy"), ("privacy.de.md", "# Datenschutz")):
        (tmp_path / name).write_text(text)
    assert starter_files(tmp_path, answered(language="de")) == {"privacy.md": b"# Datenschutz"}
    assert starter_files(tmp_path, answered(language="fr")) == {"privacy.md": b"# Privacy"}


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    refuse_to_overwrite(tmp_path)
    refuse_to_overwrite(tmp_path / "new")
    (tmp_path / "file").touch()
    with pytest.raises(Stop, match="overwrites nothing"):
        refuse_to_overwrite(tmp_path)
    with pytest.raises(Stop, match="overwrites nothing"):
        refuse_to_overwrite(tmp_path / "file")


def test_no_file_is_written_over_another(tmp_path: Path) -> None:
    write(tmp_path, {"a/b.txt": b"one"})
    with pytest.raises(FileExistsError):
        write(tmp_path, {"a/b.txt": b"two"})
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"one"
