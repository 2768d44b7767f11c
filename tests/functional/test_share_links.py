"""Every share control is a link of its own medium, exactly as the medium's vendor reads it."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import quote, unquote

import pytest

from passalong.errors import ContentRefused
from passalong.program import MEDIA
from tests.functional.conftest import Make
from tests.programs import BASE_URL, Made, advocate, files, keys, write
from tests.reading import Element, mail, query, read


@pytest.fixture(scope="module")
def made(make_once: Make) -> Made:
    return make_once()


# --- Every share link is its medium's ---------------------------------------------------------


def media(page: Element) -> dict[str, Element]:
    """The controls of an advocate's page by their medium."""
    return {
        item["data-medium"]: item for item in page.all("li") if "data-medium" in item.attributes
    }


def link(medium: str, person: str = "a-1") -> str:
    return f"{BASE_URL}/r/{keys().code(person)}/?v={medium}"


def test_each_medium_is_told_apart_in_the_link_itself(made: Made) -> None:
    page = read(made.page("advocate", "a-1"))
    assert tuple(media(page)) == MEDIA
    for medium, item in media(page).items():
        whole = " ".join(
            [*(a["href"] for a in item.all("a")), *(i["value"] for i in item.all("input"))]
            + [t.text for t in item.all("textarea")]
            + [value for b in item.all("button") for value in b.attributes.values()]
        )
        assert set(re.findall(r"[?&]v=([\w-]+)", unquote(whole))) == {medium}
        assert set(re.findall(r"/r/(\w+)/", unquote(whole))) == {keys().code("a-1")}


def test_the_page_behind_a_share_link_is_there_and_does_not_lose_the_medium(made: Made) -> None:
    page = made.page("share", "a-1")
    assert "canonical" not in page
    assert "og:url" not in page
    assert 'http-equiv="refresh"' not in page
    assert not re.search(r"location(\.href)? ?=[^=]|location\.(assign|replace|reload)", page)


def test_a_program_chooses_its_media_and_their_order(make: Make) -> None:
    chosen = ["teams", "copy-link", "email"]
    made = make(program={"share": {"media": chosen}})
    assert list(media(read(made.page("advocate", "a-1")))) == chosen


# --- Every address exactly as its vendor reads it ---------------------------------------------

HOSTILE = "Bo & “Co” #1 100 % <b>'x'</b> \"y\" + 漢字 👩‍👩‍👧 {x} ~ %41"
MESSAGE = "Hello,\n\n{brand}: {name} of {company} & {role} says “100 % + #1?”\n\n{disclosure}"
DRAFTS = {
    f"messages/{medium}.md": MESSAGE
    for medium in ("linkedin", "whatsapp", "teams", "telegram", "native")
} | {
    "messages/x.md": "{first_name} & #1 100 % + “?”\n{disclosure}",
    "messages/email.md": f"Subject: {{name}} & #1? 100 %\n\n{MESSAGE}\n{{link}}",
    "messages/sms.md": f"{MESSAGE}\n{{link}}",
    "messages/copy-message.md": f"{MESSAGE}\n{{link}}",
}


@pytest.fixture(scope="module")
def controls(make_once: Make) -> dict[str, Element]:
    made = make_once(
        advocates=[advocate(name=HOSTILE, company=HOSTILE, role=HOSTILE)],
        more=DRAFTS,
    )
    return media(read(made.page("advocate", "a-1")))


def drafted(item: Element) -> str:
    """The message as the advocate reads it."""
    return item.one("textarea").text


SAID = (
    f"Hello,\n\nLeeway: {HOSTILE} of {HOSTILE} & {HOSTILE} says “100 % + #1?”"
    "\n\nFull disclosure: they invite me to their Harbour Day."
)


def href(item: Element) -> str:
    return item.one("a", class_="send")["href"]


def test_the_drafted_message_is_shown_with_every_sign_as_written(
    controls: dict[str, Element],
) -> None:
    for medium in ("linkedin", "whatsapp", "teams", "telegram", "native"):
        assert drafted(controls[medium]) == SAID
    for medium in ("email", "sms", "copy-message"):
        assert drafted(controls[medium]) == f"{SAID}\n{link(medium)}"


def test_linkedin_is_given_the_link_and_no_text(controls: dict[str, Element]) -> None:
    assert href(controls["linkedin"]) == (
        "https://www.linkedin.com/sharing/share-offsite/?url=" + quote(link("linkedin"), safe="")
    )
    assert controls["linkedin"].one("p", role="status")["data-done"]


def test_x_is_given_text_and_link_within_its_length(controls: dict[str, Element]) -> None:
    text = drafted(controls["x"])
    assert href(controls["x"]).startswith("https://x.com/intent/tweet?text=")
    assert query(href(controls["x"])) == {"text": text, "url": link("x")}
    assert text.startswith("Bo & #1 100 % + “?”\nFull")


def test_whatsapp_is_given_the_message_a_line_break_and_the_link(
    controls: dict[str, Element],
) -> None:
    assert href(controls["whatsapp"]).startswith("https://wa.me/?text=")
    assert query(href(controls["whatsapp"])) == {"text": f"{SAID}\n{link('whatsapp')}"}


def test_telegram_and_teams_are_given_link_and_text(controls: dict[str, Element]) -> None:
    assert href(controls["telegram"]).startswith("https://t.me/share/url?url=")
    assert query(href(controls["telegram"])) == {"url": link("telegram"), "text": SAID}
    assert href(controls["teams"]).startswith("https://teams.microsoft.com/share?href=")
    assert query(href(controls["teams"])) == {"href": link("teams"), "msgText": SAID}


def test_a_text_message_is_given_the_words(controls: dict[str, Element]) -> None:
    text = f"{SAID}\n{link('sms')}"
    assert href(controls["sms"]) == f"sms:?&body={quote(text, safe='')}"


def test_a_mail_survives_signs_emoji_and_line_breaks(controls: dict[str, Element]) -> None:
    address = href(controls["email"])
    assert "+" not in address
    assert not re.search(r"%0A", re.sub("%0D%0A", "", address))
    assert re.fullmatch(r"[\x21-\x7e]+", address)
    to, subject, body = mail(address)
    assert to == ""
    assert body == drafted(controls["email"]).replace("\n", "\r\n")
    assert subject == f"{HOSTILE} & #1? 100 %"


def test_the_link_can_be_copied_by_itself(controls: dict[str, Element]) -> None:
    assert controls["copy-link"].one("input", readonly="")["value"] == link("copy-link")
    assert controls["native"].one("button", class_="send")["data-native"] == link("native")


def test_the_words_of_an_address_follow_each_other_in_the_order_of_the_page(
    controls: dict[str, Element],
) -> None:
    order = [MEDIA.index(medium) for medium in controls if medium in MEDIA]
    assert all(before < after for before, after in pairwise(order))


# --- Messages that could not be sent ----------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "text", "line", "said"),
    [
        ("x.md", "Hello {nosuch}.\n{disclosure}", 1, "not a word that messages know"),
        ("linkedin.md", "One\n\n{company} {customer}\n{disclosure}", 3, "empty for somebody"),
        ("x.md", "word " * 60 + "\n{disclosure}", 1, "280"),
        ("email.md", "Subject: Hi\n\nNo link.\n{disclosure}", 3, "lacks its link"),
        ("whatsapp.md", "Why I like it.", 1, "does not say so"),
        ("teams.md", "Hello {name", 1, "without its partner"),
    ],
)
def test_a_message_that_could_not_be_sent_is_refused_at_its_line(
    make: Make, file: str, text: str, line: int, said: str
) -> None:
    with pytest.raises(ContentRefused) as refused:
        make(more={f"messages/{file}": text})
    (problem,) = refused.value.problems
    assert (problem.file, problem.line) == (f"messages/{file}", line)
    assert said in str(problem)


def test_a_mail_of_more_than_two_thousand_characters_is_a_warning(make: Make) -> None:
    made = make()
    long = "Subject: Hi\n\n" + "word " * 500 + "\n{link}\n{disclosure}"
    write(made.content, files(more={"messages/email.md": long}))
    assert [p.file for p in made.build().warnings if "2,000" in p.message] == ["messages/email.md"]


def test_a_message_is_said_in_the_readers_language_else_in_the_programs(make: Make) -> None:
    drafts = {
        "messages/teams.md": "English.\n{disclosure}",
        "messages/teams.de.md": "Deutsch.\n{disclosure}",
        "pages/privacy.de.md": "# D\n\nText.\n",
    }
    made = make(
        locales=["de"], more=drafts, advocates=[advocate("a-1"), advocate("a-2", locale="de-CH")]
    )
    said = {
        person: drafted(media(read(made.page("advocate", person)))["teams"])
        for person in ("a-1", "a-2")
    }
    assert said["a-1"].startswith("English.")
    assert said["a-2"].startswith("Deutsch.")
