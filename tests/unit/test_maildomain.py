"""A mail domain: DKIM, DMARC, MX, links, and what SES says, over records that a test gives."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.maildomain import check
from passalong.maildomain.dkim import check_dkim
from passalong.maildomain.dmarc import (
    check_alignment,
    check_dmarc,
    check_links,
    climb,
    organisation,
)
from passalong.maildomain.mx import check_replies, check_returns
from passalong.maildomain.records import Answer, Ask, Kind, ascii_domain
from passalong.maildomain.way import Identity, by_server, by_ses, check_identity

KEY = "v=DKIM1; k=rsa; p=TUlJQklqQU5CZ2txaGtpRzl3MEJBUUVGQUFPQ0FROA=="
SENDER, MAILBOX = "leeway.example", "hello@leeway.example"
KNOWN = Identity(
    SENDER,
    verified=True,
    signing=True,
    status="SUCCESS",
    tokens=("one", "two", "three"),
    zone="dkim.amazonses.com",
    envelope="bounce.leeway.example",
    envelope_status="SUCCESS",
)
SES = by_ses("eu-central-1", MAILBOX, SENDER, [], KNOWN)
SERVER = by_server("mail.host.example", MAILBOX, SENDER, ["s1"])

Zone = dict[tuple[str, Kind], list[str]]


def dns(zone: Zone, *, silent: str = "", failed: str = "") -> Ask:
    """Answers from a zone as a resolver does, aliases followed."""

    def ask(name: str, kind: Kind) -> Answer:
        if name == silent:
            return Answer("silent")
        if name == failed:
            return Answer("failed", why="SERVFAIL")
        if found := zone.get((name, kind)):
            return Answer("found", tuple(sorted(found)))
        if alias := zone.get((name, "CNAME")):
            return ask(alias[0], kind)
        there = any(known == name or known.endswith(f".{name}") for known, _ in zone)
        return Answer("empty" if there else "nowhere")

    return ask


def set_up() -> Zone:
    """A domain at SES with everything that it needs."""
    zone: Zone = {
        ("bounce.leeway.example", "TXT"): ["v=spf1 include:amazonses.com ~all"],
        ("bounce.leeway.example", "MX"): ["10 feedback-smtp.eu-central-1.amazonses.com"],
        ("amazonses.com", "TXT"): ["v=spf1 ip4:199.255.192.0/22 -all"],
        ("_dmarc.leeway.example", "TXT"): ["v=DMARC1; p=quarantine; rua=mailto:d@leeway.example"],
        ("leeway.example", "MX"): ["10 mx.host.example"],
        ("mx.host.example", "AAAA"): ["2001:db8::25"],
    }
    for token in KNOWN.tokens:
        zone[f"{token}._domainkey.leeway.example", "CNAME"] = [f"{token}.dkim.amazonses.com"]
        zone[f"{token}.dkim.amazonses.com", "TXT"] = [KEY]
    return zone


# --- All of it ----------------------------------------------------------------------------------


def test_a_domain_that_is_set_up_is_found_to_be() -> None:
    findings = check(SES, "friends.leeway.example", [SENDER], dns(set_up()))
    assert [(one.check, one.state) for one in findings] == [
        ("SPF", "ok"), ("returns", "ok"), ("DKIM", "ok"), ("DKIM", "ok"), ("DKIM", "ok"),
        ("DMARC", "ok"), ("alignment", "ok"), ("replies", "ok"), ("links", "ok"),
    ]  # fmt: skip
    assert not any(one.record or one.mend for one in findings)


def test_where_there_is_nothing_each_record_to_set_is_named() -> None:
    findings = check(SES, "friends.leeway.example", [SENDER], dns({}))
    assert [str(one.record) for one in findings if one.record] == [
        'bounce.leeway.example TXT "v=spf1 include:amazonses.com ~all"',
        "bounce.leeway.example MX 10 feedback-smtp.eu-central-1.amazonses.com",
        "one._domainkey.leeway.example CNAME one.dkim.amazonses.com",
        "two._domainkey.leeway.example CNAME two.dkim.amazonses.com",
        "three._domainkey.leeway.example CNAME three.dkim.amazonses.com",
        '_dmarc.leeway.example TXT "v=DMARC1; p=none; rua=mailto:hello@leeway.example"',
    ]
    assert all("NXDOMAIN" in one.found for one in findings if one.record)


def test_setting_what_is_named_is_enough() -> None:
    zone: Zone = {
        ("amazonses.com", "TXT"): ["v=spf1 ip4:199.255.192.0/22 -all"],
        ("leeway.example", "A"): ["192.0.2.1"],
        **{(f"{token}.dkim.amazonses.com", "TXT"): [KEY] for token in KNOWN.tokens},
    }
    for finding in check(SES, "friends.leeway.example", [SENDER], dns(zone)):
        if record := finding.record:
            zone[record.name, record.kind] = [record.value]
    after = check(SES, "friends.leeway.example", [SENDER], dns(zone))
    assert [one.line() for one in after if one.is_open] == []


@pytest.mark.parametrize("name", sorted({name for name, _ in set_up()} | {"_dmarc.example"}))
def test_what_dns_did_not_tell_is_neither_good_nor_to_be_mended(name: str) -> None:
    for ask in (dns(set_up(), silent=name), dns(set_up(), failed=name)):
        findings = check(SES, "friends.leeway.example", [SENDER], ask)
        states = {one.state for one in findings if one.state != "ok"}
        assert states == {"unknown"}
        said = {one.found for one in findings if one.state == "unknown"}
        owner = name.replace("dkim.amazonses.com", "_domainkey.leeway.example")
        assert all(owner in told and ("in time" in told or "SERVFAIL" in told) for told in said)


def test_a_finding_says_the_same_to_people_and_to_programs() -> None:
    for finding in check(SES, "friends.leeway.example", [SENDER], dns({})):
        plain = json.loads(json.dumps(finding.plain()))
        line = finding.line()
        assert "\n" not in line
        assert line.startswith(plain["state"])
        assert plain["found"] in line
        assert (plain["record"] or {"line": ""})["line"] in line


_TEXTS = st.lists(
    st.text() | st.lists(st.sampled_from(
        ["v=DMARC1", "p=none", "p=", "sp=reject", "psd=y", "psd=n", "adkim=s", "aspf=s", "; ", ";",
         "v=DKIM1", "p=TUlJ", "t=y", "v=spf1 ", "include:leeway.example ", "+all"])).map("".join),
    max_size=2,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(sorted(set_up())), _TEXTS), st.sampled_from(["n.example"]))
def test_whatever_stands_in_dns_there_are_findings(
    changes: dict[tuple[str, Kind], list[str]], host: str
) -> None:
    zone = set_up() | {key: texts for key, texts in changes.items() if key[1] == "TXT"}
    for way in (SES, SERVER, replace(SES, sender="mail.leeway.example")):
        findings = check(way, host, [way.sender], dns(zone))
        assert {"SPF", "DKIM", "DMARC", "replies", "links"} <= {one.check for one in findings}
        assert all(one.found for one in findings)


# --- DKIM ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "state", "found"),
    [
        (KEY, "ok", "has a key"),
        ("p=TUlJ", "ok", "has a key"),
        ("k=ed25519; p=TU lJ", "ok", "has a key"),
        ("v=DKIM1; t=y; p=TUlJ", "note", "only tried out"),
        ("v=DKIM1; k=rsa", "mend", "no key (p=)"),
        ("v=DKIM1; p=", "mend", "was revoked"),
        ("v=DKIM1; p=TUlJQ", "mend", "cannot be read"),
        ("v=DKIM2; p=TUlJ", "mend", "not v=DKIM1"),
        ("hello", "mend", "no key (p=)"),
    ],
)
def test_a_key_is_one_that_receivers_can_use(text: str, state: str, found: str) -> None:
    (finding,) = check_dkim(SERVER, dns({("s1._domainkey.leeway.example", "TXT"): [text]}))
    assert finding.state == state
    assert found in finding.found


def test_two_keys_by_one_name_are_one_too_many() -> None:
    zone: Zone = {("s1._domainkey.leeway.example", "TXT"): [KEY, "p=TUlJ"]}
    (finding,) = check_dkim(SERVER, dns(zone))
    assert finding.state == "mend"
    assert "2 TXT records" in finding.found


def test_a_selector_that_is_named_may_be_an_alias_of_the_providers() -> None:
    zone: Zone = {
        ("s1._domainkey.leeway.example", "CNAME"): ["s1.host.example"],
        ("s1.host.example", "TXT"): [KEY],
    }
    assert [one.state for one in check_dkim(SERVER, dns(zone))] == ["ok"]


def test_without_a_selector_nobody_knows_which_key_signs() -> None:
    (finding,) = check_dkim(replace(SERVER, selectors=()), dns({}))
    assert finding.state == "unknown"
    assert "--selector" in finding.mend


def test_an_alias_that_leads_elsewhere_is_to_lead_to_ses() -> None:
    zone = set_up() | {("two._domainkey.leeway.example", "CNAME"): ["two.dkim.other.example"]}
    wrong = [one for one in check_dkim(SES, dns(zone)) if one.state != "ok"]
    assert [str(one.record) for one in wrong] == [
        "two._domainkey.leeway.example CNAME two.dkim.amazonses.com"
    ]


def test_ses_need_not_show_all_three_keys_at_once_but_one() -> None:
    zone = set_up()
    del zone["one.dkim.amazonses.com", "TXT"], zone["two.dkim.amazonses.com", "TXT"]
    assert [one.state for one in check_dkim(SES, dns(zone))] == ["note", "note", "ok"]
    del zone["three.dkim.amazonses.com", "TXT"]
    assert check_dkim(SES, dns(zone))[-1].state == "mend"


def test_a_region_with_a_zone_of_its_own_is_asked_for_by_its_name() -> None:
    there = replace(KNOWN, zone="dkim.af-south-1.amazonses.com")
    way = by_ses("af-south-1", MAILBOX, SENDER, [], there)
    record = check_dkim(way, dns({}))[0].record
    assert record
    assert record.value == "one.dkim.af-south-1.amazonses.com"


# --- DMARC --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "sender", "belongs_to"),
    [
        ({}, "mail.leeway.example", "mail.leeway.example"),
        ({"leeway.example": "p=none"}, "mail.leeway.example", "leeway.example"),
        ({"leeway.example": "p=none"}, "leeway.example", "leeway.example"),
        ({"mail.leeway.example": "p=none"}, "mail.leeway.example", "mail.leeway.example"),
        (
            {"mail.leeway.example": "p=none", "leeway.example": "p=none"},
            "mail.leeway.example",
            "leeway.example",
        ),
        (
            {"mail.leeway.example": "p=none; psd=n", "leeway.example": "p=none"},
            "x.mail.leeway.example",
            "mail.leeway.example",
        ),
        ({"gov.example": "p=none; psd=y"}, "x.leeway.gov.example", "leeway.gov.example"),
        ({"gov.example": "p=none; psd=y"}, "gov.example", "gov.example"),
        (
            {"gov.example": "p=none; psd=y", "leeway.gov.example": "p=none"},
            "x.leeway.gov.example",
            "leeway.gov.example",
        ),
    ],
)
def test_the_highest_record_on_the_way_up_is_the_organisations(
    zone: dict[str, str], sender: str, belongs_to: str
) -> None:
    records: Zone = {
        (f"_dmarc.{name}", "TXT"): [f"v=DMARC1; {text}"] for name, text in zone.items()
    }
    assert organisation(climb(sender, dns(records))) == belongs_to


def test_a_long_name_costs_no_more_than_eight_questions() -> None:
    name = ".".join("abcdefghijkl") + ".example"
    stations = [station.domain for station in climb(name, dns({}))]
    assert stations[:2] == [name, "g.h.i.j.k.l.example"]
    assert stations[-1] == "example"
    assert len(stations) == 8


@pytest.mark.parametrize(
    ("records", "sender", "state", "found", "better"),
    [
        ({"": ["v=DMARC1; p=reject"]}, SENDER, "ok", "p=reject", ""),
        ({"": ["v=DMARC1;p=quarantine;"]}, SENDER, "ok", "", ""),
        ({"": ["v=DMARC1; p=Reject; pct=100"]}, SENDER, "ok", "", ""),
        (
            {"": ["v=DMARC1; p=none; rua=mailto:a@b.example"]},
            SENDER,
            "note",
            "not stopped",
            "v=DMARC1; p=quarantine; rua=mailto:a@b.example",
        ),
        ({"": ["v=DMARC1; rua=mailto:a@b.example"]}, SENDER, "mend", "without a policy",
         "v=DMARC1; p=none; rua=mailto:a@b.example"),
        ({"": ["v=DMARC1; p=quaranteen"]}, SENDER, "mend", "without a policy",
         "v=DMARC1; p=none"),
        ({"": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, SENDER, "mend", "2 DMARC records", ""),
        ({"": ["v=dmarc1; p=none", "something"]}, SENDER, "mend", "", "v=DMARC1; p=none; rua="),
        ({"": ["v=DMARC1; p=reject"]}, "mail.leeway.example", "ok", "", ""),
        ({"": ["v=DMARC1; p=reject; sp=none"]}, "mail.leeway.example", "note", "not stopped",
         "v=DMARC1; sp=quarantine; p=reject"),
        ({"": ["v=DMARC1; p=none"], "mail.": ["v=DMARC1; p=reject"]}, "mail.leeway.example",
         "ok", "_dmarc.mail.", ""),
        ({"": ["v=DMARC1; p=reject"], "mail.": ["nothing"]}, "mail.leeway.example", "ok",
         "_dmarc.leeway.example", ""),
    ],
)  # fmt: skip
def test_one_record_says_what_becomes_of_letters_that_are_not_yours(
    records: dict[str, list[str]], sender: str, state: str, found: str, better: str
) -> None:
    zone: Zone = {(f"_dmarc.{below}leeway.example", "TXT"): them for below, them in records.items()}
    finding = check_dmarc(replace(SERVER, sender=sender), dns(zone))
    assert finding.state == state, finding.line()
    assert found in finding.found
    assert (finding.record.value if finding.record else "").startswith(better)
    assert bool(better) == bool(finding.record)


@pytest.mark.parametrize(
    ("more", "sender", "state"),
    [
        ("", "leeway.example", "ok"),
        ("", "mail.leeway.example", "ok"),
        ("; aspf=s", "leeway.example", "note"),
        ("; adkim=s", "leeway.example", "ok"),
        ("; adkim=s", "mail.leeway.example", "note"),
        ("; adkim=s; aspf=s", "mail.leeway.example", "mend"),
    ],
)
def test_the_domains_that_vouch_for_a_letter_go_with_its_sender(
    more: str, sender: str, state: str
) -> None:
    zone = set_up() | {("_dmarc.leeway.example", "TXT"): [f"v=DMARC1; p=reject{more}"]}
    finding = check_alignment(replace(SES, sender=sender), dns(zone))
    assert finding
    assert finding.state == state
    if state == "mend":
        assert str(finding.record) == '_dmarc.leeway.example TXT "v=DMARC1; p=reject"'


def test_another_organisations_signature_is_of_no_use() -> None:
    zone = set_up() | {("_dmarc.other.example", "TXT"): ["v=DMARC1; p=reject"]}
    finding = check_alignment(replace(SES, sender="other.example"), dns(zone))
    assert finding
    assert finding.state == "mend"
    assert finding.mend == "Send from leeway.example."


# --- Where letters and links lead ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "sender", "state"),
    [
        ("leeway.example", "leeway.example", "ok"),
        ("friends.leeway.example", "leeway.example", "ok"),
        ("leeway.example", "mail.leeway.example", "ok"),
        ("friends.leeway.example", "mail.leeway.example", "ok"),
        ("friends.unheard.example", "mail.unheard.example", "mend"),
        ("d111.cloudfront.net", "leeway.example", "mend"),
        ("myleeway.example", "leeway.example", "mend"),
        ("localhost", "leeway.example", "mend"),
        ("127.0.0.1", "leeway.example", "mend"),
    ],
)
def test_links_lead_to_the_domain_that_letters_come_from(
    host: str, sender: str, state: str
) -> None:
    finding = check_links(host, replace(SERVER, sender=sender), dns(set_up()))
    assert finding.state == state


@pytest.mark.parametrize(
    ("zone", "state", "found"),
    [
        ({("leeway.example", "MX"): ["10 m.x.example"], ("m.x.example", "A"): ["192.0.2.1"]},
         "ok", "m.x.example"),
        ({("leeway.example", "MX"): ["10 m.x.example"]}, "mend", "no address"),
        ({("leeway.example", "MX"): ["0 "]}, "mend", "takes no mail"),
        ({("leeway.example", "A"): ["192.0.2.1"]}, "note", "its own address"),
        ({("leeway.example", "TXT"): ["hello"]}, "mend", "has no MX record"),
        ({}, "mend", "does not exist (NXDOMAIN)"),
    ],
)  # fmt: skip
def test_replies_arrive_where_a_server_takes_them(zone: Zone, state: str, found: str) -> None:
    finding = check_replies(SENDER, dns(zone))
    assert finding.state == state
    assert found in finding.found


@pytest.mark.parametrize(
    ("servers", "state"),
    [
        (["10 feedback-smtp.eu-central-1.amazonses.com"], "ok"),
        (["10 feedback-smtp.us-east-1.amazonses.com"], "mend"),
        (["10 feedback-smtp.eu-central-1.amazonses.com", "20 mx.host.example"], "mend"),
        ([], "mend"),
    ],
)
def test_what_comes_back_goes_to_ses_in_the_right_region_and_nowhere_else(
    servers: list[str], state: str
) -> None:
    finding = check_returns(SES, dns({("bounce.leeway.example", "MX"): servers}))
    assert finding.state == state
    if state == "mend":
        better = "bounce.leeway.example MX 10 feedback-smtp.eu-central-1.amazonses.com"
        assert str(finding.record) == better


# --- What SES says ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "state", "found"),
    [
        ({}, "ok", "has verified leeway.example"),
        ({"domain": ""}, "mend", "does not know leeway.example"),
        ({"signing": False}, "mend", "does not sign"),
        ({"verified": False, "status": "PENDING"}, "mend", "not verified leeway.example yet"),
        ({"envelope": ""}, "mend", "no MAIL FROM domain"),
        ({"envelope_status": "FAILED"}, "mend", "does not use bounce.leeway.example yet (FAILED)"),
    ],
)
def test_ses_is_asked_whether_it_may_send(
    changes: dict[str, str | bool], state: str, found: str
) -> None:
    identity = replace(KNOWN, **changes)  # type: ignore[arg-type]
    finding = check_identity(identity, by_ses("eu-central-1", MAILBOX, SENDER, [], identity))
    assert finding.state == state
    assert found in finding.found


def test_what_ses_cannot_be_asked_may_be_named() -> None:
    unasked = Identity(unasked="there are no credentials for AWS here")
    for selectors, state in (([], "unknown"), (["one"], "note")):
        way = by_ses("eu-central-1", MAILBOX, SENDER, selectors, unasked)
        assert check_identity(unasked, way).state == state
        assert (way.envelope, way.signer) == ("bounce.leeway.example", SENDER)
    assert [one.state for one in check_dkim(way, dns(set_up()))] == ["ok"]
    (missing,) = check_dkim(way, dns({}))
    assert str(missing.record) == "one._domainkey.leeway.example CNAME one.dkim.amazonses.com"


def test_a_domain_of_any_script_is_asked_for_as_dns_has_it() -> None:
    assert ascii_domain("Müller.EXAMPLE.") == "xn--mller-kva.example"
    assert ascii_domain("a" * 70 + ".example")
