"""DNS as it is asked on the wire: a server on this machine that says what a test has it say."""

from __future__ import annotations

from collections.abc import Iterator

import dns.resolver
import pytest

from passalong.errors import Stop
from passalong.maildomain.records import Answer, Kind, NotAnswered, values
from passalong.maildomain.resolver import open_dns
from tests.dns_stand_in import Names, names_of

BRIEF = 0.2  # seconds, until an answer that never comes is given up
LONG = '"' + "a" * 250 + '" "' + "b" * 250 + '"'


@pytest.fixture
def names() -> Iterator[Names]:
    zone = {
        ("leeway.example", "TXT"): ['"v=spf1 a:one" ".example -all"', '"hello"'],
        ("leeway.example", "MX"): ["10 MX.Leeway.Example.", "20 mx2.leeway.example."],
        ("mx.leeway.example", "A"): ["192.0.2.1"],
        ("mx.leeway.example", "AAAA"): ["2001:db8::1"],
        ("s1._domainkey.leeway.example", "CNAME"): ["s1.host.example."],
        ("s1.host.example", "TXT"): ['"p=TUlJ"'],
        ("s2._domainkey.leeway.example", "CNAME"): ["nowhere.example."],
        ("null.example", "MX"): ["0 ."],
        ("odd.example", "TXT"): ['"\\027[31mred\\007" "\\255"'],
        ("long.example", "TXT"): [LONG],
        ("longer.example", "TXT"): [LONG, f'"c" {LONG}', f'"d" {LONG}'],
        ("a.b.example", "A"): ["192.0.2.1"],
    }
    with names_of(zone) as held:
        yield held


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("leeway.example", "TXT", Answer("found", ("hello", "v=spf1 a:one.example -all"))),
        (
            "LEEWAY.example",
            "MX",
            Answer("found", ("10 mx.leeway.example", "20 mx2.leeway.example")),
        ),
        ("mx.leeway.example", "A", Answer("found", ("192.0.2.1",))),
        ("mx.leeway.example", "AAAA", Answer("found", ("2001:db8::1",))),
        ("s1._domainkey.leeway.example", "CNAME", Answer("found", ("s1.host.example",))),
        ("s1._domainkey.leeway.example", "TXT", Answer("found", ("p=TUlJ",))),
        ("s2._domainkey.leeway.example", "TXT", Answer("nowhere")),
        ("null.example", "MX", Answer("found", ("0 ",))),
        ("leeway.example", "CNAME", Answer("empty")),
        ("b.example", "TXT", Answer("empty")),
        ("_dmarc.leeway.example", "TXT", Answer("nowhere")),
        ("a..example", "TXT", Answer("nowhere")),
        ("a" * 64 + ".example", "TXT", Answer("nowhere")),
        ("ü" * 80 + ".example", "TXT", Answer("nowhere")),
    ],
)
def test_each_kind_of_answer_is_told_from_the_others(
    names: Names, name: str, kind: Kind, answer: Answer
) -> None:
    assert open_dns(names.place)(name, kind) == answer


def test_an_answer_cannot_move_the_terminals_cursor(names: Names) -> None:
    (text,) = open_dns(names.place)("odd.example", "TXT").values
    assert "red" in text
    assert text.isprintable()


def test_what_is_too_long_for_a_datagram_comes_by_tcp(names: Names) -> None:
    ask = open_dns(names.place)
    assert ask("long.example", "TXT").values == ("a" * 250 + "b" * 250,)
    assert len(ask("longer.example", "TXT").values) == 3
    assert [by for by, name, _ in names.asked if name == "long.example"] == ["udp"]
    assert [by for by, name, _ in names.asked if name == "longer.example"] == ["udp", "tcp"]


def test_nothing_is_asked_twice(names: Names) -> None:
    ask = open_dns(names.place)
    for _ in range(3):
        ask("leeway.example", "TXT")
        ask("nowhere.example", "TXT")
    assert len(names.asked) == 2


def test_a_server_that_cannot_say_is_told_from_one_that_does_not(names: Names) -> None:
    names.failing.add("broken.example")
    names.silent.add("slow.example")
    ask = open_dns(names.place, BRIEF)
    assert ask("broken.example", "TXT") == Answer("failed", why="SERVFAIL")
    assert ask("slow.example", "TXT") == Answer("silent")
    with pytest.raises(NotAnswered, match=r"broken\.example has: SERVFAIL"):
        values(ask, "broken.example", "TXT")
    with pytest.raises(NotAnswered, match=r"in time what TXT record slow\.example has"):
        values(ask, "slow.example", "TXT")


def test_where_nobody_answers_at_all_it_is_said_at_once(names: Names) -> None:
    names.silent.add("leeway.example")
    with pytest.raises(Stop, match=rf"No DNS server answered within 0\.2 .*{names.place[-5:]}"):
        open_dns(names.place, BRIEF)("leeway.example", "TXT")


@pytest.mark.parametrize("place", ["", ":53", "127.0.0.1:x", "127.0.0.1:70000", "["])
def test_a_place_that_is_none_stops_with_a_sentence(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unset(*_: object, configure: bool = True) -> None:
        if configure:
            raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "Resolver", unset)
    with pytest.raises(Stop, match="--dns"):
        open_dns(place)
