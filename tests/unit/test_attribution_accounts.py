"""Which company an event is about, and what speaks for a self-referral; in actions, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.attribution.accounts import account_key, self_referral
from passalong.booking.accounts import Accounts
from passalong.events import BOOKED, INTRODUCED, SHARED, VISITED
from passalong.people import Account
from tests.desk import book, free
from tests.programs import advocate, referee
from tests.worlds import Place, a_world, ask

SECRET = bytes(range(32))


def key(company: str = "", mailbox: str = "") -> str:
    return account_key(SECRET, company, mailbox)


@pytest.mark.parametrize(
    ("company", "mailbox"),
    [
        ("Blue Harbour Ltd.", ""),
        ("BLUE HARBOUR", ""),
        ("Blue-Harbour GmbH & Co. KG", ""),
        ("Blueharbour", "ida@gmail.com"),
        ("", "ida@blueharbour.com"),
        ("", "ida@mail.blueharbour.com"),
        ("", "ida@blueharbour.co.uk"),
        ("", "ida@ops.blueharbour.com.au"),
        ("https://www.blueharbour.example/about", ""),
        ("blueharbour.de", ""),
        ("Blue Harbour", "ida@another.example"),  # what they say of themselves goes first
    ],
)
def test_a_company_has_one_key_however_it_is_written(company: str, mailbox: str) -> None:
    assert key(company, mailbox) == key("Blue Harbour")


@pytest.mark.parametrize(
    ("company", "mailbox"), [("", ""), ("", "ida@gmail.com"), ("  ", "ida@gmx.at"), ("?!", "")]
)
def test_what_tells_no_company_has_no_key(company: str, mailbox: str) -> None:
    assert key(company, mailbox) == ""


def test_a_key_tells_no_name_and_nothing_without_the_secret() -> None:
    assert len(key("Kestrel")) == 20
    assert key("Kestrel") != account_key(SECRET[::-1], "Kestrel")
    assert key("Kestrel") != key("Kestrel Foods")


def test_a_company_of_the_accounts_goes_by_its_name_there() -> None:
    accounts = Accounts([Account("ktl.example", "Kestrel Transport", "open", "", "", 1)])
    assert account_key(SECRET, "", "ida@ktl.example", accounts) == key("Kestrel Transport")
    assert account_key(SECRET, "KTL", "ida@mail.ktl.example", accounts) == key("Kestrel Transport")
    assert account_key(SECRET, "KTL", "", accounts) == key("KTL")


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_a_company_or_none(company: str, mailbox: str) -> None:
    assert len(key(company, mailbox)) in (0, 20)


@pytest.mark.parametrize(
    ("ours", "theirs", "signals"),
    [
        ("maria@kestrel.example", "maria@kestrel.example", ("same-mailbox", "same-domain")),
        ("maria@kestrel.example", "Maria+demo@Kestrel.example", ("same-mailbox", "same-domain")),
        ("m.lind@gmail.com", "mlind+x@googlemail.com", ("same-mailbox",)),
        ("maria@kestrel.example", "ida@kestrel.example", ("same-domain",)),
        ("maria@kestrel.example", "ida@ops.kestrel.example", ("same-domain",)),
        ("maria@ops.kestrel.example", "ida@kestrel.example", ("same-domain",)),
        ("maria@gmail.com", "ida@gmail.com", ()),
        ("maria@web.de", "ida@web.de", ()),
        ("m.lind@kestrel.example", "mlind@estrel.example", ()),
        ("", "ida@kestrel.example", ()),
        ("maria@kestrel.example", "", ()),
        ("", "", ()),
    ],
)
def test_what_speaks_for_a_self_referral(ours: str, theirs: str, signals: tuple[str, ...]) -> None:
    assert self_referral(ours, theirs) == signals


# --- In what actions put down -------------------------------------------------------------------

PEOPLE: dict[str, Any] = {
    "advocates": [
        advocate(email="maria.lindqvist@gmail.com"),
        advocate("a-2", "Henrike Voss", email="henrike@kaltwasser.example"),
    ],
    "referees": [
        referee(),
        referee("r-2", "Henrike Voss", email="voss+x@kaltwasser.example", advocate="a-2",
                company="Kaltwasser", status="suggested"),
    ],
}  # fmt: skip


@pytest.fixture
def here(tmp_path: Path) -> Place:
    return a_world(tmp_path, **PEOPLE)


def data_of(here: Place, kind: str) -> list[dict[str, str]]:
    return [event.data for event in here.events(kind)]


def test_two_advocates_and_a_share_link_lead_to_one_account(here: Place) -> None:
    ask(here, "introductions", here.advocate(), name="Ana Berg", company="Kestrel AS")
    ask(here, "introductions", here.advocate("a-2"), name="Ivo Kranz", company="KESTREL")
    book(here, here.share(), free(here)[0], email="ivo@kestrel.example")
    keys = {data["account"] for kind in (INTRODUCED, BOOKED) for data in data_of(here, kind)}
    assert keys == {account_key(here.secret, "Kestrel")}
    assert len({event.referral for event in here.events(INTRODUCED)}) == 2


def test_whoever_books_with_their_own_address_is_taken_and_marked(here: Place) -> None:
    said = book(here, here.share(), free(here)[0], email="marialindqvist+me@googlemail.com")
    assert said.status == 201
    (data,) = data_of(here, BOOKED)
    assert data["signals"] == "same-mailbox"
    assert "meeting" in data


def test_a_colleague_is_marked_and_a_stranger_on_the_same_network_is_not(here: Place) -> None:
    first, *_, second = free(here)
    book(here, here.share("a-2"), first, email="ida@kaltwasser.example")
    book(here, here.share("a-2"), second, email="ida@kestrel.example")
    assert [data.get("signals", "") for data in data_of(here, BOOKED)] == ["same-domain", ""]


def test_a_listed_colleague_is_marked_at_the_introduction(here: Place) -> None:
    suggestion = here.known().holders.key("referee", "r-2")
    ask(here, "introductions", here.advocate("a-2"), name="Henrike Voss", suggestion=suggestion)
    (data,) = data_of(here, INTRODUCED)
    assert data["signals"] == "same-domain"
    assert data["account"] == account_key(here.secret, "Kaltwasser")


def test_every_step_tells_the_story_that_was_shown(here: Place) -> None:
    ask(here, "share", here.advocate(), medium="linkedin")
    ask(here, "visits", here.share(), visible=True)
    ask(here, "visits", here.referee(), visible=True)
    ask(here, "introductions", here.advocate(), name="Ana Berg", company="Kestrel")
    book(here, here.referee(), free(here)[0])
    stories = [event.data["story"] for event in here.events()]
    assert stories == ["nordhavn"] * 5
    assert {event.type for event in here.events()} == {SHARED, VISITED, INTRODUCED, BOOKED}


def test_a_booking_tells_from_which_page_it_came(here: Place) -> None:
    first, *_, second = free(here)
    book(here, here.referee(), first)
    book(here, here.share(), second, email="ida@lund.example")
    assert [data["page"] for data in data_of(here, BOOKED)] == ["referee", "share"]
