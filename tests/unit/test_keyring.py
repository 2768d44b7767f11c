"""The signing keys: made once, kept where they are, never there by default."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from passalong.access import Kind, Signer
from passalong.errors import Stop
from passalong.keyring import FILE, VARIABLE, Key, change, retire, rotate, signing_keys
from passalong.tokens import SECRET_VARIABLE, path_secret

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
KINDS: tuple[Kind, ...] = ("advocate",)
OLD, NEW = "0f" * 32, "1e" * 32


def keys(var: Path, **environ: str) -> tuple[Key, ...]:
    return signing_keys(var, environ, lambda: TODAY)


def listed(found: tuple[Key, ...]) -> list[str]:
    return [key.secret.hex() for key in found]


# --- In a file ----------------------------------------------------------------------------------


def test_the_first_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    var = tmp_path / "var"
    (key,) = keys(var)
    assert (len(key.secret), key.made) == (32, TODAY)
    assert keys(var) == (key,)
    assert stat.S_IMODE((var / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(var.stat().st_mode) == 0o700
    assert [path.name for path in var.iterdir()] == [FILE]


def test_two_machines_make_different_keys(tmp_path: Path) -> None:
    assert keys(tmp_path / "a") != keys(tmp_path / "b")


def test_of_many_first_runs_at_once_all_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: keys(tmp_path / "var"), range(64)))
    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "var").iterdir()] == [FILE]


def test_processes_that_run_first_at_once_agree(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from passalong.keyring import signing_keys\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "print(signing_keys(Path(sys.argv[1]), {})[0].id)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "var")]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        for _ in range(3)
    ]
    for process in running:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
    for process in running:
        assert process.stdin
        process.stdin.write(b"\n")
        process.stdin.flush()
    assert len({process.communicate()[0] for process in running}) == 1


def test_a_key_does_not_print_and_its_name_says_nothing_of_it(tmp_path: Path) -> None:
    (key,) = keys(tmp_path)
    assert key.secret.hex() not in f"{key} {key!r}"
    assert re.fullmatch("[0-9a-f]{8}", key.id)
    assert key.id not in key.secret.hex()


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", "{}", "null", '["x"]', '[{"secret": "0f", "made": "2026-11-21"}]']
)
def test_a_damaged_file_stops_with_a_sentence_and_stays(damaged: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(damaged)
    with pytest.raises(Stop, match="signing key"):
        keys(tmp_path)
    assert (tmp_path / FILE).read_text() == damaged


def test_a_place_that_cannot_be_written_stops_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, not a folder")
    with pytest.raises(Stop, match=VARIABLE):
        keys(tmp_path / "var")


# --- In the environment -------------------------------------------------------------------------


def test_the_environment_comes_first_and_nothing_is_written(tmp_path: Path) -> None:
    found = keys(tmp_path / "var", **{VARIABLE: f" {OLD}, {NEW.upper()}\n"})
    assert listed(found) == [OLD, NEW]
    assert [key.made for key in found] == [None, None]
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    "bad", ["", ",", "changeme", "ab" * 31, "zz" * 32, f"{OLD},", f"{OLD} {NEW}"]
)
def test_a_key_that_is_none_stops_with_a_sentence(bad: str, tmp_path: Path) -> None:
    with pytest.raises(Stop, match="64 hex digits") as caught:
        keys(tmp_path, **{VARIABLE: bad})
    assert OLD not in str(caught.value)


# --- Rotating and retiring ----------------------------------------------------------------------


def test_a_rotated_key_signs_and_the_old_ones_still_verify(tmp_path: Path) -> None:
    first = keys(tmp_path)
    token = Signer([key.secret for key in first]).sign("advocate", "k")
    both = change(tmp_path, {}, lambda now: rotate(now, TODAY))
    assert both == keys(tmp_path)
    assert both[:1] == first
    assert len(both) == 2
    signer = Signer([key.secret for key in both])
    assert signer.sign("advocate", "k") != token
    assert signer.verify(token, KINDS, NOW).reference == "k"
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_key_retires_once_nothing_is_signed_with_it(tmp_path: Path) -> None:
    first = keys(tmp_path)
    both = change(tmp_path, {}, lambda now: rotate(now, TODAY))
    for in_use in ({both[0].id}, {both[0].id, both[1].id}):
        with pytest.raises(Stop, match="Build and publish first"):
            change(tmp_path, {}, lambda now, ids=in_use: retire(now, ids))  # type: ignore[misc]
    assert keys(tmp_path) == both
    assert change(tmp_path, {}, lambda now: retire(now, {both[1].id})) == both[1:] == keys(tmp_path)
    assert first[0] not in keys(tmp_path)


def test_the_only_key_never_retires(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="only one"):
        retire(keys(tmp_path), ())


def test_of_many_rotations_at_once_none_is_lost(tmp_path: Path) -> None:
    keys(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda _: change(tmp_path, {}, lambda now: rotate(now, TODAY)), range(24))
        )
    assert len(keys(tmp_path)) == 25
    assert {found[-1] for found in made} == set(keys(tmp_path)[1:])


def test_keys_of_the_environment_are_changed_where_they_are_set(tmp_path: Path) -> None:
    environ = {VARIABLE: f"{OLD},{NEW}"}
    with pytest.raises(Stop, match="change them where that is set") as caught:
        change(tmp_path, environ, lambda now: rotate(now, TODAY))
    assert OLD not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


# --- In the parameter store of AWS --------------------------------------------------------------


class Store(ThreadingHTTPServer):
    """As much of the parameter store as we use: ``parameters`` are its values."""

    parameters: dict[str, str]
    asked: list[dict[str, Any]]


class Handler(BaseHTTPRequestHandler):
    server: Store

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].removeprefix("AmazonSSM.")
        region = self.headers["Authorization"].split("/")[2]  # of the signature's scope
        self.server.asked.append({"operation": operation, "region": region, **asked})
        known = self.server.parameters
        if operation == "PutParameter":
            known[asked["Name"]] = asked["Value"]
            self.answer(200, {"Version": 2})
        elif asked["Name"] in known:
            self.answer(200, {"Parameter": {"Name": asked["Name"], "Value": known[asked["Name"]]}})
        else:
            self.answer(400, {"__type": "ParameterNotFound", "message": "There is none."})

    def answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        pass


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    server = Store(("127.0.0.1", 0), Handler)
    server.parameters, server.asked = {"/passalong/keys": f"{OLD},{NEW}", "/secret": OLD}, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_keys_and_the_path_secret_may_lie_in_the_parameter_store(
    store: Store, tmp_path: Path
) -> None:
    assert listed(keys(tmp_path / "var", **{VARIABLE: "ssm:/passalong/keys"})) == [OLD, NEW]
    assert path_secret(tmp_path / "var", {SECRET_VARIABLE: "ssm:/secret"}).hex() == OLD
    assert all(asked["WithDecryption"] for asked in store.asked)
    assert not (tmp_path / "var").exists()


def test_keys_in_the_parameter_store_are_changed_there(store: Store, tmp_path: Path) -> None:
    environ = {VARIABLE: "ssm:/passalong/keys"}
    both = keys(tmp_path, **environ)
    three = change(tmp_path, environ, lambda now: rotate(now, TODAY))
    assert store.parameters["/passalong/keys"] == ",".join(listed(three))
    assert listed(three)[:2] == [OLD, NEW]
    assert store.asked[-1]["Type"] == "SecureString"
    change(tmp_path, environ, lambda now: retire(now, {both[1].id}))
    assert listed(keys(tmp_path, **environ)) == listed(three)[1:]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", ["ssm:/passalong/none", "ssm:/bad"])
def test_a_parameter_that_is_none_stops_with_a_sentence(
    value: str, store: Store, tmp_path: Path
) -> None:
    store.parameters["/bad"] = "ssm:/secret"  # a parameter holds a secret, and names no other
    for read, variable in ((signing_keys, VARIABLE), (path_secret, SECRET_VARIABLE)):
        with pytest.raises(Stop, match=variable):
            read(tmp_path / "var", {variable: value})
    assert not (tmp_path / "var").exists()


def test_a_parameter_may_say_its_region(
    monkeypatch: pytest.MonkeyPatch, store: Store, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    here = "ssm:/passalong/keys?region=eu-central-1"
    change(tmp_path, {VARIABLE: here}, lambda now: rotate(now, TODAY))
    assert len(keys(tmp_path, **{VARIABLE: here})) == 3
    assert {one["region"] for one in store.asked} == {"eu-central-1"}


def test_a_store_that_is_down_stops_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, store: Store, tmp_path: Path
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(Stop, match="region"):
        keys(tmp_path, **{VARIABLE: "ssm:/passalong/keys"})
