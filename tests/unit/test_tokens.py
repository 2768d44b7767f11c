"""Codes, keys and the secret they are made from."""

from __future__ import annotations

import base64
import hashlib
import hmac
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.errors import Stop
from passalong.tokens import (
    ALPHABET,
    CODE_LENGTH,
    KEY_LENGTH,
    SECRET_FILE,
    SECRET_VARIABLE,
    PathKeys,
    Secret,
    is_vanity,
    normalise,
    path_secret,
)

SECRET = bytes(range(32))
KEYS = PathKeys(SECRET, "leeway")
ids = st.text(st.characters(codec="utf-8"), max_size=30)


@given(ids, st.integers(0, 99))
def test_codes_and_keys_have_their_bits_in_an_unambiguous_alphabet(person: str, rev: int) -> None:
    assert CODE_LENGTH * 5 >= 62
    assert KEY_LENGTH * 5 >= 128
    assert len(ALPHABET) == 32
    assert not set(ALPHABET) & set("ilou")
    for made, length in (
        (KEYS.code(person, rev), CODE_LENGTH),
        (KEYS.key("advocate", person, rev), KEY_LENGTH),
    ):
        assert len(made) == length
        assert set(made) <= set(ALPHABET)


@given(ids, ids)
def test_every_purpose_person_revision_program_and_secret_has_its_own(one: str, two: str) -> None:
    made = [
        KEYS.code(one),
        KEYS.code(one, 1),
        KEYS.key("advocate", one),
        KEYS.key("advocate", one, 1),
        KEYS.key("referee", one),
        PathKeys(SECRET, "other").code(one),
        PathKeys(SECRET, "other").key("advocate", one),
        PathKeys(SECRET[::-1], "leeway").code(one),
    ]
    if one != two:
        made += [KEYS.code(two), KEYS.key("advocate", two)]
    assert len({code[:CODE_LENGTH] for code in made}) == len(made)


def test_an_id_that_looks_like_a_revision_is_not_one() -> None:
    assert KEYS.code("1:a", 0) != KEYS.code("a", 1)
    assert KEYS.code("0:a", 1) != KEYS.code("a", 10)


def test_a_key_is_the_macs_low_bits_in_base_32() -> None:
    root = hmac.digest(SECRET, b"passalong path 1\0leeway", "sha256")
    key = hmac.digest(root, b"key referee", "sha256")
    mac = hmac.new(key, b"3:r-17", hashlib.sha256).digest()
    assert KEYS.key("referee", "r-17", 3) == "".join(ALPHABET[byte % 32] for byte in mac[:26])


def test_addresses_stay_the_same_from_release_to_release() -> None:
    assert KEYS.code("adv-1") == "0bef8tk134wmy"
    assert KEYS.key("advocate", "adv-1") == "cxbhfan6f57qe3xeq5ftvq52tj"


def test_all_symbols_are_equally_likely() -> None:
    symbols = "".join(KEYS.key("advocate", str(i)) for i in range(2000))
    expected = len(symbols) / 32
    chi2 = sum((symbols.count(sign) - expected) ** 2 / expected for sign in ALPHABET)
    assert chi2 < 62  # the 99.9th percentile for 31 degrees of freedom, of a fixed sample


@given(ids)
def test_a_code_that_was_typed_by_hand_is_found(person: str) -> None:
    code = KEYS.code(person)
    assert normalise(code) == code
    assert normalise(f" {code.upper()}\n") == code
    assert normalise(code.replace("0", "O").replace("1", "l")) == code
    assert normalise(code.replace("1", "I")) == code


def test_a_vanity_code_is_used_as_it_is() -> None:
    assert KEYS.code("adv-1", vanity="Lindqvist") == "lindqvist"
    assert normalise("LINDQVIST") == "lindqvist"


@pytest.mark.parametrize("code", ["lindqvist", "maria-l", "abc", "a" * 40])
def test_a_vanity_code_is_short_plain_words(code: str) -> None:
    assert is_vanity(code)


@pytest.mark.parametrize(
    "code", ["", "ab", "Maria", "maria l", "-maria", "maria-", "märia", "../admin", "a" * 41]
)
def test_anything_else_is_no_vanity_code(code: str) -> None:
    assert not is_vanity(code)


def test_a_vanity_code_cannot_be_one_that_would_be_read_as_another() -> None:
    assert not is_vanity("lindqvistlind")  # 13 symbols, with an l and an i


def test_the_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    var = tmp_path / "var"
    secret = path_secret(var, {})
    assert len(secret) == 32
    assert path_secret(var, {}) == secret
    assert stat.S_IMODE((var / SECRET_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(var.stat().st_mode) == 0o700
    assert [path.name for path in var.iterdir()] == [SECRET_FILE]


def test_two_machines_make_different_secrets(tmp_path: Path) -> None:
    assert path_secret(tmp_path / "a", {}) != path_secret(tmp_path / "b", {})


def test_of_many_first_runs_at_once_all_get_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        secrets = list(pool.map(lambda _: path_secret(tmp_path / "var", {}), range(64)))
    assert len(set(secrets)) == 1
    assert [path.name for path in (tmp_path / "var").iterdir()] == [SECRET_FILE]


def test_the_environment_comes_first_and_nothing_is_written(tmp_path: Path) -> None:
    given_secret = path_secret(tmp_path / "var", {SECRET_VARIABLE: SECRET.hex() + "\n"})
    assert given_secret == SECRET
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("bad", ["", "changeme", "ab" * 31, "zz" * 32, "abc" * 33])
def test_a_secret_that_is_none_stops_with_a_sentence(bad: str, tmp_path: Path) -> None:
    with pytest.raises(Stop, match=SECRET_VARIABLE):
        path_secret(tmp_path, {SECRET_VARIABLE: bad})
    (tmp_path / SECRET_FILE).write_text(bad)
    with pytest.raises(Stop, match="64 hex digits") as caught:
        path_secret(tmp_path, {})
    assert bad not in str(caught.value) or not bad


def test_a_place_that_cannot_be_written_stops_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, not a folder")
    with pytest.raises(Stop, match=SECRET_VARIABLE):
        path_secret(tmp_path / "var", {})


def test_a_secret_does_not_print() -> None:
    secret = Secret(SECRET)
    encoded = {SECRET.hex(), base64.b64encode(SECRET).decode(), repr(SECRET), str(list(SECRET))}
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret!r}"):
        assert shown == "Secret(hidden)"
        assert shown not in encoded
