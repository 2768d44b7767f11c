"""``links``: who is asked, with which words, and a list that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from passalong.commands.links import LinkRow, as_csv, as_text, links
from passalong.editorial import Editorial, Message, Story
from passalong.errors import Stop
from passalong.people import Advocate, People
from passalong.program import Booking, Brand, Host, Program, Texts
from tests.programs import holders

HOLDERS = holders()
ENGLISH = Texts("Leeway plans.", "", "a head of operations", {"shipping": "a head at a carrier"})
GERMAN = Texts("Leeway plant.", "", "jemanden")
PROGRAM = Program(
    id="leeway",
    base_url="https://friends.leeway.example",
    timezone="UTC",
    currency="EUR",
    brand=Brand("Leeway", "Leeway GmbH", "#000000", "hello@leeway.example"),
    locales=("en", "de"),
    texts={"en": ENGLISH, "de": GERMAN},
    media=(),
    booking=Booking(
        (
            Host("jonas", "Jonas Petersen", "", "j@leeway.example"),
            Host("aoife", "Aoife Brennan", "", "a@leeway.example"),
        )
    ),
)
STORY = Story("nordhavn", "", 1, "Nordhavn’s ships wait less", "Nordhavn", "", "")
ASK = Message(
    "ask", "en", "", "For {first_name}", "{result|Hello}: {looking_for}? {link} {host_first}", "", 1
)


def editorial(*messages: Message, **more: Any) -> Editorial:
    return Editorial(PROGRAM, (STORY,), {}, messages, (), (), **more)


def advocate(person: str = "1", **more: str) -> Advocate:
    blank = dict.fromkeys(Advocate._fields[:-1], "")
    known = {"id": person, "name": "Maria Lindqvist", "kind": "customer", "status": "active"}
    return Advocate(**blank | known | more, line=2)


def rows(
    *advocates: Advocate, content: Editorial | None = None, kept: tuple[str, ...] = ()
) -> list[LinkRow]:
    people = People(list(advocates), [], (), (), kept)
    return list(links(content or editorial(ASK), people, HOLDERS))


def test_each_advocate_gets_their_page_their_share_link_and_a_mail_about_them() -> None:
    (row,) = rows(advocate(case_study="nordhavn", industry="shipping", owner="aoife"))
    assert row.page == f"https://friends.leeway.example/a/{HOLDERS.key('advocate', '1')}/"
    assert row.share_link == (
        f"https://friends.leeway.example/r/{HOLDERS.keys.code('1')}/?v=copy-link"
    )
    assert row.subject == "For Maria"
    assert row.ask == f"Nordhavn’s ships wait less: a head at a carrier? {row.page} Aoife"


def test_a_vanity_code_stands_in_the_link() -> None:
    assert rows(advocate(share_code="maria"))[0].share_link.endswith("/r/maria/?v=copy-link")


def test_who_is_paused_has_moved_or_left_or_is_gone_is_not_asked() -> None:
    away = [advocate(status, status=status) for status in ("paused", "moved", "left")]
    listed = rows(*away, advocate("here"), advocate("gone"), kept=("gone",))
    assert [row.id for row in listed] == ["here"]


def test_everybody_is_asked_in_their_own_language() -> None:
    german = Message("ask", "de", "", "Eine Frage", "Kennen Sie {looking_for}?", "", 1)
    listed = rows(
        advocate("1", locale="de-AT"),
        advocate("2", locale="fr"),
        content=editorial(ASK, german),
    )
    assert [row.locale for row in listed] == ["de", "en"]
    assert listed[0].ask == "Kennen Sie jemanden?"


def test_without_a_mail_in_a_language_the_programs_own_is_taken() -> None:
    assert rows(advocate(locale="de"))[0].subject == "For Maria"


def test_without_any_mail_the_list_stops_with_a_sentence() -> None:
    with pytest.raises(Stop, match=r"messages/ask\.en\.md"):
        rows(advocate(), content=editorial())


def test_an_anonymised_story_is_not_named_to_its_own_advocate() -> None:
    hidden = editorial(ASK, forbidden={"nordhavn": ("Nordhavn",)})
    assert rows(advocate(case_study="nordhavn"), content=hidden)[0].ask.startswith("Hello:")


ROW = LinkRow("1", "Ada", "", "", "customer", "en", "https://a", "https://b", "s", 'a\nb, "c"')


def test_the_list_is_csv_with_a_header() -> None:
    header, row = csv.reader(io.StringIO(as_csv([ROW])))
    assert tuple(header) == LinkRow._fields
    assert tuple(row) == ROW


@given(st.text())
@example("=HYPERLINK(0)")
@example("-1+1")
@example("\t=1")
@example("-1")
def test_no_cell_can_be_taken_for_a_formula(name: str) -> None:
    (_, row) = csv.reader(io.StringIO(as_csv([ROW._replace(name=name)]), newline=""))
    assert row[1].removeprefix("'") == name.removeprefix("'")
    starts = row[1].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert not starts or set(row[1]) <= set("+-. ()0123456789"), "more than a number"


def test_the_list_can_be_read_by_a_person() -> None:
    assert as_text([ROW, ROW._replace(company="Acme")]) == (
        "Ada\n  https://a\n  https://b\nAda, Acme\n  https://a\n  https://b\n"
    )
