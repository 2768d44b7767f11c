"""SPF: what is found in the records of the envelope's domain, and which record mends it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.maildomain.records import Answer, Ask, Finding, Kind
from passalong.maildomain.spf import check_spf, is_right, mended, terms
from passalong.maildomain.way import Identity, by_server, by_ses

SES = by_ses("eu-central-1", "hello@leeway.example", "leeway.example", [], Identity())
SERVER = by_server("mail.host.example", "hello@leeway.example", "leeway.example", [])
OURS = "bounce.leeway.example"


def dns(**texts: str | list[str]) -> Ask:
    """TXT records by name, ``__`` for each dot; every name that is not here does not exist."""
    zone = {name.replace("__", "."): [text] if isinstance(text, str) else text
            for name, text in texts.items()}  # fmt: skip

    def ask(name: str, kind: Kind) -> Answer:
        if name not in zone:
            return Answer("nowhere")
        return Answer("found", tuple(zone[name])) if kind == "TXT" else Answer("empty")

    return ask


def by_amazon(*records: str, **others: str | list[str]) -> Finding:
    """What is found where the envelope's domain has these records, in a letter by SES."""
    more = {"amazonses__com": "v=spf1 ip4:199.255.192.0/22 -all"} | others
    return check_spf(SES, dns(bounce__leeway__example=list(records), **more))


@pytest.mark.parametrize(
    ("record", "state", "found"),
    [
        ("v=spf1 include:amazonses.com ~all", "ok", "1 of 10 lookups"),
        ("v=spf1 include:amazonses.com -all", "ok", "1 of 10 lookups"),
        ("V=SPF1 Include:AmazonSES.com ~ALL", "ok", "1 of 10 lookups"),
        ("v=spf1 a mx include:amazonses.com -all", "ok", "3 of 10 lookups"),
        ("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:amazonses.com -all", "ok", "1 of 10"),
        ("v=spf1 include:both.example -all", "ok", "2 of 10 lookups"),
        ("v=spf1 redirect=both.example", "ok", "2 of 10 lookups"),
        ("v=spf1 exists:%{i}.list.example include:amazonses.com -all", "ok", "2 of 10 lookups"),
        ("v=spf1 include:amazonses.com -all include:nowhere.example", "ok", "1 of 10 lookups"),
        ("v=spf1 include:amazonses.com ?all", "note", "other senders are not doubted"),
        ("v=spf1 include:amazonses.com", "note", "other senders are not doubted"),
        ("v=spf1 include:amazonses.com +all", "mend", "everybody may send for you"),
        ("v=spf1 include:amazonses.com all", "mend", "everybody may send for you"),
        ("v=spf1 include:amazonses.com include:wide.example -all", "mend", "wide.example lets"),
        ("v=spf1 redirect=wide.example", "mend", "wide.example lets everybody"),
        ("v=spf1 -all", "mend", "without SES"),
        ("v=spf1 ?include:amazonses.com -all", "mend", "without SES"),
        ("v=spf1 -include:amazonses.com ~all", "mend", "without SES"),
        ("v=spf1 ~all include:amazonses.com", "mend", "without SES"),
        ("v=spf1 include:nowhere.example -all", "mend", "leads to 0 SPF records"),
        ("v=spf1 include:twice.example -all", "mend", "leads to 2 SPF records"),
        ("v=spf1 redirect=nowhere.example", "mend", "leads to 0 SPF records"),
        ("v=spf1 ipv4:192.0.2.1 include:amazonses.com -all", "mend", "“ipv4:192.0.2.1”"),
        ("v=spf1 ip4:2001:db8:: include:amazonses.com -all", "mend", "“ip4:2001:db8::”"),
        ("v=spf1 include amazonses.com -all", "mend", "“amazonses.com” in the record"),
        ("v=spf1 include:round.example -all", "mend", "more than 10 lookups"),
        ("v=spf1 a a a a a a a a a a include:amazonses.com -all", "mend", "more than 10 lookups"),
        ("v=spf1 a a a a a a a a a include:amazonses.com -all", "ok", "10 of 10 lookups"),
    ],
)
def test_a_record_is_judged_as_receivers_do(record: str, state: str, found: str) -> None:
    finding = by_amazon(
        record,
        both__example="v=spf1 include:amazonses.com ~all",
        wide__example="v=spf1 +all",
        twice__example=["v=spf1 a -all", "v=spf1 mx -all"],
        round__example="v=spf1 include:round.example -all",
    )
    assert finding.state == state, finding.line()
    assert found in finding.found


def test_no_record_is_told_from_no_such_name() -> None:
    there = by_amazon("google-site-verification=x")
    gone = check_spf(SES, dns())
    assert there.found == f"{OURS} has no SPF record"
    assert gone.found == f"{OURS} does not exist (NXDOMAIN)"
    for finding in (there, gone):
        assert str(finding.record) == f'{OURS} TXT "v=spf1 include:amazonses.com ~all"'


def test_of_two_records_one_is_to_be_left_that_says_both() -> None:
    finding = by_amazon("v=spf1 mx -all", "v=spf1 include:amazonses.com ip4:192.0.2.1 -all")
    assert finding.state == "mend"
    assert finding.record
    said = "v=spf1 mx include:amazonses.com ip4:192.0.2.1 -all"
    assert finding.record.value == said


@pytest.mark.parametrize(
    ("record", "better"),
    [
        ("v=spf1 mx -all", "v=spf1 include:amazonses.com mx -all"),
        ("v=spf1 include:amazonses.com +all", "v=spf1 include:amazonses.com ~all"),
        ("v=spf1 include:amazonses.com", "v=spf1 include:amazonses.com ~all"),
        ("v=spf1 redirect=empty.example", "v=spf1 include:amazonses.com redirect=empty.example"),
        ("v=spf1 ~all include:amazonses.com", "v=spf1 include:amazonses.com ~all"),
        ("v=spf1 mx ?all exp=why.example", "v=spf1 include:amazonses.com mx ~all"),
    ],
)
def test_the_record_to_set_keeps_what_there_was(record: str, better: str) -> None:
    finding = by_amazon(record, empty__example="v=spf1 -all")
    assert finding.record
    assert finding.record.value == better
    assert by_amazon(better, empty__example="v=spf1 -all").state == "ok"


def test_a_mail_server_sends_in_the_name_of_the_senders_domain() -> None:
    finding = check_spf(SERVER, dns())
    assert str(finding.record) == 'leeway.example TXT "v=spf1 a:mail.host.example ~all"'
    assert check_spf(SERVER, dns(leeway__example="v=spf1 mx -all")).state == "ok"


def test_a_record_longer_than_a_string_is_to_be_set_in_several() -> None:
    long = " ".join(f"ip4:192.0.2.{number}" for number in range(30))
    record = by_amazon(f"v=spf1 {long} -all").record
    assert record
    strings = str(record).partition(" TXT ")[2].strip('"').split('" "')
    assert "".join(strings) == record.value
    assert max(map(len, strings)) <= 255


_WORDS = st.sampled_from(
    ["a", "mx", "?all", "-all", "~all", "+all", "all", "include:amazonses.com", "redirect=a.b",
     "exp=b.example", "ip4:192.0.2.1", "ip6:2001:db8::1", "ip4:x", "-mx", "ptr", "foo", "a=b"]
)  # fmt: skip


@given(st.lists(st.lists(_WORDS, max_size=6), max_size=3), st.booleans())
def test_whatever_there_was_the_mended_record_is_one_that_holds(
    words: list[list[str]], ses: bool
) -> None:
    records = [" ".join(["v=spf1", *each]) for each in words]
    needed = "include:amazonses.com" if ses else "a:mail.example"
    better = mended(records, needed)
    found = terms(better)
    assert all(map(is_right, found))
    assert not any(term.name == "all" and term.qualifier in "+?" for term in found)
    assert sum(term.name in ("all", "redirect") for term in found) >= 1
    if ses or not records:
        assert needed in better.split()


@given(st.text())
def test_no_record_whatever_it_says_is_a_fault_of_ours(text: str) -> None:
    assert by_amazon(f"v=spf1 {text}").check == "SPF"
