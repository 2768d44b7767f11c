"""Lists as a spreadsheet left them: each slip is one mistake that says how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.content_samples import ADVOCATES, make, read_all, said


def test_a_column_unlike_any_of_ours_is_said_what_to_do_with(tmp_path: Path) -> None:
    advocates = "id,name,Firm,\na1,Maria,Nordhavn,\n"
    folder = make(tmp_path / "content", advocates=advocates)
    assert said(folder) == [
        "advocates.csv:1: a column has no name. Give it one, or take the column out.",
        "advocates.csv:1: the column “Firm” is not one we know. Take it out, or say in "
        "program.toml what to do with it: “Existing content” in docs/content.md.",
    ]


def test_a_misspelt_id_column_is_the_only_mistake_and_no_referees(tmp_path: Path) -> None:
    folder = make(tmp_path / "content", advocates=ADVOCATES.replace("id,", "Contact,", 1))
    (line,) = said(folder)
    assert line.startswith("advocates.csv:1: the column “Contact” is not one we know.")


def test_advocates_without_the_ids_that_referees_name_are_one_mistake(tmp_path: Path) -> None:
    advocates = "name,email\nMaria,maria@nordhavn.example\n"
    folder = make(tmp_path / "content", advocates=advocates)
    assert said(folder) == [
        "advocates.csv:1: nobody has an id, and referees.csv names advocates by theirs. "
        "Give each advocate an id, or name them by their address."
    ]


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_quotation_mark_unclosed_in_the_last_row_is_asked_about(tmp_path: Path, end: str) -> None:
    advocates = f'id,name,email\na1,"Maria,maria@nordhavn.example{end}'
    folder = make(tmp_path / "content", advocates=advocates)
    (line,) = said(folder)
    assert line.startswith("advocates.csv:2: the row has 2 cells; the first line has 3.")
    assert line.endswith("Or is a quotation mark not closed?")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_unicode_text_as_excel_writes_it_is_read(tmp_path: Path, encoding: str) -> None:
    text = "id\tname\trole\r\na1\tJürgen 李 ਅ\tChief, yard\r\na2\tMaria\tCOO\r\n"
    mark = "" if encoding == "utf-16" else "\ufeff"
    advocates = (mark + text).encode(encoding)
    folder = make(tmp_path / "content", advocates=advocates)
    assert said(folder) == []
    people = read_all(folder)[1].advocates
    assert [(p.id, p.name, p.role, p.line) for p in people] == [
        ("a1", "Jürgen 李 ਅ", "Chief, yard", 2),
        ("a2", "Maria", "COO", 3),
    ]
