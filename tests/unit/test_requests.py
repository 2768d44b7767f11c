"""Bodies of requests: what is read of them, and that nothing in one is worse than a sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.content.clean import tidy
from passalong.endpoints import ENDPOINTS, Endpoint, endpoint
from passalong.requests import LARGEST, BadRequest, Fields, read_fields
from tests.naughty import NAUGHTY

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
INTRODUCE, BOOK, VISIT, SLOTS = map(endpoint, ("introductions", "bookings", "visits", "slots"))
BOOKING = {
    "token": "t",
    "start": "2026-11-24T10:00:00+01:00",
    "name": "Tomas Berg",
    "email": "tomas@kestrel.example",
}


def sent(wanted: Endpoint, fields: Mapping[str, Any], kind: str = JSON) -> Fields:
    body = json.dumps(fields) if kind == JSON else urlencode(fields)
    return read_fields(wanted, body.encode(), kind)


def refusal(body: bytes, kind: str = JSON, wanted: Endpoint = INTRODUCE) -> tuple[int, str]:
    with pytest.raises(BadRequest) as refused:
        read_fields(wanted, body, kind)
    return refused.value.status, str(refused.value)


# --- What is read -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [JSON, FORM])
def test_json_and_a_form_say_the_same(kind: str) -> None:
    fields = sent(BOOK, BOOKING | {"note": "One gate.\r\nTwo docks.", "unknown": "x"}, kind)
    assert fields.faults == {}
    assert (fields["name"], fields["note"]) == ("Tomas Berg", "One gate.\nTwo docks.")
    assert fields.times == {"start": datetime(2026, 11, 24, 9, tzinfo=UTC)}
    assert fields.form == (kind == FORM)
    assert fields["company"] == fields["unknown"] == ""


@pytest.mark.parametrize(
    "kind",
    [
        "application/json; charset=utf-8",
        "Application/JSON",
        " application/json ;charset=UTF-8; x=y",
        "application/json;",
    ],
)
def test_a_content_type_may_have_parameters(kind: str) -> None:
    assert read_fields(VISIT, b'{"token": "t"}', kind)["token"] == "t"  # noqa: S105 - no secret


def test_a_form_may_leave_its_letters_as_they_are() -> None:
    fields = read_fields(INTRODUCE, "token=t&name=Zoë Čapek".encode(), FORM)
    assert (
        fields["name"] == read_fields(INTRODUCE, b"token=t&name=Zo%C3%AB+%C4%8Capek", FORM)["name"]
    )


@given(st.text(max_size=100))
def test_a_name_is_cleaned_as_in_the_content_folder(name: str) -> None:
    expected = " ".join(tidy(name).split())
    fields = sent(INTRODUCE, {"token": "t", "name": name})
    assert fields["name"] == expected
    assert ("name" in fields.faults) == (not expected)


@pytest.mark.parametrize("name", NAUGHTY)
def test_a_strange_name_is_still_a_name(name: str) -> None:
    found = sent(INTRODUCE, {"token": "t", "name": name}, FORM)["name"]
    assert found == " ".join(tidy(name).split())[:200]


def test_several_lines_keep_their_breaks_and_no_more_than_one_blank_line() -> None:
    reason = " He asked \t me.\r\n\r\n\r\n\r\nOften.\u2028Really. "
    assert sent(INTRODUCE, {"token": "t", "name": "T", "reason": reason})["reason"] == (
        "He asked me.\n\nOften.\nReally."
    )


@pytest.mark.parametrize("yes", [True, "1", "true", "TRUE", "on", "yes"])
@pytest.mark.parametrize("no", [False, "", None, "0", "false", "off", "no"])
def test_a_flag_is_said_in_several_ways(yes: object, no: object) -> None:
    fields = sent(VISIT, {"token": "t", "visible": yes, "look": no})
    assert (fields["visible"], fields["look"], fields.faults) == ("1", "", {})


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-24T10:00:00+01:00", "2026-11-24 09:00:00"),
        ("2026-11-24T10:00:00Z", "2026-11-24 10:00:00"),
        ("2026-11-24 10:00-05:30", "2026-11-24 15:30:00"),
        ("2026-11-24T10:00:00.5Z", "2026-11-24 10:00:00.500000"),
        ("2000-01-01T00:00:00+23:59", "1999-12-31 00:01:00"),
        ("2999-12-31T23:59:59-23:59", "3000-01-01 23:58:59"),
    ],
)
def test_a_time_has_an_offset(text: str, utc: str) -> None:
    at = sent(BOOK, BOOKING | {"start": text}).times["start"]
    assert str(at.astimezone(UTC).replace(tzinfo=None)) == utc
    assert at + timedelta(days=365_000)  # it can be reckoned with


# --- What is wrong in a field -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("name", "", "is missing"),
        ("name", " \t\n", "is missing"),
        ("name", "\0\ud800\ufffe", "is missing"),
        ("name", None, "is missing"),
        ("name", 7, "must be text"),
        ("name", ["Tomas"], "must be text"),
        ("name", {"first": "Tomas"}, "must be text"),
        ("name", True, "must be text"),
        ("name", "x" * 201, "may have 200 characters at most"),
        ("note", "x" * 1001, "may have 1000 characters at most"),
        ("answer3", "x" * 501, "may have 500 characters at most"),
        ("email", "tomas", "must be an address such as maria@example.com"),
        ("email", "tomas@kestrel.example, maria@nordhavn.example", "must be an address such as"),
        ("email", "Tomas <tomas@kestrel.example>", "must be an address such as"),
        ("start", "", "is missing"),
        ("start", "tomorrow", "must be a time with its offset"),
        ("start", "2026-11-24T10:00:00", "must be a time with its offset"),
        ("start", "2026-02-30T10:00:00Z", "must be a time with its offset"),
        ("start", "2026-11-24T10:00:00+25:00", "must be a time with its offset"),
        ("start", "0001-01-01T00:00:00+23:59", "must be a time with its offset"),
        ("start", "9999-12-31T23:59:59-23:59", "must be a time with its offset"),
        ("start", "２０２６-11-24T10:00:00Z", "must be a time with its offset"),
        ("start", "20261124T100000Z", "must be a time with its offset"),
        ("medium", "e mail", "may have letters, digits, - and _ only"),
        ("id", "../x", "may have letters, digits, - and _ only"),
    ],
)
def test_a_field_that_is_not_as_it_should_be_is_said(field: str, value: Any, fault: str) -> None:
    faults = sent(BOOK, BOOKING | {field: value}).faults
    assert list(faults) == [field]
    assert faults[field].startswith(fault)


def test_every_fault_is_said_at_once_and_what_was_typed_is_kept() -> None:
    fields = sent(BOOK, {"name": " Tomas  Berg ", "email": "tomas@", "start": 5}, JSON)
    assert list(fields.faults) == ["token", "start", "email"]
    assert (fields["name"], fields["email"], fields["start"]) == ("Tomas Berg", "tomas@", "")
    assert fields.times == {}


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("preferences", "action", "delete"),
        ("introductions", "locale", "English"),
        ("visits", "visible", "maybe"),
        ("visits", "visible", 1),
    ],
)
def test_a_word_that_an_endpoint_does_not_know_is_a_fault(
    name: str, field: str, value: object
) -> None:
    assert field in sent(endpoint(name), {"token": "t", "name": "T", field: value}).faults


# --- Bodies that mean harm ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [JSON, FORM, "text/plain"])
def test_a_body_that_is_too_large_is_not_looked_at(kind: str) -> None:
    assert refusal(b'{"token": "' + b"x" * 10_000_000, kind) == (
        413,
        f"The body is over {LARGEST} bytes.",
    )


def test_the_longest_honest_body_is_not_too_large() -> None:
    for wanted in ENDPOINTS:
        fields = {
            field.name: ("t" if field.kind in ("code", "choice") else "🐦") * field.longest
            for field in wanted.fields
        }
        assert len(urlencode(fields)) <= LARGEST


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "text/plain;charset=UTF-8",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json-patch+json",
        "; charset=utf-8",
        "\0",
        "applicationjson",
    ],
)
def test_a_body_of_another_type_is_refused(kind: str) -> None:
    status, sentence = refusal(b'{"token": "t", "name": "T"}', kind)
    assert status == 415
    assert "application/json" in sentence


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"null",
        b"[]",
        b'[["token", "t"]]',
        b'"token"',
        b"7",
        b"NaN",
        b"{'token': 't'}",
        b'{"token": "t"} {}',
        b'\xef\xbb\xbf{"token": "t"}',
        b'{"token": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        '{"token": "t"}'.encode("utf-16"),
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[" * 60_000,
        b'{"a": ' + b"9" * 10_000 + b"}",
        b"token=t&name=T",
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    status, sentence = refusal(body)
    assert status == 400
    assert "JSON" in sentence


@pytest.mark.parametrize(
    "body",
    [
        b"token=t&name=%FF",
        b"token=t&name=\xff",
        b"token=t&name=%ED%A0%80",
        "token=t&name=Zoë".encode("latin-1"),
        b"&".join(b"x%d=1" % number for number in range(41)),
    ],
)
def test_what_is_no_form_is_refused(body: bytes) -> None:
    status, sentence = refusal(body, FORM)
    assert status == 400
    assert "form" in sentence


@pytest.mark.parametrize("body", [b"", b"&&&", b"=", b"token", b"%", b"%zz=%zz", b"{}"])
def test_a_form_that_says_nothing_lacks_what_it_needs(body: bytes) -> None:
    faults = read_fields(INTRODUCE, body, FORM).faults
    assert faults == {"token": "is missing", "name": "is missing"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"token": "t", "name": "A", "name": "B"}', JSON),
        (b'{"token": "t", "name": "A", "n\\u0061me": "A"}', JSON),
        (b"token=t&name=A&name=B", FORM),
        (b"token=t&name=A&n%61me=", FORM),
    ],
)
def test_a_field_that_is_there_twice_is_refused(body: bytes, kind: str) -> None:
    assert refusal(body, kind) == (400, "The field name is there more than once.")


bodies = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=60).map(lambda data: b'{"token": "' + data + b'"}'),
    st.dictionaries(
        st.sampled_from([field.name for field in BOOK.fields]) | st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
            max_leaves=4,
        ),
    ).map(lambda fields: json.dumps(fields).encode()),
    st.lists(st.tuples(st.sampled_from([field.name for field in BOOK.fields]), st.binary())).map(
        lambda pairs: "&".join(f"{name}={quote(value)}" for name, value in pairs).encode()
    ),
)
content_types = st.sampled_from([JSON, FORM, f"{JSON}; charset=utf-16"]) | st.text(max_size=40)


@given(st.sampled_from(ENDPOINTS), bodies, content_types)
def test_any_body_is_read_or_refused_with_a_sentence(
    wanted: Endpoint, body: bytes, kind: str
) -> None:
    try:
        fields = read_fields(wanted, body, kind)
    except BadRequest as refused:
        told = (refused.status, str(refused)[-1])
    else:
        told = (200, ".")
        must_be_usable(wanted, fields)
    assert told in {(200, "."), (400, "."), (413, "."), (415, ".")}


def must_be_usable(wanted: Endpoint, fields: Fields) -> None:
    assert list(fields.values) == [field.name for field in wanted.fields]
    for field in wanted.fields:
        assert len(fields[field.name]) <= field.longest
        assert "\0" not in fields[field.name]
        assert fields[field.name].encode().decode() == fields[field.name]
    for at in fields.times.values():
        assert at.astimezone(UTC)
