"""The addresses behind the share controls: exact forms, and words that survive them."""

from __future__ import annotations

from email.headerregistry import Address
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from passalong.program import MEDIA
from passalong.sharing import NO_HREF, href, mailbox, mailto, share_link

LINK = "https://friends.leeway.example/r/y64evg90h2xxm/?v=linkedin"
CODED = "https%3A%2F%2Ffriends.leeway.example%2Fr%2Fy64evg90h2xxm%2F%3Fv%3Dlinkedin"
AWKWARD = 'R&D #1: 31 % "less"? It’s + plain… 👩‍🏭'

texts = st.text(st.characters(codec="utf-8", exclude_characters="\r"))


def test_a_share_link_tells_the_medium() -> None:
    link = share_link("https://friends.leeway.example", "y64evg90h2xxm", "linkedin")
    assert link == LINK
    assert len({share_link("https://a.example", "c", medium) for medium in MEDIA}) == len(MEDIA)


@pytest.mark.parametrize(
    ("medium", "expected"),
    [
        ("linkedin", f"https://www.linkedin.com/sharing/share-offsite/?url={CODED}"),
        ("x", f"https://x.com/intent/tweet?text=a%20%26%20b%0Ac&url={CODED}"),
        ("whatsapp", f"https://wa.me/?text=a%20%26%20b%0Ac%0A{CODED}"),
        ("email", "mailto:?subject=One%2BTwo&body=a%20%26%20b%0D%0Ac"),
        ("telegram", f"https://t.me/share/url?url={CODED}&text=a%20%26%20b%0Ac"),
        ("teams", f"https://teams.microsoft.com/share?href={CODED}&msgText=a%20%26%20b%0Ac"),
        ("sms", "sms:?&body=a%20%26%20b%0Ac"),
        ("native", ""),
        ("copy-link", ""),
        ("copy-message", ""),
    ],
)
def test_each_medium_has_its_exact_address(medium: str, expected: str) -> None:
    assert href(medium, LINK, "a & b\nc", "One+Two") == expected


def test_every_medium_has_an_address_or_is_a_press_on_the_page() -> None:
    assert {medium for medium in MEDIA if not href(medium, LINK, "text")} == NO_HREF


def test_an_unknown_medium_is_a_bug() -> None:
    with pytest.raises(ValueError, match="fax"):
        href("fax", LINK, "text")


@given(texts)
@example(AWKWARD)
@example("line\nbreak\n\nand a plus + sign")
def test_every_character_survives_the_address(text: str) -> None:
    fields = {"x": "text", "telegram": "text", "teams": "msgText", "sms": "body"}
    for medium, name in fields.items():
        query = parse_qs(urlsplit(href(medium, LINK, text)).query, keep_blank_values=True)
        assert query[name] == [text]
    whatsapp = parse_qs(urlsplit(href("whatsapp", LINK, text)).query)
    assert whatsapp["text"] == [f"{text}\n{LINK}"]


@given(texts, texts)
@example(AWKWARD, AWKWARD)
def test_every_character_survives_a_mail_and_its_lines_end_as_mail_lines_do(
    subject: str, body: str
) -> None:
    address = href("email", LINK, body, subject)
    assert "+" not in address
    assert all(33 <= ord(sign) <= 126 for sign in address)
    coded_subject, coded_body = address.removeprefix("mailto:?subject=").split("&body=")
    assert unquote(coded_subject) == subject
    assert unquote(coded_body) == body.replace("\n", "\r\n")


def test_a_mail_may_name_its_recipient() -> None:
    to = Address("Jonas", "jonas+talk", "leeway.example").addr_spec
    assert mailto(mailbox(to), "Hi", "") == "mailto:jonas%2Btalk@leeway.example?subject=Hi&body="


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n")), st.sampled_from(MEDIA))
def test_an_address_of_sentinels_becomes_the_persons_by_replacing_them(
    word: str, medium: str
) -> None:
    sentinel = "<\ue001>"
    link = share_link("https://a.example", sentinel, medium)
    later = href(medium, link, f"Hi {sentinel},\nread {link}", f"For {sentinel}")
    link = share_link("https://a.example", word, medium)
    at_once = href(medium, link, f"Hi {word},\nread {link}", f"For {word}")
    assert sentinel not in later
    assert later.replace(quote(sentinel, safe=""), quote(word, safe="")) == at_once
