"""Lists of people and companies: CSV as spreadsheets write it, defaults, and faults by line."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from passalong.content.clean import tidy
from passalong.content.mapping import Mapping
from passalong.content.people import read_people
from passalong.content.problems import Problems
from passalong.content.tables import read_columns
from passalong.people import Account
from tests.unit.content_samples import ADVOCATES, PROGRAM, make, read, read_all, said, write


def test_defaults_fill_what_a_row_leaves_open(tmp_path: Path) -> None:
    editorial, people = read_all(make(tmp_path / "content"))
    assert editorial.program.locale == "en"
    maria, henrike = people.advocates
    assert (maria.kind, maria.status, maria.locale, maria.line) == ("customer", "active", "en", 2)
    assert henrike.kind == "partner"
    assert [(referee.status, referee.line) for referee in people.referees] == [
        ("confirmed", 2),
        ("suggested", 3),
    ]


def test_a_confirmed_referee_without_a_reason_is_fine(tmp_path: Path) -> None:
    referees = "id,advocate,name,status\nr1,a1,Tomas Berg,confirmed\n"
    assert said(make(tmp_path / "content", referees=referees)) == []


def test_capitals_in_a_word_of_ours_do_not_matter(tmp_path: Path) -> None:
    advocates = "id,name,kind,status,show_name\na1,Maria,Partner,ACTIVE,Yes\n"
    _, people = read_all(make(tmp_path / "content", advocates=advocates, referees="id,advocate\n"))
    maria = people.advocates[0]
    assert (maria.kind, maria.status, maria.show_name) == ("partner", "active", "yes")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_spreadsheets_of_all_countries_are_read(
    tmp_path: Path, mark: str, end: str, start: bytes
) -> None:
    rows = [["id", "name", "company"], ["a1", "Voss, Henrike; MBA\tx", "Kaltwasser"]]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, lineterminator=end).writerows(rows)
    path = tmp_path / "advocates.csv"
    path.write_bytes(start + text.getvalue().encode())
    problems = Problems()
    found = read_columns(path, "a.csv", Mapping("a.csv"), ("id", "name", "company"), problems)
    assert found.columns == {
        "id": ["a1"],
        "name": ["Voss, Henrike; MBA x"],
        "company": ["Kaltwasser"],
    }
    assert problems.sorted() == ()


def test_empty_lines_and_empty_rows_are_no_rows(tmp_path: Path) -> None:
    advocates = "\nid,name\n\na1,Maria\n,\n  , \na2,Henrike\n\n"
    _, people = read_all(make(tmp_path / "content", advocates=advocates, referees="id,advocate\n"))
    assert [(person.id, person.line) for person in people.advocates] == [("a1", 4), ("a2", 7)]


def test_a_row_is_named_by_its_first_line_even_after_cells_of_several_lines(tmp_path: Path) -> None:
    advocates = 'id,name,context,kind\na1,Maria,"One\r\ntwo\n\nthree",\na2,Henrike,,frend\n'
    folder = make(tmp_path / "content", advocates=advocates, referees="id,advocate\n")
    assert [message for message in said(folder) if "frend" in message] == [
        "advocates.csv:6: kind is “frend”; it can be customer, partner or contact."
    ]
    assert read_all(folder)[1].advocates[0].context == "One two three"


def test_control_characters_go_with_a_warning_at_their_line(tmp_path: Path) -> None:
    advocates = "id,name,region\na1,Mar\x00ia,\na2,Henrike,Nor\x07dics\n"
    folder = make(tmp_path / "content", advocates=advocates, referees="id,advocate\n")
    assert said(folder) == [
        "advocates.csv:2: warning: the character U+0000 in name cannot be shown; it is left out.",
        "advocates.csv:3: warning: the character U+0007 in region cannot be shown; it is left out.",
    ]
    people = read_all(folder)[1]
    assert [person.name for person in people.advocates] == ["Maria", "Henrike"]
    assert people.advocates[1].region == "Nordics"


def test_a_cell_is_not_a_book(tmp_path: Path) -> None:
    advocates = f"id,name,context\na1,Maria,{'x' * 2000}\na2,Henrike,{'y' * 2001}\n"
    folder = make(tmp_path / "content", advocates=advocates, referees="id,advocate\n")
    assert said(folder) == [
        "advocates.csv:3: context has 2001 characters; it may have 2000. "
        "Is a quotation mark not closed?"
    ]


def test_an_unclosed_quotation_mark_is_found_however_much_it_swallows(tmp_path: Path) -> None:
    advocates = 'id,name,context\na1,Maria,"no end\n' + "a2,Henrike,more and more\n" * 9000
    folder = make(tmp_path / "content", advocates=advocates, referees="id,advocate\n")
    found = said(folder)
    assert len(found) == 1
    assert found[0].startswith("advocates.csv:2: ")
    assert found[0].endswith("Is a quotation mark not closed?")


def test_an_empty_file_lacks_its_column_names(tmp_path: Path) -> None:
    folder = make(tmp_path / "content", advocates="\n", referees="id,advocate\n")
    assert said(folder) == [
        "advocates.csv: the file is empty; it begins with a line of column names."
    ]


def test_a_list_that_is_not_utf_8_says_how_to_save_it(tmp_path: Path) -> None:
    advocates = "id,name\na1,Maria\na2,Jürgen\n".encode("latin-1")
    folder = make(tmp_path / "content", advocates=advocates, referees="id,advocate\n")
    assert said(folder) == [
        "advocates.csv:3: the text is not UTF-8. "
        "Save the file as UTF-8; Excel calls it “CSV UTF-8”."
    ]


def test_a_long_list_that_stops_being_utf_8_says_where(tmp_path: Path) -> None:
    rows = "".join(f"a{number},Person {number}\n" for number in range(3000))
    advocates = f"id,name\n{rows}".encode() + b"a9,J\xfcrgen\n"
    folder = make(tmp_path / "content", advocates=advocates)
    assert [line.partition(" ")[0] for line in said(folder)] == ["advocates.csv:3002:"]


def test_a_size_from_a_spreadsheet_is_a_whole_number(tmp_path: Path) -> None:
    advocates = "id,name,company_size\na1,Maria,400.0\n"
    _, people = read_all(make(tmp_path / "content", advocates=advocates))
    assert people.advocates[0].company_size == "400"


def test_a_column_may_not_be_there_twice(tmp_path: Path) -> None:
    folder = make(
        tmp_path / "content", advocates="\nid,name,name\na1,Maria,M\n", referees="id,advocate\n"
    )
    assert said(folder) == ["advocates.csv:2: the column “name” is there twice."]


def test_a_list_whose_columns_have_other_names_is_one_mistake(tmp_path: Path) -> None:
    advocates = "id,Full Name\na1,Maria\na2,Karin\n"
    folder = make(tmp_path / "content", advocates=advocates, referees="id,advocate\n")
    first, second = said(folder)
    assert first.startswith("advocates.csv:1: the column “Full Name” is not one we know.")
    assert second.startswith("advocates.csv:2: no row has the name that it needs. If the columns")


def test_nobody_is_blamed_for_naming_an_advocate_whose_row_is_broken(tmp_path: Path) -> None:
    advocates = "id,name,email\na1,Maria\n"
    folder = make(tmp_path / "content", advocates=advocates)
    assert said(folder) == [
        "advocates.csv:2: the row has 2 cells; the first line has 3. "
        "A cell without a value is still there, as nothing between two commas."
    ]


def test_a_referee_may_name_the_advocate_by_address(tmp_path: Path) -> None:
    referees = "advocate,name,email\nMaria@Nordhavn.example,Tomas Berg,tomas@kestrel.example\n"
    folder = make(tmp_path / "content", referees=referees)
    _, people = read_all(folder)
    assert said(folder) == []
    assert people.referees[0].advocate == "a1"


def test_two_rows_of_one_person_without_an_id_are_an_error(tmp_path: Path) -> None:
    advocates = "name,email\nMaria,m@nordhavn.example\nM. Lindqvist,M@nordhavn.example\n"
    folder = make(tmp_path / "content", advocates=advocates, referees="id,advocate\n")
    assert said(folder) == [
        "advocates.csv:3: the row is of the same person as line 2. "
        "Take one out, or give each an id."
    ]


def test_a_share_code_can_be_read_out_and_is_nobody_elses(tmp_path: Path) -> None:
    codes = ["Maria", "m", "maria l", "-maria", "lindqvistlind", "maria"]
    rows = "".join(f"a{number},Person {number},{code}\n" for number, code in enumerate(codes))
    advocates = f"id,name,share_code\n{rows}"
    folder = make(tmp_path / "content", advocates=advocates, referees="id,advocate\n")
    assert read_all(folder)[1].advocates[0].share_code == "maria"
    assert [line.partition(";")[0] for line in said(folder)] == [
        "advocates.csv:3: share_code is “m”",
        "advocates.csv:4: share_code is “maria l”",
        "advocates.csv:5: share_code is “-maria”",
        "advocates.csv:6: share_code is “lindqvistlind”",
        "advocates.csv:7: share_code is “maria”, as in line 2. It must be one row's alone.",
    ]


def test_accounts_are_companies_by_domain(tmp_path: Path) -> None:
    folder = make(tmp_path / "content")
    write(
        folder,
        {
            "accounts.csv": "domain,company,status,owner,region\n"
            "Kestrel.example,Kestrel,open,jonas,Nordics\n"
            "kestrel.example,Kestrel,customer,,\n"
            "https://lund.example,Lund,customer,,\n"
            "tarn.example,Tarn,,,\n"
        },
    )
    _, people = read_all(folder)
    assert people.accounts[0] == Account(
        "kestrel.example", "Kestrel", "open", "jonas", "Nordics", 2
    )
    assert said(folder) == [
        "accounts.csv:3: domain is “kestrel.example”, as in line 2. It must be one row's alone.",
        "accounts.csv:4: domain is “https://lund.example”; "
        "it must be a domain such as kestrel.example.",
        "accounts.csv:5: status is missing.",
    ]


def test_reading_people_alone_needs_no_yaml() -> None:
    code = "import sys; from passalong.content import people; print('yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_equal_texts_of_many_rows_are_one_object(tmp_path: Path) -> None:
    rows = "".join(f"a{n},Person {n},shipping,Nordics\n" for n in range(5000))
    folder = make(
        tmp_path / "content",
        advocates="id,name,industry,region\n" + rows,
        referees="id,advocate\n",
    )
    _, people = read_all(folder)
    assert len(people.advocates) == 5000
    assert people.advocates[-1].line == 5001
    assert len({id(person.industry) for person in people.advocates}) == 1


CELLS = st.text(st.characters(codec="utf-8"), max_size=20)


@settings(deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12))
@example([("", "", " ")])
def test_whatever_stands_in_cells_arrives_tidied_and_in_its_row(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "name", "region"), *rows])
    path = tmp_path_factory.mktemp("lists") / "a.csv"
    path.write_bytes(text.getvalue().encode())
    found = read_columns(path, "a.csv", Mapping("a.csv"), ("id", "name", "region"), Problems())
    wanted = [[tidy(cell) for cell in row] for row in rows if any(cell.strip() for cell in row)]
    assert [list(row) for row in zip(*found.columns.values(), strict=True)] == wanted
    assert found.lines == sorted(set(found.lines))


def test_who_may_have_which_story_can_be_told(tmp_path: Path) -> None:
    folder = make(tmp_path / "content")
    editorial = read(folder)
    assert read_people(folder, editorial).problems == ()
    assert read_people(folder, editorial, known_slugs={"oakhurst"}).problems[0].line == 2


def test_a_story_that_is_withheld_may_be_somebodys(tmp_path: Path) -> None:
    folder = make(tmp_path / "content")
    (folder / "sign-offs.toml").unlink()
    editorial, people = read_all(folder)
    assert editorial.stories == ()
    assert people.advocates[0].case_study == "nordhavn"
    assert people.problems == ()


def test_without_hosts_nobody_is_blamed_for_an_owner(tmp_path: Path) -> None:
    program = PROGRAM[: PROGRAM.index("[[booking.hosts]]")]
    folder = make(tmp_path / "content", program=program, advocates=ADVOCATES)
    assert said(folder) == [
        "program.toml:1: booking.hosts is missing: "
        "a meeting needs somebody of the firm ([[booking.hosts]])."
    ]


def test_people_are_read_again_without_a_trace_of_the_first_time(tmp_path: Path) -> None:
    folder = make(tmp_path / "content")
    editorial, first = read_all(folder)
    assert replace(first) == read_people(folder, editorial)
