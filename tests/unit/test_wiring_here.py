"""What the environment names, opened: the newest bundle or none, and what calendars say."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from passalong.bundle import FORMAT, UnknownFormat
from passalong.folder import File
from passalong.wiring import Wiring
from tests.programs import Made, files, write


@pytest.fixture
def wiring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wiring:
    made = Made(tmp_path / "content", tmp_path / "out", tmp_path / "var")
    write(made.content, files())
    made.build(bundle=made.var / "bundle.json")
    made_wiring = Wiring(made.settings())
    monkeypatch.setattr(made_wiring, "bundle", File(made.var / "bundle.json", look_every=0))
    return made_wiring


def test_of_a_bundle_that_cannot_be_read_nobody_goes_on_with_the_one_before(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = wiring.var / "bundle.json"
    good = bundle.read_bytes()
    assert wiring.known().program.id == "leeway"
    bundle.write_bytes(good.replace(b'"format":%d' % FORMAT, b'"format":99', 1))
    with pytest.raises(UnknownFormat, match="format 99"):
        wiring.known()
    monkeypatch.setattr(wiring, "bundle", replace(wiring.bundle, look_every=60))
    with pytest.raises(UnknownFormat):
        wiring.known()
    bundle.write_bytes(good)
    monkeypatch.setattr(wiring, "bundle", replace(wiring.bundle, look_every=0))
    assert wiring.known().program.id == "leeway"


def test_an_address_may_be_given_with_a_slash_at_its_end(wiring: Wiring) -> None:
    given = {"PASSALONG_ADDRESS": "https://friends.example/", "PASSALONG_VAR": str(wiring.var)}
    assert wiring.world().address == "https://friends.leeway.example"
    assert Wiring(dict(wiring._environ) | given).world().address == "https://friends.example"


def test_a_calendar_that_cannot_be_read_is_told_to_the_log_and_stands_in_nobodys_way(
    wiring: Wiring, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    feed = (tmp_path / "secret-key.ics").as_uri()
    host = replace(wiring.known().program.booking.hosts[0], busy_feed=feed)
    with caplog.at_level(logging.WARNING):
        assert list(wiring.busy(host)) == []
    assert f"busy times of host {host.id}" in caplog.text
    assert "secret-key" not in caplog.text
