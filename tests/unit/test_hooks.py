"""What other systems tell of referrals: who may, what is taken, and that it is noted once."""

from __future__ import annotations

import json
import random
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passalong.conversions.reading import LARGEST
from passalong.conversions.signatures import Received, Stale, Unsigned, check
from passalong.errors import Stop
from passalong.hooks import FILE, VARIABLE, Hooks, hooks, key_of, new_secret, parsed
from tests.hooked import (
    FLOW,
    NEW,
    OLD,
    Relay,
    booked,
    changed,
    conversion,
    from_hubspot,
    hooked,
    opportunity,
    post,
    send,
    signed,
    tell,
)
from tests.worlds import NOON, Place

PROGRAM = {
    "conversions": {
        "hubspot": {"stages": {"closedwon": "won"}},
        "salesforce": {"stages": {"Closed Won": "won"}},
    }
}


@pytest.fixture
def world(tmp_path: Path) -> Place:
    return hooked(tmp_path, program=PROGRAM)


def waiting(world: Place) -> list[dict[str, str]]:
    """What lies in the ledger for the relay."""
    return [dict(one.data) for one in world.ledger.deliveries("waiting")]


def by(source: str) -> tuple[bytes, Callable[[bytes, datetime], dict[str, str]]]:
    """A good body of a source, and what signs it."""
    if source == "hubspot":
        return json.dumps([changed()]).encode(), from_hubspot
    if source == "salesforce":
        return json.dumps(opportunity()).encode(), lambda _body, _at: {"X-Passalong-Secret": FLOW}
    return json.dumps(conversion(email="tomas@kestrel.example")).encode(), signed


SOURCES = pytest.mark.parametrize("source", ["conversions", "hubspot", "salesforce"])
TIMED = pytest.mark.parametrize("source", ["conversions", "hubspot"])


# --- Who may ------------------------------------------------------------------------------------


@SOURCES
def test_a_delivery_that_is_signed_is_noted_and_answered_at_once(source: str, world: Place) -> None:
    body, headers = by(source)
    said = post(world, source, body, headers(body, NOON))
    assert (said.status, said.body) == (202, "")
    assert [one["source"] for one in waiting(world)] == [source]


@SOURCES
def test_told_again_it_is_answered_alike_and_noted_once(source: str, world: Place) -> None:
    body, headers = by(source)
    answers = [post(world, source, body, headers(body, NOON)).status for _ in range(3)]
    assert answers == [202] * 3
    assert len(waiting(world)) == 1


@SOURCES
def test_one_that_was_altered_is_refused_and_not_noted(source: str, world: Place) -> None:
    body, headers = by(source)
    told = headers(body, NOON)
    if source == "salesforce":
        told = {"X-Passalong-Secret": FLOW[:-1] + "x"}
    said = post(world, source, body.replace(b"won", b"won "), told)
    assert (said.status, said.json["code"]) == (401, "unsigned")
    assert said.headers["www-authenticate"]
    assert waiting(world) == []


@TIMED
@pytest.mark.parametrize("seconds", [-301, 301])
def test_one_of_another_time_is_stale(source: str, seconds: int, world: Place) -> None:
    body, headers = by(source)
    said = post(world, source, body, headers(body, NOON + timedelta(seconds=seconds)))
    assert (said.status, said.json["code"]) == (400, "stale")
    assert waiting(world) == []


@TIMED
@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_are_near_enough(source: str, seconds: int, world: Place) -> None:
    body, headers = by(source)
    assert post(world, source, body, headers(body, NOON + timedelta(seconds=seconds))).status == 202


@SOURCES
def test_without_a_signature_nothing_is_noted(source: str, world: Place) -> None:
    said = post(world, source, by(source)[0], {})
    assert (said.status, said.json["code"]) == (401, "unsigned")
    assert waiting(world) == []


def test_while_a_secret_is_changed_both_are_good(world: Place) -> None:
    body = by("conversions")[0]
    for number, secret in enumerate((OLD, NEW)):
        assert (
            post(world, "conversions", body, signed(body, NOON, f"m{number}", secret)).status == 202
        )
    told = signed(body, NOON, "m3", "whsec_" + "eHh4" * 8)
    assert post(world, "conversions", body, told).status == 401


def test_of_several_signatures_one_has_to_fit(world: Place) -> None:
    body = by("conversions")[0]
    told = signed(body)
    told["webhook-signature"] = f"v2,abc v1,abc {told['webhook-signature']} v1,def"
    assert post(world, "conversions", body, told).status == 202


def test_a_published_example_of_standard_webhooks_is_good() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    body, secret = b'{"test": 2432232314}', "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    check(Received("conversions", headers, body, "", at), [secret])
    with pytest.raises(Unsigned):
        check(Received("conversions", headers, body + b" ", "", at), [secret])
    with pytest.raises(Stale):
        check(Received("conversions", headers, body, "", at + timedelta(minutes=6)), [secret])


def test_the_example_of_hubspots_own_client_is_good() -> None:
    """From its tests: hubspot-api-python, tests/spec/utils/test_signature.py (Apache-2.0)."""
    at = datetime.fromtimestamp(15_000, UTC)
    headers = {
        "x-hubspot-request-timestamp": "15000000",
        "x-hubspot-signature-v3": "HPW73RUtKmcYoEDADG0s6MmGFWUzWJKAW07r8RDgcQw=",
    }
    body, secret = b"{'example_field':'example_value'}", "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
    told = Received("hubspot", headers, body, "https://www.example.com/webhook_uri", at)
    check(told, [secret])
    with pytest.raises(Unsigned):
        check(told._replace(url="https://www.example.com/webhook_uri/"), [secret])
    with pytest.raises(Stale):
        check(told._replace(at=at + timedelta(minutes=6)), [secret])


def test_a_delivery_that_hubspot_once_made_is_read(world: Place) -> None:
    """A deal that an automation of HubSpot's won in April 2019, told for the fourth time: as it
    stands in the tests of djhubspot, a client for Django."""
    told = {
        "objectId": 697680835,
        "propertyName": "dealstage",
        "propertyValue": "closedwon",
        "changeSource": "AUTOMATION_PLATFORM",
        "eventId": 1228532628,
        "subscriptionId": 92894,
        "portalId": 5799819,
        "appId": 186886,
        "occurredAt": 1556105815815,
        "subscriptionType": "deal.propertyChange",
        "attemptNumber": 3,
    }
    body = json.dumps([told], separators=(",", ":")).encode()
    for _ in range(2):
        assert post(world, "hubspot", body, from_hubspot(body)).status == 202
    (noted,) = waiting(world)
    assert (noted["external"], noted["stage"]) == ("697680835", "closedwon")
    assert noted["at"] == "2019-04-24T11:36:55.815000+00:00"


def test_hubspot_signs_the_public_address_whatever_host_the_function_sees(world: Place) -> None:
    body = by("hubspot")[0]
    told = from_hubspot(body, NOON, address="https://x.execute-api.example")
    assert post(world, "hubspot", body, told).status == 401
    assert post(world, "hubspot", body, from_hubspot(body)).status == 202


@pytest.mark.parametrize(
    "source", ["stripe", "import", "host", "hubspot-token", "out.crm", "a%2Fb"]
)
def test_a_source_that_we_do_not_know_is_not_there(source: str, world: Place) -> None:
    body = by("conversions")[0]
    said = post(world, source, body, signed(body))
    assert said.status == 404
    assert waiting(world) == []


def test_nor_is_one_whose_secret_nobody_wrote_down(world: Place) -> None:
    body, headers = by("hubspot")
    silent = replace(world, hooks=Hooks)
    said = post(silent, "hubspot", body, headers(body, NOON))
    unknown = post(silent, "stripe", body, headers(body, NOON))
    assert (said.status, said.body) == (unknown.status, unknown.body) == (404, unknown.body)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_a_post_tells_anything(method: str, world: Place) -> None:
    said = send(world, method, "/api/hooks/conversions")
    assert (said.status, said.headers["allow"]) == (405, "POST")
    assert waiting(world) == []


# --- What is taken ------------------------------------------------------------------------------


def refused(world: Place, body: bytes) -> str:
    said = post(world, "conversions", body, signed(body))
    assert (said.status, said.json["code"]) == (400, "unreadable"), said.body
    assert waiting(world) == []
    return str(said.json["detail"])


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ([], "The body must be a JSON object."),
        ({"type": "won", "timestamp": NOON.isoformat()}, "data must be a JSON object."),
        (conversion("", email="a@b.example"), "type is missing."),
        (conversion(email="nobody"), "data.email must be an address."),
        (conversion(company=["x"]), "data.company must be text."),
        (conversion(company="x" * 201), "data.company may have 200 characters at most."),
        (conversion() | {"timestamp": "yesterday"}, "timestamp must be a time"),
        (conversion() | {"timestamp": "2026-11-24T10:00:00"}, "timestamp must be a time"),
        (conversion() | {"timestamp": "2027-11-24T10:00:00Z"}, "timestamp is a time before 2000"),
        (
            conversion(amount={"value": 19.5, "currency": "EUR"}),
            "data.amount.value must be a whole",
        ),
        (
            conversion(amount={"value": True, "currency": "EUR"}),
            "data.amount.value must be a whole",
        ),
        (conversion(amount={"value": 10**16, "currency": "EUR"}), "data.amount.value must be"),
        (conversion(amount={"value": 1, "currency": "euro"}), "data.amount.currency must be three"),
        (conversion(amount=12), "data.amount must be a JSON object."),
    ],
)
def test_what_is_not_in_the_form_is_refused_in_a_sentence(
    event: Any, sentence: str, world: Place
) -> None:
    assert refused(world, json.dumps(event).encode()).startswith(sentence)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"type": NaN}'])
def test_what_is_no_json_is_refused(body: bytes, world: Place) -> None:
    assert refused(world, body) == "The body is not JSON in UTF-8."


def test_a_body_has_an_end(world: Place) -> None:
    body = b" " * (LARGEST + 1)
    said = post(world, "conversions", body, signed(body))
    assert (said.status, waiting(world)) == (413, [])


def test_of_what_hubspot_sends_only_a_deals_stage_is_followed(world: Place) -> None:
    others: list[dict[str, Any]] = [
        changed() | {"propertyName": "amount", "propertyValue": "12"},
        changed() | {"subscriptionType": "deal.creation"},
        changed() | {"subscriptionType": "contact.propertyChange"},
        changed() | {"subscriptionType": "object.propertyChange", "objectTypeId": "0-1"},
        changed() | {"propertyValue": ""},
        changed(9_002) | {"subscriptionType": "object.propertyChange", "objectTypeId": "0-3"},
    ]
    body = json.dumps([*others, changed(), changed() | {"attemptNumber": 3, "eventId": 7}]).encode()
    assert post(world, "hubspot", body, from_hubspot(body)).status == 202
    assert sorted(one["external"] for one in waiting(world)) == ["9001", "9002"]


def test_salesforce_says_it_under_the_names_that_the_program_gives(tmp_path: Path) -> None:
    fields = {"id": "Opp.Ref", "stage": "Stage__c", "company": "Account.Name", "amount": "Worth"}
    program = {"conversions": {"salesforce": {"fields": fields}}}
    world = hooked(tmp_path, program=program)
    record = {
        "Opp": {"Ref": "006X"},
        "Stage__c": "Closed Won",
        "Account": {"Name": "Kestrel Ferries"},
        "Worth": 1.0e7,
        "ContactEmail": "a@kestrel.example; b@kestrel.example",
    }
    body = json.dumps([record]).encode()
    assert post(world, "salesforce", body, {"x-passalong-secret": FLOW}).status == 202
    (told,) = waiting(world)
    assert (told["external"], told["company"], told["stage"]) == (
        "006X",
        "Kestrel Ferries",
        "Closed Won",
    )
    assert (told["minor"], told["currency"]) == ("1000000000", "EUR")
    assert len(told["mailboxes"].split(",")) == 2


def test_what_waits_holds_no_address_and_no_name(world: Place) -> None:
    event = conversion(email="Tomas.Berg@kestrel.example", company="Kestrel Ferries")
    assert tell(world, event).status == 202
    ledger = (world.site.parent / "ledger.db").read_bytes()
    wal = (world.site.parent / "ledger.db-wal").read_bytes()
    assert b"omas" not in (ledger + wal).lower()
    assert b"@" not in str(waiting(world)).encode()


def test_no_line_of_the_log_tells_who_it_was(
    world: Place, caplog: pytest.LogCaptureFixture
) -> None:
    tell(world, conversion(email="tomas@kestrel.example", company="Kestrel Ferries"))
    body = json.dumps(conversion(email="tomas_at_kestrel", company="Kestrel")).encode()
    post(world, "conversions", body, signed(body, NOON, "m2"))
    said = [vars(record) for record in caplog.records]
    assert [(one["endpoint"], one["status"]) for one in said] == [("hooks", 202), ("hooks", 400)]
    assert "estrel" not in str(said)
    assert "tomas" not in str(said).lower()


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["type", "timestamp", "data", "email", "amount", "value", "currency", "objectId", "occurredAt"]
)


@SOURCES
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.one_of(st.binary(max_size=80), st.dictionaries(NAMES, JSONS), st.lists(JSONS)))
def test_no_body_gets_an_answer_but_noted_or_refused(source: str, body: Any, world: Place) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = by(source)[1](raw, NOON)
    said = post(world, source, raw, headers)
    assert said.status in (202, 400, 413), said.body
    assert "Traceback" not in said.body


@SOURCES
def test_no_mutation_of_a_good_delivery_gets_a_traceback(source: str, world: Place) -> None:
    body, headers = by(source)
    dice = random.Random(7)
    for _ in range(300):
        raw = bytearray(body)
        for _ in range(dice.randint(1, 4)):
            raw[dice.randrange(len(raw))] = dice.choice(b'{}[]",:0919eE-.\xff\x00atnull')
        said = post(world, source, bytes(raw), headers(bytes(raw), NOON))
        assert said.status in (202, 400), said.body


# --- Once, in any order -------------------------------------------------------------------------


def test_a_delivery_told_in_any_order_and_often_changes_the_ledger_once(world: Place) -> None:
    booked(world)
    relay = Relay(world)
    relay()
    world.time.wait(days=40)
    about = {"booking": "m-in-1", "external_id": "D-7"}
    stages = [
        ("referral.met", 2, {}),
        ("referral.qualified", 4, {}),
        ("referral.won", 20, {"amount": {"value": 4_800_000, "currency": "EUR"}}),
        ("referral.reversed", 30, {}),
    ]
    told = [
        (f"msg_{kind}", conversion(kind, NOON + timedelta(days=day), **about, **more))
        for kind, day, more in stages
    ] * 3
    random.Random(3).shuffle(told)
    for message, event in told:
        assert tell(world, event, message).status == 202
        relay()
    filed = [event for event in world.events() if event.data.get("source") == "conversions"]
    assert sorted(event.type for event in filed) == ["met", "qualified", "reversed", "won"]
    won = next(event for event in filed if event.type == "won")
    assert (won.advocate, won.referee, won.referral) == ("a-1", "in-1", "ref-in-1")
    assert won.amount is not None
    assert (won.amount.minor, won.at) == (4_800_000, NOON + timedelta(days=20))
    reversal = next(event for event in filed if event.type == "reversed")
    assert reversal.data["of"] == "conversions:D-7"


# --- The secrets --------------------------------------------------------------------------------


def test_the_first_run_makes_a_secret_for_its_owner_alone(tmp_path: Path) -> None:
    var = tmp_path / "var"
    (secret,) = hooks(var, {}).of("conversions")
    assert len(key_of(secret)) == 32
    assert stat.S_IMODE((var / FILE).stat().st_mode) == 0o600
    assert hooks(var, {}).of("conversions") == (secret,)
    assert [path.name for path in var.iterdir()] == [FILE]


def test_a_file_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="cannot be made or read"):
        hooks(tmp_path, {VARIABLE: str(tmp_path / "elsewhere")})
    assert list(tmp_path.iterdir()) == []


def test_a_name_may_have_several_secrets_and_comments_say_nothing() -> None:
    text = f"# ours\n\nconversions = {OLD}\nconversions={NEW}\nout.crm={NEW}\n"
    found = parsed(text, "hooks")
    assert (found.of("conversions"), found.of("out.crm"), found.of("x")) == ((OLD, NEW), (NEW,), ())
    assert NEW not in repr(found)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("conversions", "hooks:2: a secret looks like this"),
        ("hubspot=qwerty", "hooks:2: the secret of hubspot is too short"),
        ("conversions=whsec_this/is/not=base64", "hooks:2: what follows whsec_ is not base64"),
    ],
)
def test_a_line_that_is_no_secret_is_named_and_not_quoted(line: str, sentence: str) -> None:
    with pytest.raises(Stop) as stopped:
        parsed(f"\n{line}\n", "hooks")
    assert str(stopped.value).startswith(sentence)
    assert (line.partition("=")[2] or "?") not in str(stopped.value)


def test_no_two_secrets_are_alike() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
