"""A mail as bytes: read back by the standard library as it was meant, whatever names hold."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from passalong.booking.invitation import Words, invitation
from passalong.ledger.port import Meeting
from passalong.mail.compose import compose, message_id
from passalong.mail.port import Mail, MailRefused
from passalong.party import Party

AT = datetime(2026, 11, 21, 9, 30, 5, 123, timezone(timedelta(hours=1)))
SENDER = Party("Jonas Petersen", "hello@leeway.example")
TOMAS = Party("Tomas Berg", "tomas.berg@kestrel.example")
MAIL = Mail(
    id="dv-1",
    to=TOMAS,
    sender=SENDER,
    subject="Our talk on Monday 2 November",
    text="Hello Tomas,\n\nuntil then.\n\n-- \nLeeway\n",
    html="<!doctype html>\n<p>Hello Tomas,</p>\n",
    locale="en",
    reply_to=Party("Jonas Petersen", "jonas.petersen@leeway.example"),
)
START = datetime(2026, 12, 1, 13, tzinfo=UTC)
MEETING = Meeting("m7k2", "r1", "p1", "a1", "jonas", START, START + timedelta(minutes=25), "UTC")
INVITATION = invitation(
    MEETING,
    words=Words("Jonas Petersen, Leeway", "Ein Gespräch über Züge.", "https://meet.example/j"),
    sender=SENDER,
    guests=[TOMAS],
    base_url="https://friends.leeway.example",
    now=START,
)
LONG_ADDRESS = f"https://friends.leeway.example/api/unsubscribe/{'t' * 300}"
HEADERS = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Content-Language", "MIME-Version",
    "Auto-Submitted", "Content-Type",
]  # fmt: skip

ANY_LINE = st.text(st.characters(codec="utf-8"), max_size=200)
HOSTILE = st.builds("".join, st.lists(st.sampled_from([
    "\r\n", "\n", "\r", "Bcc: x@evil.example", "\0", "\x0b", "\u2028", "\x85", " ", "\t", '"',
    "\\", ",", ";", "<", ">", "@", "(", ")", "=?utf-8?q?x?=", "=?", "?=", "ليلى الحداد", "李明",
    "🚢", "é", "e\u0301", "Jonas", "\u200f", "\u2068", ".", "a" * 90, "\ud800",
]), max_size=12))  # fmt: skip
LINE = ANY_LINE | HOSTILE


def one_line(text: str) -> str:
    """What a header can say of a text."""
    return " ".join(re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", text).split())


def read(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=default)


def name_in(data: bytes, header: str) -> str:
    """The name before an address; the new parser keeps space between encoded words (RFC 2047)."""
    name, _ = parseaddr(email.message_from_bytes(data)[header])
    return str(make_header(decode_header(name)))


def parts(message: Any) -> list[str]:
    """The types of all parts, as a tree written in a line each."""
    return [part.get_content_type() for part in message.walk()]


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_mail_says_who_writes_to_whom_about_what_and_when() -> None:
    message = read(compose(MAIL, AT))
    assert list(message.keys()) == HEADERS
    assert message["From"] == "Jonas Petersen <hello@leeway.example>"
    assert message["To"] == "Tomas Berg <tomas.berg@kestrel.example>"
    assert message["Reply-To"] == "Jonas Petersen <jonas.petersen@leeway.example>"
    assert message["Subject"] == MAIL.subject
    assert message["Date"].datetime == AT.replace(microsecond=0)
    assert message["Message-ID"] == "<dv-1@leeway.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"


def test_text_comes_first_then_html_and_nothing_else_without_an_invitation() -> None:
    message = read(compose(MAIL, AT))
    assert parts(message) == ["multipart/alternative", "text/plain", "text/html"]
    assert body(message, "plain") == MAIL.text
    assert body(message, "html") == MAIL.html


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_stands_beside_the_text_and_is_attached_too(method: Any) -> None:
    message = read(compose(replace(MAIL, invitation=INVITATION, method=method), AT))
    assert parts(message) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    *_, calendar, attached = message.walk()
    assert calendar["Content-Type"].params == {"charset": "utf-8", "method": method}
    assert calendar.get_filename() is None
    assert attached.get_filename() == "invite.ics"
    assert attached.get_content_disposition() == "attachment"
    for part in calendar, attached:
        assert part.get_payload(decode=True) == INVITATION
    (event,) = Calendar.from_ical(calendar.get_content()).walk("VEVENT")
    assert event["ORGANIZER"] == f"mailto:{message['From'].addresses[0].addr_spec}"
    assert body(message, "plain") == MAIL.text


def test_the_same_mail_is_the_same_bytes_and_keeps_its_id_whenever_it_is_sent() -> None:
    mail = replace(MAIL, invitation=INVITATION)
    assert compose(mail, AT) == compose(mail, AT)
    assert read(compose(mail, AT + timedelta(days=1)))["Message-ID"] == f"<{message_id(mail)}>"


@given(st.sets(st.text(min_size=1, max_size=40), min_size=2, max_size=4))
def test_every_delivery_has_a_message_id_of_its_own(ids: set[str]) -> None:
    found = {message_id(replace(MAIL, id=one)) for one in ids}
    assert len(found) == len(ids)
    for one in found:
        # atoms and dots, as RFC 5322, section 3.6.4, has them
        assert re.fullmatch(r"[A-Za-z0-9%~_-]+@leeway\.example", one)


def test_mail_that_was_asked_for_cannot_be_unsubscribed_from_and_other_mail_can_at_one_press() -> (
    None
):
    assert read(compose(MAIL, AT))["List-Unsubscribe"] is None
    data = compose(replace(MAIL, unsubscribe=LONG_ADDRESS), AT)
    assert f"List-Unsubscribe: <{LONG_ADDRESS}>\r\n".encode() in data
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in data


@given(LINE, LINE, LINE)
def test_no_name_and_no_subject_says_more_than_itself(name: str, sender: str, subject: str) -> None:
    mail = replace(
        MAIL, to=Party(name, TOMAS.email), sender=Party(sender, SENDER.email), subject=subject
    )
    data = compose(mail, AT)
    message = read(data)
    assert list(message.keys()) == HEADERS
    assert message.defects == []
    assert message["Subject"] == one_line(subject)
    for header, given_name, spec in ("To", name, TOMAS.email), ("From", sender, SENDER.email):
        (found,) = message[header].addresses
        assert found.addr_spec == spec
        assert name_in(data, header) == one_line(given_name)
    head, _, _ = data.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 330
    assert body(message, "plain") == MAIL.text


@given(st.text(max_size=3000) | HOSTILE, st.text(max_size=3000))
def test_every_text_arrives_and_no_line_is_too_long(text: str, html: str) -> None:
    data = compose(replace(MAIL, text=text, html=html, invitation=b"\0\xff any bytes\n"), AT)
    assert data.isascii()
    for line in data.split(b"\r\n"):
        assert len(line) <= 998
        assert b"\n" not in line
        assert b"\r" not in line
    message = read(data)
    for kind, given_text in ("plain", text), ("html", html):
        lines = given_text.replace("\r\n", "\n").replace("\r", "\n")
        said = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", lines)
        assert body(message, kind).removesuffix("\n") == said.removesuffix("\n")
    assert parts(message)[-1] == "application/ics"


def test_a_text_cannot_end_its_part() -> None:
    boundary = read(compose(MAIL, AT)).get_boundary()
    text = f"--{boundary}--\n--{boundary}\nContent-Type: text/html\n\n<b>x</b>\n"
    message = read(compose(replace(MAIL, text=text), AT))
    assert parts(message) == ["multipart/alternative", "text/plain", "text/html"]
    assert body(message, "plain") == text


@pytest.mark.parametrize(
    "name", ["Berg, Tomas", 'Tomas "Tom" Berg', "Tomas (Kestrel)", "a@b.example"]
)
def test_a_name_with_signs_of_its_own_is_quoted(name: str) -> None:
    data = compose(replace(MAIL, to=Party(name, TOMAS.email)), AT)
    assert b'To: "' in data
    assert read(data)["To"].addresses[0].display_name == name


def test_a_domain_of_any_script_is_written_as_servers_read_it() -> None:
    mail = replace(MAIL, to=Party("Jörg", "joerg@bäckerei.example"), sender=SENDER)
    assert read(compose(mail, AT))["To"].addresses[0].addr_spec == "joerg@xn--bckerei-5wa.example"


@pytest.mark.parametrize(
    "address",
    [
        "", "tomas", "@kestrel.example", "tomas@", "tomas berg@kestrel.example", "jörg@x.example",
        "a@b.example\r\nBcc: c@d.example", "a@b.example,c@d.example", "<a@b.example>",
        "a@b..example", f"{'a' * 65}@b.example", "a\0@b.example", '"a b"@c.example',
    ],
)  # fmt: skip
def test_an_address_that_not_every_server_takes_is_refused_and_not_repeated(address: str) -> None:
    for changed in {"to": Party("", address)}, {"sender": Party("", address)}:
        with pytest.raises(MailRefused) as refused:
            compose(replace(MAIL, **changed), AT)  # type: ignore[arg-type]
        assert not address or address not in str(refused.value)


def test_a_header_that_no_server_would_take_is_refused() -> None:
    with pytest.raises(MailRefused, match="998"):
        compose(replace(MAIL, unsubscribe="https://x.example/" + "a" * 1000), AT)
