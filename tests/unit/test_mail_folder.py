"""The mailbox of one machine, and which mailer an address opens."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from passalong.errors import Stop
from passalong.mail import open_mailer
from passalong.mail.compose import compose
from passalong.mail.folder import FolderMailer, Line, mails, opened
from passalong.mail.port import Mail, MailRefused, MailUnavailable
from passalong.mail.smtp import SmtpMailer
from passalong.party import Party

AT = datetime(2026, 11, 21, 9, 30, 5, 1200, tzinfo=UTC)
MAIL = Mail(
    "dv-1",
    Party("Tomas Berg", "tomas.berg@kestrel.example"),
    Party("Jonas Petersen", "hello@leeway.example"),
    "Our talk on Monday 2 November",
    "Hello Tomas,\n\nbis dann, 李明.\n",
    "<p>Hello Tomas,</p>\n",
    "en",
)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        return self.now


def test_a_mail_lies_in_the_folder_as_it_would_have_gone(tmp_path: Path) -> None:
    folder = tmp_path / "var/mail"
    FolderMailer(folder, Clock()).send(MAIL)
    (file,) = folder.iterdir()
    assert file.name.startswith("20261121T093005.001200Z-")
    assert file.suffix == ".eml"
    assert file.read_bytes() == compose(MAIL, AT)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_mail_that_is_sent_again_is_there_once_as_it_was_first(tmp_path: Path) -> None:
    clock = Clock()
    mailer = FolderMailer(tmp_path, clock)
    mailer.send(MAIL)
    clock.now += timedelta(hours=1)
    mailer.send(replace(MAIL, subject="Changed meanwhile"))
    (line,) = mails(tmp_path)
    assert (line.subject, line.date) == (MAIL.subject, AT)


def test_the_list_is_in_order_the_newest_first(tmp_path: Path) -> None:
    clock = Clock()
    mailer = FolderMailer(tmp_path, clock)
    for number in (1, 2, 3):
        mailer.send(replace(MAIL, id=f"dv-{number}", subject=f"Mail {number} ü"))
        clock.now += timedelta(milliseconds=1)
    mailer.send(replace(MAIL, id="dv-4", to=Party("", "a@b.example"), subject="Mail 4"))
    found = mails(tmp_path)
    assert [line.subject for line in found] == ["Mail 4", "Mail 3 ü", "Mail 2 ü", "Mail 1 ü"]
    assert [line.to for line in found] == ["a@b.example", *["Tomas Berg"] * 3]
    assert found[0] == Line(found[0].name, "Mail 4", "a@b.example", AT + timedelta(milliseconds=3))


def test_a_mail_can_be_opened_with_all_its_parts(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path, Clock())
    mailer.send(replace(MAIL, invitation=b"BEGIN:VCALENDAR\r\n\xc3\xbc", method="CANCEL"))
    (line,) = mails(tmp_path)
    mail = opened(tmp_path, line.name)
    assert mail
    assert (mail.text, mail.html) == (MAIL.text, MAIL.html)
    assert (mail.invitation, mail.method) == (b"BEGIN:VCALENDAR\r\n\xc3\xbc", "CANCEL")
    assert ("Subject", MAIL.subject) in mail.headers
    assert ("To", "Tomas Berg <tomas.berg@kestrel.example>") in mail.headers


def test_a_mail_without_an_invitation_has_none(tmp_path: Path) -> None:
    FolderMailer(tmp_path, Clock()).send(MAIL)
    mail = opened(tmp_path, mails(tmp_path)[0].name)
    assert mail
    assert (mail.invitation, mail.method) == (b"", "")


def test_only_mails_are_listed_and_opened(tmp_path: Path) -> None:
    assert mails(tmp_path / "nowhere") == []
    folder = tmp_path / "mail"
    FolderMailer(folder, Clock()).send(MAIL)
    (name,) = (line.name for line in mails(folder))
    (tmp_path / name).write_text("outside")
    (folder / "notes.eml").write_text("no mail")
    (folder / f".{name}.ab12").write_text("half")
    assert [line.name for line in mails(folder)] == [name]
    for other in "notes.eml", f"../{name}", f"x/../{name}", "", ".", name + "\0", name[:-4]:
        assert opened(folder, other) is None
    (folder / name).unlink()
    assert opened(folder, name) is None


def test_a_mail_that_cannot_be_written_leaves_nothing_and_may_be_sent_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    mailer = FolderMailer(tmp_path, Clock())
    with monkeypatch.context() as spoilt:
        spoilt.setattr(os, "fsync", full)
        with pytest.raises(MailUnavailable, match="No space left"):
            mailer.send(MAIL)
    assert list(tmp_path.iterdir()) == []
    mailer.send(MAIL)
    assert len(mails(tmp_path)) == 1


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("")
    with pytest.raises(MailUnavailable):
        FolderMailer(tmp_path / "mail", Clock()).send(MAIL)


def test_what_no_server_would_take_is_refused_here_too(tmp_path: Path) -> None:
    with pytest.raises(MailRefused):
        FolderMailer(tmp_path, Clock()).send(replace(MAIL, to=Party("", "nowhere")))
    assert list(tmp_path.iterdir()) == []


# --- Which mailer an address opens -------------------------------------------------------------


def test_a_folder_may_be_relative_or_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_mailer("folder://var/mail", Clock()).send(MAIL)
    open_mailer(f"folder://{tmp_path}/absolute", Clock()).send(MAIL)
    assert len(mails(tmp_path / "var/mail")) == len(mails(tmp_path / "absolute")) == 1


def test_a_mailer_has_a_clock_of_its_own_if_it_is_given_none(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    open_mailer(f"folder://{tmp_path}").send(MAIL)
    assert before <= mails(tmp_path)[0].date <= datetime.now(UTC)


@pytest.mark.parametrize(
    "url",
    [
        "", "mail", "folder://", "folder:///", "var/mail", "https://mail.example.com", "smtp://",
        "smtp://user:s3cret@", "smtps://user:s3/cret@mail.example.com", "smtp://:s3cret#x@host:25",
        "smtp://user:s3cret@host:s3cret", "smtp://user:s3cret@host/path", "smtp://u:s3cret@[::1",
        "smtp://user:s3cret@host?x=1", "ses://", "ses://eu-central-1/x", "ses://eu-central-1?to=x",
        "smtp:user:s3cret@host",
    ],
)  # fmt: skip
def test_an_address_that_opens_nothing_stops_with_an_example_and_says_no_password(url: str) -> None:
    with pytest.raises(Stop, match=r"folder://|smtps?://user|ses://eu-central-1") as stop:
        open_mailer(url)
    assert "s3" not in str(stop.value)
    assert stop.value.__cause__ is None
    assert stop.value.__context__ is None


def test_a_mailer_shows_nobody_how_it_logs_in() -> None:
    mailer = open_mailer("smtp://maria:s3cr%40t@mail.example.com")
    assert isinstance(mailer, SmtpMailer)
    assert not re.search("maria|s3cr", repr(mailer) + repr(vars(mailer)))
