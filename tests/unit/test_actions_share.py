"""An advocate passes their link on: what is noted, and what a form is answered with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.actions.share import LIMIT
from passalong.events import REVOKED, SHARED, Event
from passalong.program import MEDIA
from tests.naughty import NAUGHTY
from tests.programs import advocate
from tests.reading import Element, mail, query, read
from tests.worlds import Place, a_world, ask

TWO: dict[str, Any] = {
    "advocates": [advocate(), advocate("a-2", "Jürgen Weiß", locale="de", reward="none")],
    "locales": ["de"],
}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    world = a_world(tmp_path, **TWO)
    yield world
    world.ledger.close()


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A world for many examples."""
    world = a_world(tmp_path_factory.mktemp("one"), **TWO)
    yield world
    world.ledger.close()


def presses(world: Place) -> list[tuple[str, str]]:
    """Who shared by which medium."""
    return [(event.advocate, event.medium) for event in world.events(SHARED)]


def medium_on(world: Place, person: str, medium: str) -> Element:
    """The row of a medium on an advocate's page as it was built."""
    key = world.known().holders.key("advocate", person)
    page = read(world.page(f"{world.address}/a/{key}/").decode())
    return page.one("li", data_medium=medium)


# --- What is noted ------------------------------------------------------------------------------


@pytest.mark.parametrize("medium", MEDIA)
def test_a_press_is_an_event_with_its_medium_copying_included(here: Place, medium: str) -> None:
    said = ask(here, "share", here.advocate(), medium=medium)
    assert (said.status, said.body) == (204, "")
    (event,) = here.events()
    assert (event.type, event.advocate, event.medium) == (SHARED, "a-1", medium)
    assert (event.at, event.evidence) == (here.clock(), "press")


def test_presses_by_medium_add_up_to_the_advocates_own(here: Place) -> None:
    for medium in ("linkedin", "email", "copy-link"):
        for minute in range(3):
            ask(here, "share", here.advocate(), medium=medium, id=f"{medium}{minute}")
        ask(here, "share", here.advocate("a-2"), medium=medium)
    mine = [medium for person, medium in presses(here) if person == "a-1"]
    assert {medium: mine.count(medium) for medium in mine} == {
        "linkedin": 3, "email": 3, "copy-link": 3,
    }  # fmt: skip
    assert len(presses(here)) == 12


def test_what_an_advocate_writes_is_kept_nowhere(here: Place, tmp_path: Path) -> None:
    ask(here, "share", here.advocate(), form=True, medium="email", message="Dear old Ferdinand")
    here.ledger.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("ledger.db*"))
    assert b"shared" in kept
    assert b"Ferdinand" not in kept


def test_the_same_press_sent_twice_is_one_event_and_has_the_same_answer(here: Place) -> None:
    first = ask(here, "share", here.advocate(), medium="email", id="press-1")
    here.time.wait(hours=3)
    again = ask(here, "share", here.advocate(), medium="email", id="press-1")
    assert first == again
    assert presses(here) == [("a-1", "email")]


def test_nobody_can_take_the_id_of_anothers_press(here: Place) -> None:
    for person in ("a-1", "a-2"):
        ask(here, "share", here.advocate(person), medium="email", id="press-1")
    assert presses(here) == [("a-1", "email"), ("a-2", "email")]


def test_without_an_id_a_double_press_counts_once_and_one_a_minute_later_again(
    here: Place,
) -> None:
    for seconds in (0, 1, 60):
        here.time.wait(seconds=seconds)
        ask(here, "share", here.advocate(), medium="email")
    assert len(presses(here)) == 2


@pytest.mark.parametrize("medium", ["forward", "myspace", "LinkedIn", "", "x" * 25, "é", "a b"])
def test_a_medium_that_the_program_does_not_have_is_refused_and_nothing_is_kept(
    here: Place, medium: str
) -> None:
    said = ask(here, "share", here.advocate(), medium=medium)
    assert (said.status, said.json["code"]) == (422, "invalid")
    assert set(said.json["errors"]) == {"medium"}
    assert here.events() == []


def test_a_program_decides_which_media_there_are(tmp_path: Path) -> None:
    world = a_world(tmp_path, program={"share": {"media": ["email", "copy-link"]}})
    assert ask(world, "share", world.advocate(), medium="copy-link").status == 204
    refused = ask(world, "share", world.advocate(), medium="linkedin")
    assert refused.json["errors"] == {"medium": "must be one of email, copy-link"}
    world.ledger.close()


def test_after_so_many_presses_a_day_it_is_enough_until_the_next(here: Place) -> None:
    for number in range(LIMIT):
        assert ask(here, "share", here.advocate(), medium="x", id=f"p{number}").status == 204
    enough = ask(here, "share", here.advocate(), medium="x", id="one-more")
    assert (enough.status, enough.json["code"]) == (429, "limit")
    assert int(enough.headers["retry-after"]) > 0
    assert len(presses(here)) == LIMIT
    assert ask(here, "share", here.advocate("a-2"), medium="x").status == 204
    here.time.wait(days=1)
    assert ask(here, "share", here.advocate(), medium="x", id="one-more").status == 204


# --- Who may ------------------------------------------------------------------------------------


def test_only_an_advocates_own_page_shares_and_all_other_tokens_are_refused_alike(
    here: Place,
) -> None:
    here.ledger.revoke(Event("gone", "leeway", REVOKED, here.clock()), "advocate:a-2")
    tokens = [here.share(), here.referee(), here.advocate("a-2"), "x", f"{here.advocate()}x"]
    refused = [ask(here, "share", token, medium="email") for token in tokens]
    assert {(said.status, said.body) for said in refused} == {(404, refused[0].body)}
    assert here.events(SHARED) == []


# --- What a form is answered with ---------------------------------------------------------------


@pytest.mark.parametrize("person", ["a-1", "a-2"])
@pytest.mark.parametrize("medium", MEDIA)
def test_without_scripts_the_answer_has_the_link_and_the_words_that_the_page_has(
    here: Place, person: str, medium: str
) -> None:
    said = ask(here, "share", here.advocate(person), form=True, medium=medium)
    page, row = said.page, medium_on(here, person, medium)
    assert said.status == 200
    assert page.one("html")["lang"] == {"a-1": "en", "a-2": "de"}[person]
    link = page.one("input", id="shared-link")["value"]
    code = here.known().holders.code(here.known().bundle.advocates[int(person[-1]) - 1])
    assert link == f"https://friends.leeway.example/r/{code}/?v={medium}"
    drafted = row.all("textarea")
    assert page.one("textarea").text == (drafted[0].text if drafted else "")
    opens = [a["href"] for a in row.all("a") if not a["href"].startswith("#")]
    assert [a["href"] for a in page.all("a", class_="button")] == opens


def test_an_edited_message_is_what_the_finished_link_says(here: Place) -> None:
    words = "Grüß dich & hallo!\n\n100 % #real “quotes” 🚢\nsee you"
    sent: dict[str, Any] = {"form": True, "message": words}
    whatsapp = ask(here, "share", here.advocate(), medium="whatsapp", **sent).page
    link = whatsapp.one("input", id="shared-link")["value"]
    assert whatsapp.one("textarea").text == words
    href = whatsapp.one("a", class_="button")["href"]
    assert unquote(href) == f"https://wa.me/?text={words}\n{link}"
    letter = ask(here, "share", here.advocate(), medium="email", **sent).page
    _, subject, body = mail(letter.one("a", class_="button")["href"])
    assert body == words.replace("\n", "\r\n")
    assert subject in letter.one("p", class_="subject").shown


def test_linkedin_gets_the_link_alone_and_the_words_stand_beside_it(here: Place) -> None:
    said = ask(here, "share", here.advocate(), form=True, medium="linkedin", message="Look.")
    href = said.page.one("a", class_="button")["href"]
    assert set(query(href)) == {"url"}
    assert said.page.one("textarea").text == "Look."
    assert "paste the message" in said.shown


def test_where_there_is_a_reward_the_drafted_words_say_so(here: Place) -> None:
    rewarded = ask(here, "share", here.advocate(), form=True, medium="email").page
    assert "Harbour Day" in rewarded.one("textarea").text
    nothing = ask(here, "share", here.advocate("a-2"), form=True, medium="email").page
    assert "Harbour Day" not in nothing.one("textarea").text


def test_the_answer_leads_back_to_the_advocates_own_page(here: Place) -> None:
    said = ask(here, "share", here.advocate(), form=True, medium="x")
    back = said.page.one("p", class_="back").one("a")["href"]
    assert here.page(here.address + back)
    assert said.headers["cache-control"] == "no-store"


@given(
    words=st.one_of(st.sampled_from(NAUGHTY), st.text(max_size=300)), medium=st.sampled_from(MEDIA)
)
def test_whatever_is_typed_is_shown_as_text_and_opens_nothing_but_the_medium(
    one: Place, words: str, medium: str
) -> None:
    one.time.wait(days=1)
    said = ask(one, "share", one.advocate(), form=True, medium=medium, message=words)
    assert said.status == 200
    opens = [a["href"] for a in said.page.all("a", class_="button")]
    assert all(href.startswith(("https://", "mailto:?", "sms:?")) for href in opens)
    assert said.page.all("script") == []
