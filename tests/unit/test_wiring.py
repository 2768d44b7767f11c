"""What the functions run on: a bundle and a site, in files here and in buckets there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from passalong.access import Kind, Refused, Signer
from passalong.bundle import UnknownFormat
from passalong.errors import Stop
from passalong.headers import headers_for
from passalong.keyring import Key
from passalong.ledger.port import Unavailable
from passalong.tokens import Secret
from passalong.wiring import Wiring
from tests.programs import KEYS, Made, files, write
from tests.s3_stand_in import Cloud, cloud

BUCKETS = {
    "PASSALONG_BUNDLE": "s3://private/bundle.json?region=eu-central-1",
    "PASSALONG_SITE": "s3://site?region=eu-central-1",
}


OF_ADVOCATES: tuple[Kind, ...] = ("advocate",)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with cloud() as held:
        for name, value in held.environment().items():
            monkeypatch.setenv(name, value)
        yield held


@pytest.fixture
def made(tmp_path: Path) -> Made:
    built = Made(tmp_path / "content", tmp_path / "site", tmp_path / "var")
    write(built.content, files())
    built.build(bundle=built.var / "bundle.json")
    return built


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds on the clock that a wiring looks at, in a list of one."""
    at = [100.0]
    monkeypatch.setattr("passalong.wiring.time", SimpleNamespace(monotonic=lambda: at[0]))
    return at


def bundle_of(made: Made, name: str = "Leeway") -> bytes:
    return (
        (made.var / "bundle.json")
        .read_bytes()
        .replace(b'"name":"Leeway"', f'"name":"{name}"'.encode())
    )


def test_the_bundle_in_a_bucket_is_asked_for_once_a_minute_and_read_when_it_changed(
    made: Made, there: Cloud, seconds: list[float]
) -> None:
    there.put("private", "bundle.json", bundle_of(made))
    wiring = Wiring(made.settings() | BUCKETS)
    for _ in range(3):
        assert wiring.known().program.brand.name == "Leeway"
    assert there.count("GET", "private") == 1
    there.put("private", "bundle.json", bundle_of(made, "Headway"))
    seconds[0] += 59
    assert wiring.known().program.brand.name == "Leeway"
    seconds[0] += 2
    assert wiring.known().program.brand.name == "Headway"
    first = wiring.known()
    seconds[0] += 61
    assert wiring.known() is first, "what did not change is not read again"
    assert there.count("GET", "private") == 3


def test_a_new_signing_key_in_the_parameter_store_is_known_within_five_minutes(
    made: Made, seconds: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = KEYS[0], Key("autumn", Secret(bytes(range(64, 96))))
    stored: list[Key | None] = [old]

    def signing_keys(_var: Path, _environ: object) -> tuple[Key, ...]:
        if None in stored:
            raise Stop("that parameter is not to be had")
        return tuple(key for key in stored if key)

    monkeypatch.setattr("passalong.wiring.signing_keys", signing_keys)
    wiring = Wiring(made.settings() | {"PASSALONG_SIGNING_KEYS": "ssm:/passalong/signing-keys"})
    at = datetime(2026, 11, 22, tzinfo=UTC)
    token = Signer([old.secret, new.secret]).sign("advocate", "x")

    def is_known() -> bool:
        with suppress(Refused):
            return bool(wiring.known().holders.signer.verify(token, OF_ADVOCATES, at))
        return False

    assert not is_known()
    stored.append(new)
    seconds[0] += 300
    assert is_known()
    stored.append(None)
    seconds[0] += 300
    assert is_known(), "where the store is away, the keys before hold"


def test_a_bundle_of_another_format_is_refused_until_there_is_one_that_is_known(
    made: Made, there: Cloud, seconds: list[float]
) -> None:
    there.put("private", "bundle.json", bundle_of(made))
    wiring = Wiring(made.settings() | BUCKETS)
    wiring.known()
    there.put("private", "bundle.json", b'{"format": 999}')
    seconds[0] += 61
    for _ in range(2):
        with pytest.raises(UnknownFormat):
            wiring.known()
    there.put("private", "bundle.json", bundle_of(made))
    seconds[0] += 61
    assert wiring.known().program.id == "leeway"


def test_a_bucket_that_does_not_answer_stops_nobody_who_knows_the_bundle(
    made: Made, there: Cloud, seconds: list[float]
) -> None:
    there.put("private", "bundle.json", bundle_of(made))
    wiring = Wiring(made.settings() | BUCKETS)
    there.fault = lambda _asked: 503
    with pytest.raises(Unavailable):
        wiring.known()
    there.fault = lambda _asked: 0
    wiring.known()
    there.fault = lambda _asked: 503
    seconds[0] += 61
    assert wiring.known().program.id == "leeway"


def test_without_any_bundle_there_is_nothing_to_run_on(made: Made, there: Cloud) -> None:
    with pytest.raises(UnknownFormat):
        Wiring(made.settings() | BUCKETS).known()


def test_a_page_in_a_bucket_has_the_headers_of_its_kind_and_goes_again(
    made: Made, there: Cloud
) -> None:
    pages, path = Wiring(made.settings() | BUCKETS).pages, "p/key/index.html"
    pages.put(path, b"<p>Ida")
    stored, told = there.buckets["site"][path], headers_for(path)
    assert stored.data == b"<p>Ida"
    assert stored.content_type == told["Content-Type"]
    assert stored.cache_control == told["Cache-Control"]
    pages.remove(path)
    pages.remove(path)
    assert there.tree("site") == {}


def test_a_page_that_cannot_be_put_is_an_error_that_functions_expect(
    made: Made, there: Cloud
) -> None:
    there.fault = lambda _asked: 503
    with pytest.raises(OSError, match="SlowDown"):
        Wiring(made.settings() | BUCKETS).pages.put("p/key/index.html", b"")


def test_an_address_that_names_no_object_is_said(made: Made) -> None:
    with pytest.raises(Stop, match="names no object"):
        Wiring(made.settings() | {"PASSALONG_BUNDLE": "s3://private"})
    with pytest.raises(Stop, match="names no bucket"):
        Wiring(made.settings() | {"PASSALONG_BUNDLE": "s3://Private Bucket/bundle.json"})


def test_a_bundle_in_a_file_is_read_again_when_it_changes(made: Made, seconds: list[float]) -> None:
    wiring = Wiring(made.settings())
    assert wiring.known().program.brand.name == "Leeway"
    (made.var / "bundle.json").write_bytes(bundle_of(made, "Headway"))
    seconds[0] += 1
    assert wiring.known().program.brand.name == "Headway"


def test_a_build_without_a_bundle_does_not_pass_for_one_with_it(made: Made) -> None:
    bundle = made.var / "bundle.json"
    before = bundle.read_bytes()
    write(made.content, files(program={"brand": {"name": "Headway"}}))
    made.build()
    assert bundle.read_bytes() == before
    made.build(bundle=bundle)
    assert b"Headway" in bundle.read_bytes()
    bundle.write_bytes(b"{}")
    made.build(bundle=bundle)
    assert b"Headway" in bundle.read_bytes()
