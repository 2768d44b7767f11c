"""Whom we know already, and the mail addresses by which people are known."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passalong.booking.accounts import Accounts, Handling, company_key, handling
from passalong.booking.mail_address import AddressRefused, read_address
from passalong.booking.mailboxes import mailbox_of
from passalong.booking.providers import is_free
from passalong.people import ACCOUNT_STATUSES, Account

NORDHAVN = Account("nordhavn.example", "Nordhavn Lines", "customer", "jonas", "Nordics", 2)
WESTMARCH = Account("westmarch.example", "Westmarch Distribution Ltd", "open", "aoife", "", 3)
SLOTMOOR = Account("slotmoor.example", "Slotmoor Systems", "competitor", "", "", 4)
HOFMANN = Account("hofmann.example", "Hofmann Hafenbetriebe", "do-not-contact", "jonas", "DACH", 5)
BY_NAME = Account("", "Løvås & Sønner AS", "open", "ines", "", 6)
FREE = Account("gmail.com", "Somebody", "do-not-contact", "", "", 7)
ACCOUNTS = Accounts([NORDHAVN, WESTMARCH, SLOTMOOR, HOFMANN, BY_NAME, FREE])


# --- Accounts ---------------------------------------------------------------------------------


def test_whoever_is_not_known_is_met_as_always() -> None:
    assert handling(ACCOUNTS, "t.berg@kestrel.example", "Kestrel") == Handling()
    assert handling(ACCOUNTS) == Handling("go", influenced=False, account=None)
    assert Handling().owner == ""


def test_an_open_deal_and_a_customer_go_to_their_owner_and_count_as_influenced() -> None:
    assert handling(ACCOUNTS, "a@westmarch.example") == Handling(
        "go", influenced=True, account=WESTMARCH
    )
    assert handling(ACCOUNTS, "a@nordhavn.example").owner == "jonas"


def test_competitors_wait_for_somebody_to_look_and_some_are_not_written_to() -> None:
    assert handling(ACCOUNTS, "a@slotmoor.example") == Handling("review", account=SLOTMOOR)
    assert handling(ACCOUNTS, "a@hofmann.example") == Handling("decline", account=HOFMANN)


@pytest.mark.parametrize("status", ACCOUNT_STATUSES)
def test_every_status_that_a_list_can_hold_has_a_rule(status: str) -> None:
    found = handling(Accounts([NORDHAVN._replace(status=status)]), "a@nordhavn.example")
    assert found.account is not None
    assert found.influenced is (status in ("customer", "open"))


@pytest.mark.parametrize(
    ("email", "company", "account"),
    [
        ("A@Ops.Nordhavn.Example", "", NORDHAVN),
        ("", "nordhavn lines", NORDHAVN),
        ("me@gmail.com", "WESTMARCH DISTRIBUTION", WESTMARCH),
        ("me@gmail.com", "Westmarch Distribution, Limited", WESTMARCH),
        ("", "www.westmarch.example", WESTMARCH),
        ("", "https://westmarch.example/about", WESTMARCH),
        ("", "Lovas and Sonner", BY_NAME),
        ("a@slotmoor.example", "Nordhavn Lines", SLOTMOOR),
        ("me@gmail.com", "", None),
        ("a@notnordhavn.example", "", None),
        ("a@example", "", None),
        ("", "  ", None),
        ("", "&", None),
    ],
)
def test_an_account_is_found_by_domain_or_name(
    email: str, company: str, account: Account | None
) -> None:
    assert ACCOUNTS.find(email, company) == account


def test_of_two_accounts_by_one_name_the_stricter_counts() -> None:
    other = SLOTMOOR._replace(domain="slotmoor-shop.example", status="customer")
    for rows in ([SLOTMOOR, other], [other, SLOTMOOR]):
        assert handling(Accounts(rows), company="Slotmoor Systems").decision == "review"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hofmann Häfen GmbH & Co. KG", "hofmann haefen"),
        ("Müller AG", "MUELLER"),
        ("Havskjær A/S", "Havskjaer"),
        ("L’Oréal S.A.", "L'Oreal"),
        ("Smith and Sons Ltd.", "Smith & Sons"),
        ("Straße Eins", "STRASSE EINS"),
        ("東京物流", "東京物流"),
    ],
)
def test_names_are_compared_as_people_read_them(one: str, other: str) -> None:
    assert company_key(one) == company_key(other) != ""


def test_a_name_that_is_a_legal_form_stays_a_name() -> None:
    assert company_key("SE") == "se"
    assert company_key("Und") == "und"
    assert company_key("Co-op") == "co op"


# --- Addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "address", "free"),
    [
        (" t.berg@Kestrel.Example ", "t.berg@kestrel.example", False),
        ("Tomas+demo@gmail.com", "Tomas+demo@gmail.com", True),
        ("tomas@bücher.example", "tomas@xn--bcher-kva.example", False),
        ("tomas@yahoo.co.uk", "tomas@yahoo.co.uk", True),
    ],
)
def test_an_address_is_made_ready_to_write_to(typed: str, address: str, free: bool) -> None:
    found = read_address(typed)
    assert (found.address, found.free) == (address, free)
    assert found.domain == address.rpartition("@")[2]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "tomas",
        "tomas@",
        "@kestrel.example",
        "tomas@kestrel",
        "Tomas <t@kestrel.example>",
        "a@b@c.example",
        "tömas@kestrel.example",
        "t@[127.0.0.1]",
        '"t b"@kestrel.example',
        "t@kestrel.example\nBcc: x@y.example",
        "t@localhost",
        "t" * 65 + "@kestrel.example",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        read_address(typed)
    assert refused.value.code == "invalid"
    assert not typed or typed not in str(refused.value)


@pytest.mark.parametrize("typed", ["x@mailinator.com", "x@box.yopmail.com", "X@GuerrillaMail.com"])
def test_a_throw_away_address_is_refused(typed: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        read_address(typed)
    assert refused.value.code == "disposable"


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "GMX.at",
        "hotmail.co.uk",
        "live.com.mx",
        "web.de",
        "privaterelay.appleid.com",
        "qq.com",
    ],
)
def test_free_mail_is_known_and_never_refused(domain: str) -> None:
    assert is_free(domain)
    assert read_address(f"tomas@{domain}").free


@pytest.mark.parametrize(
    "domain", ["nordhavn.example", "live.nordhavn.com", "outlook.example.com", "", "gmail"]
)
def test_a_firms_domain_is_not_free_mail(domain: str) -> None:
    assert not is_free(domain)


@pytest.mark.parametrize(
    "address",
    [
        "maria.lindqvist@gmail.com",
        "Maria.Lindqvist+x@googlemail.com",
        "m.a.r.i.a.lindqvist@Gmail.com",
    ],
)
def test_one_mailbox_has_many_spellings(address: str) -> None:
    assert mailbox_of(address) == "marialindqvist@gmail.com"


def test_points_matter_where_they_do() -> None:
    assert mailbox_of("Maria.Lindqvist+demo@nordhavn.example") == "maria.lindqvist@nordhavn.example"
    assert mailbox_of("+@nordhavn.example") == "+@nordhavn.example"


@settings(deadline=None)
@given(st.text(max_size=80) | st.emails())
def test_whatever_is_typed_is_an_address_or_refused(text: str) -> None:
    try:
        found = read_address(text)
    except AddressRefused:
        return
    assert found.address.isascii()
    assert read_address(found.address) == found
    assert mailbox_of(found.mailbox) == found.mailbox


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_typed_an_account_is_found_or_not(email: str, company: str) -> None:
    found = ACCOUNTS.find(email, company)
    assert found is None or found in (NORDHAVN, WESTMARCH, SLOTMOOR, HOFMANN, BY_NAME, FREE)
    assert company_key(company) == company_key(f"  {company} ")
