"""Drafted messages and the firm's own pages: which file is used for whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from passalong.editorial import Message
from tests.unit.content_samples import PROGRAM, make, read, said, write

TWO = PROGRAM + (
    '[locales.de.product]\noverview = "Zeit."\npitch = "Zeit."\n'
    '[locales.de.looking_for]\nask = "wen"\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = make(tmp_path / "content", program=TWO)
    write(folder, {"pages/privacy.de.md": "\n# Datenschutz #\n\nWenig.\n"})
    write(tmp_path / "site", {"messages/linkedin.de.md": "Lohnt.\n", "messages/x.fr.md": "Oui.\n"})
    return folder


def texts(folder: Path) -> dict[tuple[str, str, str], str]:
    return {(m.medium, m.locale, m.variant): m.text for m in read(folder).messages}


def test_defaults_are_there_for_every_locale_of_the_program(folder: Path) -> None:
    assert said(folder) == []
    assert texts(folder) == {
        ("linkedin", "de", ""): "Lohnt.",
        ("linkedin", "en", ""): "Leeway is worth a look.",
    }


def test_an_own_message_takes_the_place_of_a_default(folder: Path) -> None:
    write(
        folder,
        {
            "messages/linkedin.md": "Ours.\n",
            "messages/linkedin.warm.md": "Warm.\n",
            "messages/linkedin.warm.de.md": "Herzlich.\n",
            "messages/email.de.md": "Subject:  Zeit \n\nLiebe {referee_first},\n\nZeit.\n",
        },
    )
    nobody = "warning: nobody is shown the variant “warm”: no experiment has it."
    files = ("messages/linkedin.warm.de.md", "messages/linkedin.warm.md")
    assert said(folder) == [f"{file}: {nobody}" for file in files]
    assert texts(folder) == {
        ("email", "de", ""): "Liebe {referee_first},\n\nZeit.",
        ("linkedin", "de", ""): "Lohnt.",
        ("linkedin", "de", "warm"): "Herzlich.",
        ("linkedin", "en", ""): "Ours.",
        ("linkedin", "en", "warm"): "Warm.",
    }
    email = next(message for message in read(folder).messages if message.medium == "email")
    assert email == Message("email", "de", "", "Zeit", email.text, "messages/email.de.md", 3)


def test_a_medium_nobody_drafted_in_the_own_language_is_sent_in_english(tmp_path: Path) -> None:
    program = PROGRAM.replace('locale = "en"', 'locale = "fr"')
    folder = make(tmp_path / "content", program=program)
    assert said(folder) == [
        "messages/linkedin.md: warning: is missing for fr; the English message is shown."
    ]
    assert texts(folder) == {("linkedin", "fr", ""): "Leeway is worth a look."}


def test_a_medium_without_any_message_is_an_error(tmp_path: Path) -> None:
    program = PROGRAM.replace('"linkedin"', '"linkedin", "sms"')
    folder = make(tmp_path / "content", program=program)
    assert said(folder) == ["messages/sms.md: is missing: a message to share by sms."]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("messages/linkdin.md", "x", ": “linkdin” has no message. Did you mean “linkedin”?"),
        ("messages/copy-link.md", "x", ": “copy-link” has no message. It is the bare link."),
        ("messages/x.fr.md", "x", ": is named wrongly; a message is called <medium>.md"),
        ("messages/x.a.b.de.md", "x", ": is named wrongly; a message is called <medium>.md"),
        ("messages/x.md", "\n", ":2: the message has no text."),
        ("messages/x.md", b"\xff", ":1: the text is not UTF-8."),
        ("pages/privcy.md", "# x\n\nx", ": “privcy” is not a page of the site. Did you mean"),
        ("pages/terms.fr.md", "# x\n\nx", ": is named wrongly; a page is called <name>.md"),
        ("pages/terms.md", "Terms\n", ":1: must begin with its title: “# Privacy”."),
        ("pages/terms.md", "# Terms\n\n", ":2: the page has no text."),
        ("pages/terms.md", "# Terms\n\n[x](/gone/)\n", ":3: the link /gone/ leads nowhere."),
        ("pages/terms.md", "# Terms\n\n\n![](x.png)\n", ":4: the image x.png is not there."),
    ],
)
def test_what_is_wrong_is_said_of_the_file(
    folder: Path, name: str, text: str | bytes, problem: str
) -> None:
    write(folder, {"messages/linkedin.md": "Ours.\n", name: text})
    assert any(line.startswith(f"{name}{problem}") for line in said(folder)), said(folder)


def test_two_files_for_one_message_are_one_too_many(folder: Path) -> None:
    write(folder, {"messages/linkedin.md": "Ours.\n", "messages/linkedin.en.md": "Mine.\n"})
    assert said(folder) == [
        "messages/linkedin.md: says the same as messages/linkedin.en.md; keep one of them."
    ]


def test_pages_are_read_by_language(folder: Path) -> None:
    pages = {(page.slug, page.locale): page for page in read(folder).pages}
    german = pages["privacy", "de"]
    assert (german.title, german.body.strip(), german.body_line) == ("Datenschutz", "Wenig.", 3)
    assert pages["privacy", "en"].title == "Privacy"


def test_the_privacy_page_must_be_there(folder: Path) -> None:
    (folder / "pages/privacy.de.md").unlink()
    assert said(folder) == ["pages/privacy.de.md: warning: is missing; en is shown instead."]
    (folder / "pages/privacy.md").unlink()
    assert said(folder) == [
        "pages/privacy.md: is missing. "
        "Who is named on a page has a right to know why, by whom and for how long."
    ]
