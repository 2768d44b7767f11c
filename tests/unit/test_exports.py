"""Files that CRMs import: who is in them, under which names, and the same again next time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from passalong.csv_text import as_csv
from passalong.events import (
    BOOKED,
    DISQUALIFIED,
    INTRODUCED,
    MET,
    QUALIFIED,
    REMOVED,
    REVERSED,
    WON,
    Event,
    Money,
)
from passalong.exports.crm import FORMS
from passalong.exports.leads import leads
from passalong.ledger.port import Actor, Person
from passalong.ledger.sqlite import SqliteLedger, open_file
from passalong.people import Account, Advocate, People
from tests.programs import holders
from tests.worlds import NOON

BLANK = dict.fromkeys(Advocate._fields[:-1], "")
MARIA = Advocate(**BLANK | {"id": "a-1", "name": "Maria Lindqvist"}, line=2)
PEOPLE = People([MARIA], [], (Account("rival.example", "Rival", "competitor", "", "", 2),), ())


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = open_file(tmp_path / "ledger.db", "leeway")
    yield opened
    opened.close()


def books(ledger: SqliteLedger, number: int, name: str = "Tomas Berg", **values: Any) -> None:
    given: dict[str, Any] = {"email": f"t{number}@kestrel.example", "company": "Kestrel Ferries"}
    given |= {"referral": f"ref-{number}"} | values
    at = NOON + timedelta(hours=number)
    person = Person(f"r-{number}", "referee", "a-1", name, "booking", at, **given)
    event = Event(f"b-{number}", "leeway", BOOKED, at, "a-1", person.id, person.referral)
    ledger.book(event, None, person, Actor(f"referee:r-{number}"))


def becomes(ledger: SqliteLedger, number: int, kind: str, days: int = 1, **values: Any) -> None:
    at, named = NOON + timedelta(days=days), f"{kind}-{number}-{days}"
    event = Event(named, "leeway", kind, at, "a-1", referral=f"ref-{number}", **values)
    ledger.file(event)


def files(ledger: SqliteLedger, crm: str) -> dict[str, list[dict[str, str]]]:
    """The files as an importer reads them."""
    made = FORMS[crm](leads(ledger, PEOPLE, holders()))
    return {n: list(csv.DictReader(io.StringIO(as_csv(rows)))) for n, rows in made.items()}


def test_hubspot_gets_contacts_companies_and_deals_that_name_both(ledger: SqliteLedger) -> None:
    books(ledger, 1, "Dr. Tomas van Berg", role="COO", phone="+49 40 1234")
    becomes(ledger, 1, WON, amount=Money(1_234_560, "EUR"))
    made = files(ledger, "hubspot")
    assert made["contacts.csv"] == [
        {
            "Email": "t1@kestrel.example",
            "First Name": "Tomas",
            "Last Name": "van Berg",
            "Job Title": "COO",
            "Phone Number": "+49 40 1234",
            "Company Name": "Kestrel Ferries",
            "Company Domain Name": "kestrel.example",
        }
    ]
    assert made["companies.csv"] == [
        {"Company Domain Name": "kestrel.example", "Name": "Kestrel Ferries"}
    ]
    assert made["deals.csv"] == [
        {
            "Passalong Referral ID": "ref-1",
            "Deal Name": "Kestrel Ferries – Maria Lindqvist",
            "Pipeline": "Sales Pipeline",
            "Deal Stage": "Closed Won",
            "Amount": "12345.60",
            "Currency": "EUR",
            "Close Date": "2026-11-25",
            "Passalong Advocate": "Maria Lindqvist",
            "Email": "t1@kestrel.example",
            "Company Domain Name": "kestrel.example",
        }
    ]


def test_salesforce_gets_leads_with_an_id_that_stays(ledger: SqliteLedger) -> None:
    books(ledger, 1, "Ana", company="", email="ana@gmail.com")
    becomes(ledger, 1, DISQUALIFIED)
    (lead,) = files(ledger, "salesforce")["leads.csv"]
    assert (lead["Passalong ID"], lead["First Name"], lead["Last Name"]) == ("r-1", "", "Ana")
    assert (lead["Company"], lead["Lead Status"]) == ("[not provided]", "Closed - Not Converted")
    assert lead["Passalong Stage"] == "disqualified"


def test_somebodys_own_mail_provider_is_no_company(ledger: SqliteLedger) -> None:
    books(ledger, 1, email="tomas@gmail.com")
    made = files(ledger, "hubspot")
    assert made["companies.csv"] == []
    assert made["contacts.csv"][0]["Company Domain Name"] == ""


@pytest.mark.parametrize(
    ("kind", "stage", "status"),
    [
        (MET, "Appointment Scheduled", "Working - Contacted"),
        (QUALIFIED, "Qualified To Buy", "Working - Contacted"),
        (DISQUALIFIED, "Closed Lost", "Closed - Not Converted"),
        (WON, "Closed Won", "Working - Contacted"),
    ],
)
def test_a_stage_is_one_that_the_crm_has(
    ledger: SqliteLedger, kind: str, stage: str, status: str
) -> None:
    books(ledger, 1)
    becomes(ledger, 1, kind)
    assert files(ledger, "hubspot")["deals.csv"][0]["Deal Stage"] == stage
    assert files(ledger, "salesforce")["leads.csv"][0]["Lead Status"] == status


@pytest.mark.parametrize(
    ("back", "stage", "amount"),
    [(Money(10_000, "JPY"), "Closed Won", "90000"), (None, "Closed Lost", "")],
)
def test_what_is_taken_back_is_not_exported_as_won(
    ledger: SqliteLedger, back: Money | None, stage: str, amount: str
) -> None:
    books(ledger, 1)
    becomes(ledger, 1, WON, amount=Money(100_000, "JPY"))
    becomes(ledger, 1, REVERSED, days=2, amount=back, data={"of": "won-1-1"})
    (deal,) = files(ledger, "hubspot")["deals.csv"]
    assert (deal["Deal Stage"], deal["Amount"]) == (stage, amount)


def test_a_deal_that_two_systems_tell_of_is_exported_as_it_is_counted(
    ledger: SqliteLedger,
) -> None:
    books(ledger, 1)
    told = {"source": "hubspot", "external": "42"}
    becomes(ledger, 1, WON, amount=Money(100_000, "JPY"), data=told)
    becomes(ledger, 1, WON, days=2, data=told | {"source": "import"})
    becomes(ledger, 1, REVERSED, days=3, amount=Money(10_000, "JPY"), data={"of": "import:42"})
    (deal,) = files(ledger, "hubspot")["deals.csv"]
    assert (deal["Deal Stage"], deal["Amount"]) == ("Closed Won", "90000")


def test_nobody_is_in_it_who_did_not_book_or_was_taken_out_or_waits_for_a_look(
    ledger: SqliteLedger,
) -> None:
    for number in range(1, 5):
        books(ledger, number)
    books(ledger, 5, name="Ida Lund", company="Elsewhere")
    books(ledger, 6, company="Rival", email="x@rival.example", review=True)
    who = Person("in-1", "referee", "a-1", "Per Dahl", "introduction", NOON)
    event = Event("i", "leeway", INTRODUCED, NOON, "a-1", "in-1")
    ledger.introduce(event, who, Actor("advocate:a-1"))
    ledger.remove(Event("x1", "leeway", REMOVED, NOON, "a-1", "r-1"), "r-1")
    ledger.revoke(Event("x2", "leeway", "revoked", NOON, "a-1", "r-2"), "referee:r-2")
    everywhere = holders().who("Ida Lund", "Elsewhere")
    ledger.remove(Event("x3", "leeway", REMOVED, NOON, "a-1"), everywhere)
    assert [one.person.id for one in leads(ledger, PEOPLE, holders())] == ["r-3", "r-4"]


def test_the_same_ledger_makes_the_same_files(ledger: SqliteLedger) -> None:
    for number in (3, 1, 2):
        books(ledger, number)
    ids = [one["Passalong ID"] for one in files(ledger, "salesforce")["leads.csv"]]
    assert ids == ["r-1", "r-2", "r-3"]
    assert files(ledger, "salesforce") == files(ledger, "salesforce")


def test_what_somebody_typed_is_never_a_formula(ledger: SqliteLedger) -> None:
    books(ledger, 1, name="=HYPERLINK(0) x", company="@SUM(1)", role="-1+1", phone="+1|cmd")
    for crm in FORMS:
        for rows in files(ledger, crm).values():
            cells = [cell for row in rows for cell in row.values()]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
