"""Tokens: what one allows, and that nothing else allows it."""

from __future__ import annotations

import hashlib
import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from passalong.access import Capability, Kind, Refused, Signer
from passalong.tokens import ALPHABET, PathKeys

KEYS = tuple(hashlib.sha256(name).digest() for name in (b"old", b"new", b"a stranger's"))
SIGNER = Signer(KEYS[:2])
STRANGER = Signer(KEYS[2:])
KINDS: tuple[Kind, ...] = get_args(Kind)
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
REFUSED = "this link is not valid, or no longer"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

kinds = st.sampled_from(KINDS)
references = st.text(st.characters(codec="utf-8"), max_size=60)
revisions = st.integers(0, 10_000)
expiries = st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)


def theirs(kind: Kind) -> URLSafeSerializer:
    """What itsdangerous signs tokens of a kind with."""
    options = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return URLSafeSerializer(list(KEYS[:2]), salt=f"passalong.{kind}", signer_kwargs=options)


def is_refused(token: str, *kinds: Kind, now: datetime = NOW, signer: Signer = SIGNER) -> bool:
    try:
        signer.verify(token, kinds or KINDS, now)
    except Refused:
        return True
    return False


# --- What a token says --------------------------------------------------------------------------


@given(kinds, references, revisions, expiries)
def test_a_token_is_what_itsdangerous_writes(
    kind: Kind, reference: str, revision: int, expires: datetime | None
) -> None:
    said = [reference, revision, int(expires.timestamp()) if expires else 0]
    expected = str(theirs(kind).dumps(said))
    assume(not expected.startswith("."))  # it would squeeze such a reference, and we do not
    assert SIGNER.sign(kind, reference, revision, expires) == expected


@given(kinds, references, revisions, expiries)
def test_itsdangerous_reads_every_token(
    kind: Kind, reference: str, revision: int, expires: datetime | None
) -> None:
    said = theirs(kind).loads(SIGNER.sign(kind, reference, revision, expires))
    assert said == [reference, revision, int(expires.timestamp()) if expires else 0]


@given(kinds, references, revisions)
def test_a_token_tells_its_page_and_the_pages_revision(
    kind: Kind, reference: str, revision: int
) -> None:
    token = SIGNER.sign(kind, reference, revision)
    assert SIGNER.verify(token, KINDS, NOW) == Capability(kind, reference, revision)


def test_a_token_is_the_same_whenever_it_is_made() -> None:
    again = Signer(KEYS[:2])
    assert again.sign("advocate", "k", 1, NOW) == SIGNER.sign("advocate", "k", 1, NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_of_one_kind_of_page_is_nothing_to_another(kind: Kind) -> None:
    token = SIGNER.sign(kind, "cxbhfan6f57qe3xeq5ftvq52tj")
    assert is_refused(token, *(other for other in KINDS if other != kind))
    assert not is_refused(token, kind)


def test_a_token_ends_with_its_second() -> None:
    token = SIGNER.sign("advocate", "k", 0, NOW)
    assert not is_refused(token, now=NOW - SECOND / 2)
    assert is_refused(token, now=NOW)
    assert is_refused(token, now=NOW + SECOND)


def test_a_token_without_an_end_has_none() -> None:
    assert not is_refused(SIGNER.sign("advocate", "k"), now=NOW + timedelta(days=36_500))


# --- Rotation -----------------------------------------------------------------------------------


def test_the_newest_key_signs_and_the_others_verify_until_they_retire() -> None:
    first, second = Signer(KEYS[:1]), Signer(KEYS[1:2])
    before, after = first.sign("referee", "k"), SIGNER.sign("referee", "k")
    assert not is_refused(before)
    assert is_refused(after, signer=first)
    assert not is_refused(after, signer=second)
    assert is_refused(before, signer=second)


def test_nobody_signs_without_a_key() -> None:
    with pytest.raises(ValueError, match="no signing keys"):
        Signer([])


# --- What is no token ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_spellings_of_the_last_character_allow_the_same(kind: Kind) -> None:
    """Its last two bits are no part of the signature: base 64 has four spellings of each."""
    token = SIGNER.sign(kind, "cxbhfan6f57qe3xeq5ftvq52tj", 3)
    allowed = {
        SIGNER.verify(token[:-1] + letter, KINDS, NOW)
        for letter in LETTERS
        if not is_refused(token[:-1] + letter)
    }
    assert allowed == {Capability(kind, "cxbhfan6f57qe3xeq5ftvq52tj", 3)}
    assert sum(not is_refused(token[:-1] + letter) for letter in LETTERS) == 4


@given(st.text(max_size=200) | st.from_regex(r"[A-Za-z0-9_.=-]{0,600}", fullmatch=True))
def test_whatever_is_no_token_is_refused(text: str) -> None:
    assert is_refused(text)


@pytest.mark.parametrize(
    "payload", [b"[]", b'["k",0]', b'["k",0,0,0]', b"[1,0,0]", b'["k","0",0]', b"{}", b"null", b"["]
)
def test_what_we_signed_for_something_else_is_refused(payload: bytes) -> None:
    signed = urlsafe_b64encode(payload).rstrip(b"=")
    token = theirs("advocate").make_signer("passalong.advocate").sign(signed).decode()
    assert is_refused(token)


def test_a_token_with_anything_around_or_inside_it_is_refused() -> None:
    token = SIGNER.sign("advocate", "k")
    for letter in (" ", "\n", "=", "é", "\0", "\ud800", ".", "%3D", "!!!!"):
        assert is_refused(token + letter)
        assert is_refused(letter + token)
        assert is_refused(token[:-5] + letter + token[-5:])


def false_tokens(number: int, lots: random.Random) -> Iterator[tuple[Kind, int, str]]:
    """``number`` false tokens, of each sort as many, with the kind and revision that a page has."""
    paths = PathKeys(bytes(32), "leeway")
    for at in range(number // 10):
        kind, other, revision = KINDS[at % 4], KINDS[(at + 1) % 4], at % 3 + 1
        reference = paths.key(kind, str(at), revision)
        true = SIGNER.sign(kind, reference, revision, None if at % 2 else NOW + SECOND)
        payload, _, mac = true.rpartition(".")
        for token in (
            altered(true, lots),
            altered(true, lots),
            true[: lots.randrange(len(true))],
            true[lots.randrange(1, len(true)) :],
            SIGNER.sign(other, reference, revision),
            STRANGER.sign(kind, reference, revision),
            SIGNER.sign(kind, reference, revision, NOW - at * SECOND),
            SIGNER.sign(kind, reference, revision - 1),  # revoked: the page has a newer revision
            f"{payload}.{SIGNER.sign(kind, 'x' * 26)[-43:]}",
            f"{changed(payload, lots)}.{mac}",
        ):
            yield kind, revision, token


def altered(token: str, lots: random.Random) -> str:
    """The token with one byte changed, but not into another spelling of its last character."""
    while True:
        at, letter = lots.randrange(len(token)), chr(lots.randrange(128))
        spelt = token[:at] + letter + token[at + 1 :]
        if spelt != token and not (at == len(token) - 1 and is_same_end(letter, token[-1])):
            return spelt


def is_same_end(letter: str, other: str) -> bool:
    return letter in LETTERS and LETTERS.index(letter) // 4 == LETTERS.index(other) // 4


def changed(payload: str, lots: random.Random) -> str:
    """The payload with one symbol of its reference changed, as somebody would who knows how."""
    said = bytearray(urlsafe_b64decode(payload + "=="))
    at = lots.randrange(2, 28)
    said[at] = ord(lots.choice([symbol for symbol in ALPHABET if ord(symbol) != said[at]]))
    return urlsafe_b64encode(said).rstrip(b"=").decode()


def answer(kind: Kind, revision: int, token: str) -> str:
    """What somebody hears who comes with a token to a page of that kind and revision."""
    try:
        capability = SIGNER.verify(token, (kind,), NOW)
    except Refused as refused:
        return str(refused)
    return "accepted" if capability.revision == revision else REFUSED


def test_of_100_000_false_tokens_none_is_accepted_and_all_are_answered_alike() -> None:
    assert answer("share", 1, SIGNER.sign("share", "k", 1)) == "accepted"
    assert {answer(*false) for false in false_tokens(100_000, random.Random(7))} == {REFUSED}
