"""The mailbox of the local server: every mail that would have been sent, whole, and harmless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from infra.local.mailbox import meeting_of
from passalong.booking.invitation import Words, invitation, method_of
from passalong.ledger.port import Meeting
from passalong.mail.folder import FolderMailer
from passalong.mail.port import Mail
from passalong.party import Party
from tests.programs import Made, files, write
from tests.sample import Site, serving

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
JONAS = Party("Jonas Petersen", "jonas@leeway.example")
TOMAS = Party('Tomas <i>"Berg"</i>', "tomas@kestrel.example")
EVIL = '</title><script>document.title = "taken over"</script>'
HTML = (
    '<!doctype html><html><head><meta charset="utf-8"></head><body style="color: #222">'
    '<p>Hello Tomas</p><script>top.document.title = "taken over"</script>'
    '<img src="https://tracker.example/pixel.png" alt="">'
    '<a href="https://friends.leeway.example/p/abc/">Your page</a></body></html>'
)


def mail(number: int, subject: str = "", *, ics: bytes = b"", method: str = "REQUEST") -> Mail:
    return Mail(
        id=f"mail-{number}",
        to=TOMAS,
        sender=JONAS,
        subject=subject or f"Mail number {number}",
        text=f"Hello Tomas, this is number {number}. {EVIL}",
        html=HTML,
        locale="en",
        invitation=ics,
        method=method,  # type: ignore[arg-type]
    )


def meeting(status: str = "booked", sequence: int = 0) -> bytes:
    made = Meeting(
        "m-1", "ref-1", "r-1", "a-1", "jonas",
        datetime(2026, 12, 1, 9, 0, tzinfo=UTC), datetime(2026, 12, 1, 9, 25, tzinfo=UTC),
        "Europe/Berlin", status=status, sequence=sequence,  # type: ignore[arg-type]
    )  # fmt: skip
    return invitation(
        made,
        words=Words("Leeway for Kestrel", "A talk.", "https://meet.example/x", "https://meet.example/x"),
        sender=JONAS,
        guests=[JONAS, TOMAS],
        base_url="https://friends.leeway.example",
        now=NOON,
    )  # fmt: skip


@pytest.fixture
def site(tmp_path: Path, kept: Path) -> Iterator[Site]:
    made = Made(write(tmp_path / "content", files()), tmp_path / "site", tmp_path / "var")
    with serving(made) as served:
        yield served


def send(site: Site, *mails: Mail, at: datetime = NOON) -> None:
    for number, one in enumerate(mails):
        clock = at + timedelta(minutes=number)
        FolderMailer(site.made.var / "mail", lambda clock=clock: clock).send(one)  # type: ignore[misc]


def ask(site: Site, path: str, method: str = "GET") -> tuple[HTTPResponse, str]:
    connection = HTTPConnection(urlsplit(site.address).netloc, timeout=30)
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer, body


def links(page: str) -> list[str]:
    return re.findall(r'href="(/_mail/[^"]+/)"', page)


# --- The list ---------------------------------------------------------------------------------


def test_an_empty_mailbox_says_when_mail_will_come(site: Site) -> None:
    answer, page = ask(site, "/_mail/")
    assert answer.status == 200
    assert "No mail yet" in page
    assert links(page) == []


def test_the_newest_mail_stands_first_with_whom_it_is_to_and_when(site: Site) -> None:
    send(site, mail(1), mail(2, "Fish & <b>chips</b>"))
    page = ask(site, "/_mail/")[1]
    assert "2 mails" in page
    assert page.index("Fish &amp; &lt;b&gt;chips") < page.index("Mail number 1")
    assert "Tomas &lt;i&gt;&#34;Berg" in page
    assert "Tuesday 24 November, 12:00" in page  # the program's zone is Berlin
    assert len(links(page)) == 2


def test_the_mailbox_is_nobody_elses_and_kept_nowhere(site: Site) -> None:
    send(site, mail(1, ics=meeting()))
    (path,) = links(ask(site, "/_mail/")[1])
    raw = path.rstrip("/") + ".eml"
    for url in ("/_mail/", path, f"{path}letter.html", f"{path}invitation.ics", raw):
        answer, _ = ask(site, url)
        assert answer.status == 200
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        head, body = ask(site, url, "HEAD")
        assert (dict(head.headers) | {"Date": ""}) == (dict(answer.headers) | {"Date": ""})
        assert body == ""


# --- One mail ---------------------------------------------------------------------------------


def test_a_mail_shows_its_parts_its_headers_and_its_file(site: Site) -> None:
    send(site, mail(1))
    (path,) = links(ask(site, "/_mail/")[1])
    page = ask(site, path)[1]
    assert "this is number 1" in page
    assert "Message-ID" in page
    assert "invitation.ics" not in page
    html, body = ask(site, f"{path}letter.html")
    assert html.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<p>Hello Tomas</p>" in body
    raw, whole = ask(site, path.rstrip("/") + ".eml")
    assert raw.headers["Content-Type"] == "message/rfc822"
    assert raw.headers["Content-Disposition"].startswith('attachment; filename="2026')
    assert whole == next((site.made.var / "mail").glob("*.eml")).read_bytes().decode()


def test_an_invitation_is_told_in_words_and_can_be_had_as_it_is(site: Site) -> None:
    ics = meeting()
    send(site, mail(1, ics=ics))
    (path,) = links(ask(site, "/_mail/")[1])
    page = ask(site, path)[1]
    for said in ("REQUEST, sequence 0", "Leeway for Kestrel", "Tuesday 1 December, 10:00–10:25",
                 "Europe/Berlin", "jonas@leeway.example", "tomas@kestrel.example"):  # fmt: skip
        assert said in page
    answer, body = ask(site, f"{path}invitation.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert body.encode() == ics


def test_a_cancellation_says_so(site: Site) -> None:
    send(site, mail(1, ics=meeting("cancelled", 2), method="CANCEL"))
    (path,) = links(ask(site, "/_mail/")[1])
    assert "CANCEL, sequence 2" in ask(site, path)[1]


@pytest.mark.parametrize("data", [b"", b"no calendar", meeting().replace(b"DTSTART", b"DTSTRAT"),
                                  b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"])  # fmt: skip
def test_an_invitation_that_cannot_be_read_is_no_meeting(data: bytes) -> None:
    assert meeting_of(data, "REQUEST") is None


def test_the_meeting_is_read_as_it_was_written() -> None:
    made = Meeting("m", "r", "p", "a", "h", NOON, NOON + timedelta(minutes=25), "UTC")
    read = meeting_of(meeting(), method_of(made))
    assert read is not None
    assert read.start == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    assert read.end - read.start == timedelta(minutes=25)
    assert read.people[0] == "Jonas Petersen <jonas@leeway.example>"


NOTHING = "20261124T110000.000000Z-" + "0" * 24


@pytest.mark.parametrize(
    "path",
    [
        f"/_mail/{NOTHING}/",
        f"/_mail/{NOTHING}.eml",
        "/_mail/x",
        "/_mail//",
        "/_mail/../signing-keys.json",
        "/_mail/%2e%2e/signing-keys.json",
        "/_mail/..%2fsigning-keys.json",
        "/_mail/%00/",
        "/_mail",
    ],
)
def test_there_is_nothing_else_in_the_mailbox(path: str, site: Site) -> None:
    send(site, mail(1))
    (site.made.var / "signing-keys.json").write_text("secret")
    neutral = ask(site, "/no/such/page/")[1]
    answer, body = ask(site, path)
    assert (answer.status, body) == (404, neutral)


def test_a_part_that_a_mail_has_not_is_not_there(site: Site) -> None:
    send(site, mail(1))
    (path,) = links(ask(site, "/_mail/")[1])
    for part in ("invitation.ics", "letter.htm", "x/y"):
        assert ask(site, f"{path}{part}")[0].status == 404


# --- In a browser -----------------------------------------------------------------------------


def test_a_mail_is_shown_in_a_frame_that_runs_nothing_and_loads_nothing(
    site: Site, page: Page, seen: Any
) -> None:
    send(site, mail(1, EVIL, ics=meeting()))
    page.goto(site.url("/_mail/"))
    page.get_by_role("link", name="document.title").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Hello Tomas")).to_be_visible()
    expect(page.get_by_role("heading", name="Invitation")).to_be_visible()
    assert "taken over" not in page.title()
    assert seen.foreign == []
    assert all("letter.html" in error for error in seen.errors), seen.errors
    seen.errors.clear()  # the frame's policy at work


def test_mail_that_arrives_is_in_the_list_without_a_press(site: Site, page: Page) -> None:
    page.goto(site.url("/_mail/"))
    expect(page.get_by_text("No mail yet")).to_be_visible()
    send(site, mail(1))
    expect(page.get_by_role("link", name="Mail number 1")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("1 mail")
    send(site, mail(2), at=NOON + timedelta(hours=1))
    expect(page.get_by_role("row").nth(1)).to_contain_text("Mail number 2")
