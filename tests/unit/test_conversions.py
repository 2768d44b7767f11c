"""Whose referral is meant by what was told, and what waits for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from passalong.conversions.inbox import held
from passalong.conversions.whom import rows_of
from passalong.events import Event
from passalong.hooks import Hooks
from passalong.ledger.port import Actor
from tests.hooked import (
    CLIENT_SECRET,
    HubSpot,
    Relay,
    booked,
    changed,
    conversion,
    from_hubspot,
    hooked,
    hubspot,
    opportunity,
    post,
    tell,
)
from tests.programs import advocate, referee
from tests.worlds import NOON, Place

PROGRAM: dict[str, Any] = {
    "conversions": {
        "stages": {"trial started": "qualified", "newsletter": "ignore"},
        "hubspot": {"stages": {"closedwon": "won", "closedlost": "lost", "1078": "ignore"}},
        "salesforce": {"stages": {"Closed Won": "won"}},
    },
    "rates": [{"from": NOON.date() - timedelta(days=90), "currency": "USD", "rate": "0.92"}],
}
CONTENT: dict[str, Any] = {
    "program": PROGRAM,
    "advocates": [
        advocate("a-1", "Maria Lindqvist", email="maria@nordhavn.example", company="Nordhavn"),
        advocate("a-2", "Jens Holm", email="jens@holm.example", company="Holm"),
    ],
    "referees": [
        referee("r-1", "Ana Ruiz", advocate="a-2", email="ana@havn.example", company="Havn"),
        referee("r-2", "Eve Lie", status="suggested", email="eve@lie.example", company="Lie"),
    ],
}


@pytest.fixture
def world(tmp_path: Path) -> Place:
    return hooked(tmp_path, **CONTENT)


@pytest.fixture
def relay(world: Place) -> Relay:
    return Relay(world)


@pytest.fixture(scope="module")
def server() -> Iterator[HubSpot]:
    with hubspot() as server:
        yield server


def filed(world: Place) -> list[Event]:
    """What came of referrals, as the ledger has it."""
    return [event for event in world.events() if "source" in event.data]


def about(event: Event) -> tuple[str, str, str]:
    return event.type, event.referee, event.evidence


# --- Whose it is --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "evidence"),
    [
        ({"referral": "ref-in-1"}, "webhook"),
        ({"referral": "in-1"}, "webhook"),
        ({"booking": "m-in-1"}, "webhook"),
        ({"email": "Tomas+sales@Kestrel.example"}, "e-mail"),
        ({"company": "KESTREL FERRIES Ltd."}, "company-domain"),
        ({"email": "somebody.else@kestrelferries.com"}, "company-domain"),
        ({"referral": "unknown", "email": "tomas@kestrel.example"}, "e-mail"),
    ],
)
def test_somebody_is_found_by_whatever_leads_to_them(
    data: dict[str, Any], evidence: str, world: Place, relay: Relay
) -> None:
    booked(world)
    relay()
    assert tell(world, conversion(**data)).status == 202
    relay()
    (event,) = filed(world)
    assert about(event) == ("won", "in-1", evidence)
    assert (event.advocate, event.referral) == ("a-1", "ref-in-1")
    assert event.data["account"]
    assert relay.held == []


@pytest.mark.parametrize("data", [{"referral": "r-1"}, {"email": "ana@havn.example"}])
def test_people_of_the_lists_are_found_before_they_did_anything(
    data: dict[str, Any], world: Place, relay: Relay
) -> None:
    tell(world, conversion("referral.met", **data))
    relay()
    (event,) = filed(world)
    holders = world.known().holders
    assert (event.advocate, event.referee) == ("a-2", "r-1")
    assert event.referral == holders.referral("a-2", "Havn", "r-1")


def test_whoever_we_only_have_in_mind_is_nobody_s_referral(world: Place, relay: Relay) -> None:
    tell(world, conversion(email="eve@lie.example"))
    relay()
    assert [one.error for one in relay.held] == ["unmatched"]


def test_two_contacts_of_one_company_are_one_referral_s_the_earlier(
    world: Place, relay: Relay
) -> None:
    booked(world)
    world.time.wait(days=1)
    booked(world, "in-2", advocate="a-2", email="ida@kestrel.example", name="Ida Lund")
    relay()
    tell(world, conversion(company="Kestrel Ferries"))
    relay()
    assert [about(event) for event in filed(world)] == [("won", "in-1", "company-domain")]


def test_a_deal_stays_whose_it_was_when_later_news_say_nothing_else(
    world: Place, relay: Relay
) -> None:
    booked(world)
    relay()
    tell(world, conversion(email="tomas@kestrel.example", external_id="D-1"), "m1")
    relay()
    tell(world, conversion("referral.renewed", external_id="D-1"), "m2")
    tell(world, conversion("referral.reversed", of="conversions:D-1"), "m3")
    relay()
    assert [event.type for event in filed(world)] == ["won", "renewed", "reversed"]
    assert {event.referee for event in filed(world)} == {"in-1"}


def told_by_hubspot(world: Place, person: str, deal: str) -> None:
    """A deal of a referral, as the ledger has it from HubSpot."""
    data = {"source": "hubspot", "external": deal, "account": world.known().program.id + person}
    event = Event(f"{person}-{deal}", "leeway", "won", world.clock(), "a-1", person,
                  f"ref-{person}", data=data)  # fmt: skip
    world.ledger.file(event)


@pytest.mark.parametrize("data", [{"external_id": "42"}, {"of": "import:42"}])
def test_a_deal_is_found_by_its_id_alone_though_another_source_told_of_it(
    data: dict[str, Any], world: Place, relay: Relay
) -> None:
    booked(world)
    tell(world, conversion("referral.reversed", **data), "early")
    relay()
    assert [one.error for one in relay.held] == ["unmatched"]
    told_by_hubspot(world, "in-1", "42")
    relay()
    assert [about(event) for event in filed(world)] == [
        ("won", "in-1", ""),
        ("reversed", "in-1", "webhook"),
    ]


def test_of_two_companies_whose_deals_have_one_id_in_two_systems_neither_is_guessed(
    world: Place, relay: Relay
) -> None:
    booked(world)
    world.time.wait(hours=1)
    booked(world, "in-2", email="ida@fjord.example", company="Fjord Foods", name="Ida Lund")
    told_by_hubspot(world, "in-1", "42")
    tell(world, conversion(external_id="42", email="ida@fjord.example"), "m1")
    relay()
    assert [about(event)[1:] for event in filed(world)] == [("in-1", ""), ("in-2", "e-mail")]
    body = json.dumps(opportunity(Id="42", ContactEmail="", AccountName="")).encode()
    post(world, "salesforce", body, {"X-Passalong-Secret": "salesforce-flow-secret"})
    tell(world, conversion("referral.renewed", external_id="42"), "m2")
    relay()
    assert [one.error for one in relay.held] == ["ambiguous"]
    assert [about(event)[:2] for event in filed(world)][2:] == [("renewed", "in-2")]


def test_whose_company_is_unknown_is_nobody_s_though_another_system_has_a_deal_of_that_id(
    world: Place, relay: Relay
) -> None:
    booked(world)
    told_by_hubspot(world, "in-1", "1")
    relay()
    tell(world, conversion(external_id="1", company="Solvane"))
    relay()
    assert [one.error for one in relay.held] == ["unmatched"]


def test_an_advocate_who_is_the_contact_of_a_deal_is_noted_as_a_signal(
    world: Place, relay: Relay
) -> None:
    booked(world, email="m.other@nordhavn.example", company="Nordhavn")
    relay()
    tell(world, conversion(email="m.other@nordhavn.example"))
    relay()
    assert filed(world)[0].data["signals"] == "same-domain"


# --- What waits for a person --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (conversion("deal.parked", referral="in-1"), "unknown-stage"),
        (conversion(email="nobody@nowhere.example"), "unmatched"),
        (conversion(), "unmatched"),
        (conversion(referral="in-1", amount={"value": 1, "currency": "NOK"}), "no-rate"),
    ],
)
def test_what_nobody_can_file_by_rule_is_held_with_its_reason(
    event: dict[str, Any], reason: str, world: Place, relay: Relay
) -> None:
    booked(world)
    relay()
    tell(world, event)
    relay()
    assert [one.error for one in relay.held] == [reason]
    assert filed(world) == []


def test_a_word_that_the_program_knows_is_a_stage_or_means_nothing(
    world: Place, relay: Relay
) -> None:
    booked(world)
    relay()
    tell(world, conversion("trial started", referral="in-1"), "m1")
    tell(world, conversion("newsletter", email="nobody@nowhere.example"), "m2")
    relay()
    assert [event.type for event in filed(world)] == ["qualified"]
    assert relay.held == []


def test_contacts_of_two_companies_are_for_a_person_to_look_at(world: Place, relay: Relay) -> None:
    booked(world)
    world.time.wait(hours=1)
    booked(world, "in-2", email="ida@fjord.example", company="Fjord Foods", name="Ida Lund")
    relay()
    body = json.dumps(opportunity(ContactEmail="tomas@kestrel.example,ida@fjord.example")).encode()
    post(world, "salesforce", body, {"X-Passalong-Secret": "salesforce-flow-secret"})
    relay()
    assert [about(event) for event in filed(world)] == [("won", "in-1", "e-mail")]  # the deal's own
    other = opportunity(
        ContactEmail="tomas@kestrel.example,ida@fjord.example", AccountName="", Id="2"
    )
    post(
        world,
        "salesforce",
        json.dumps(other).encode(),
        {"X-Passalong-Secret": "salesforce-flow-secret"},
    )
    relay()
    assert [one.error for one in relay.held] == ["ambiguous"]


def test_what_came_too_early_is_filed_once_somebody_is_meant(world: Place, relay: Relay) -> None:
    tell(world, conversion("referral.won", email="tomas@kestrel.example", external_id="D-1"), "m1")
    tell(world, conversion("referral.renewed", external_id="D-1"), "m2")
    relay()
    assert [one.error for one in relay.held] == ["unmatched"] * 2
    booked(world)
    relay()
    assert sorted(event.type for event in filed(world)) == ["renewed", "won"]
    assert relay.held == []


def test_what_is_done_holds_nothing_of_anybody(world: Place, relay: Relay) -> None:
    booked(world)
    relay()
    tell(world, conversion(email="tomas@kestrel.example", company="Kestrel Ferries"))
    relay()
    done = [one for one in world.ledger.deliveries("done") if one.kind == "conversion.conversions"]
    assert [dict(one.data) for one in done] == [{"source": "conversions", "stage": "won"}]


# --- The index of people ------------------------------------------------------------------------


def test_events_that_come_again_or_in_another_order_change_nothing(
    world: Place, relay: Relay
) -> None:
    booked(world)
    relay()
    before = rows_of(world.ledger, ["in-1"])
    world.ledger.advance("relay", "")
    relay()
    assert rows_of(world.ledger, ["in-1"]) == before


# --- HubSpot ------------------------------------------------------------------------------------


def from_crm(world: Place, *events: dict[str, Any]) -> None:
    body = json.dumps(events).encode()
    assert post(world, "hubspot", body, from_hubspot(body, world.clock())).status == 202


def person(email: str, company: str = "", also: str = "") -> dict[str, Any]:
    return {"email": email, "company": company, "hs_additional_emails": also}


def test_a_deal_is_asked_for_with_all_its_contacts(tmp_path: Path, server: HubSpot) -> None:
    world = replace(hooked(tmp_path, **CONTENT), call=server.call)
    relay = Relay(world)
    booked(world)
    relay()
    others = {str(n): person(f"p{n}@elsewhere.example") for n in range(250)}
    server.page = 100
    server.deal(
        9_001,
        others
        | {"999": person("boss@kestrel.example", "Kestrel Ferries", "tomas@kestrel.example")},
        amount="48000.50",
        deal_currency_code="USD",
    )
    from_crm(world, changed())
    relay()
    (event,) = filed(world)
    assert (event.type, event.referee, event.data["external"]) == ("won", "in-1", "9001")
    assert event.amount is not None
    assert (event.amount.minor, event.amount.currency) == (4_800_050, "USD")


def test_while_hubspot_is_down_the_deal_waits_and_is_asked_for_again(
    tmp_path: Path, server: HubSpot
) -> None:
    world = replace(hooked(tmp_path, **CONTENT), call=server.call)
    relay = Relay(world)
    booked(world)
    relay()
    server.deal(9_002, {"1": person("tomas@kestrel.example")}, amount="1", deal_currency_code=None)
    server.down = 2
    from_crm(world, changed(9_002))
    relay()
    (late,) = world.ledger.deliveries("waiting")[:1]
    assert late.error == "NotReached: HubSpot answered 503"
    world.time.wait(hours=1)
    relay()
    world.time.wait(hours=1)
    relay()
    assert [event.type for event in filed(world)] == ["won"]


@pytest.mark.parametrize(
    ("deal", "stage", "reason"),
    [
        (404, "closedwon", "deal-gone"),
        (9_003, "closedwon", "bad-amount"),
        (9_004, "x", "unknown-stage"),
    ],
)
def test_a_deal_that_cannot_be_filed_waits_for_a_person(
    deal: int, stage: str, reason: str, tmp_path: Path, server: HubSpot
) -> None:
    world = replace(hooked(tmp_path, **CONTENT), call=server.call)
    relay = Relay(world)
    server.deal(9_003, {}, amount="a lot", deal_currency_code="EUR")
    server.deal(9_004, {"1": person("x@kestrel.example", "Kestrel")}, amount="1")
    from_crm(world, changed(deal, stage))
    relay()
    (one,) = relay.held
    assert one.error == reason
    if reason == "unknown-stage":
        assert one.data["company"] == "Kestrel"


def test_a_stage_of_no_meaning_is_not_even_asked_about(tmp_path: Path, server: HubSpot) -> None:
    world = replace(hooked(tmp_path, **CONTENT), call=server.call)
    asked = len(server.asked)
    from_crm(world, changed(9_001, "1078"))
    Relay(world)()
    assert len(server.asked) == asked
    assert held(world.ledger) == []


def test_without_a_token_nothing_is_lost(tmp_path: Path) -> None:
    world = hooked(tmp_path, **CONTENT)
    world = replace(world, hooks=lambda: Hooks({"hubspot": (CLIENT_SECRET,)}))
    from_crm(world, changed())
    Relay(world)()
    assert [one.error for one in held(world.ledger)] == ["no-token"]


# --- What the advocate hears --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "letter"),
    [
        ("met", "advocate.met"),
        ("won", "advocate.won"),
        ("lost", "advocate.lost"),
        ("disqualified", "advocate.disqualified"),
        ("qualified", ""),
        ("no_show", ""),
        ("renewed", ""),
    ],
)
def test_an_advocate_hears_in_plain_words_what_came_of_it_once(
    kind: str, letter: str, world: Place, relay: Relay
) -> None:
    booked(world)
    relay()
    relay.mails.clear()
    tell(world, conversion(f"referral.{kind}", referral="in-1"), "m1")
    tell(world, conversion(f"referral.{kind}", referral="in-1"), "m2")
    relay()
    assert relay.letters == ([letter] if letter else [])
    if letter:
        assert relay.mails[0].to.email == "maria@nordhavn.example"
        assert "Berg" not in relay.mails[0].text


def test_nothing_is_said_where_the_referee_asked_for_silence(world: Place, relay: Relay) -> None:
    booked(world)
    silent = Event("s", "leeway", "preferred", world.clock(), "a-1", "in-1")
    world.ledger.prefer(silent, {"silent": "yes"}, Actor("referee:in-1"))
    relay()
    relay.mails.clear()
    tell(world, conversion("referral.won", referral="in-1"))
    relay()
    assert relay.mails == []


def test_what_happened_long_ago_is_no_news(world: Place, relay: Relay) -> None:
    booked(world)
    relay()
    relay.mails.clear()
    tell(world, conversion("referral.won", NOON - timedelta(days=40), referral="in-1"))
    relay()
    assert (relay.mails, [event.type for event in filed(world)]) == ([], ["won"])
