"""What somebody decides about being asked, named, thanked or kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from passalong.actions.prefer import LIMIT
from passalong.endpoints import PREFERENCES
from passalong.events import BOOKED, CANCELLED, INTRODUCED, PREFERRED, REMOVED, REVOKED, Event
from passalong.folder import Folder
from passalong.ledger.port import Actor, Unavailable
from tests.contract.ledger_samples import a_meeting
from tests.programs import advocate, path_of, referee
from tests.reading import read
from tests.worlds import Place, Said, a_world, ask, token_of

CONTENT: dict[str, Any] = {
    "advocates": [
        advocate(),
        advocate("a-2", "Jürgen Weiß", locale="de"),
        advocate("a-3", "Eve Lie", show_name="yes"),
    ],
    "referees": [
        referee(),
        referee("r-2", "TOMAS Berg", advocate="a-2", company="Kestrel Ferries GmbH"),
        referee("r-3", "Tomas Berg", advocate="a-3", company="Another Firm"),
        referee("s-1", "Tomas Berg", advocate="a-3", status="suggested"),
    ],
    "locales": ["de"],
}
OF_ADVOCATES = (
    "not-now", "stop", "resume", "show-name", "hide-name", "no-gift", "gift", "remove",
)  # fmt: skip
OF_REFEREES = ("silent", "remove", "not-for-me")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    world = a_world(tmp_path, **CONTENT)
    yield world
    world.ledger.close()


def prefer(world: Place, token: str, action: str, **more: Any) -> Said:
    return ask(world, "preferences", token, action=action, **more)


def wishes(world: Place, subject: str = "advocate:a-1") -> dict[str, str]:
    return dict(world.ledger.standing([subject])[subject].preferences)


def has_page(world: Place, person: str, kind: str = "referee") -> bool:
    return (world.site / path_of(kind, person)).exists()


# --- Wishes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "noted"),
    [
        ("not-now", {"not_now_until": "2027-02-22"}),
        ("stop", {"stop": "yes"}),
        ("show-name", {"show_name": "yes"}),
        ("hide-name", {"show_name": "no"}),
        ("no-gift", {"gift": "no"}),
        ("gift", {}),
        ("resume", {}),
    ],
)
def test_what_an_advocate_wishes_is_noted(here: Place, action: str, noted: dict[str, str]) -> None:
    said = prefer(here, here.advocate(), action)
    assert (said.status, said.json) == (200, {"action": action})
    assert wishes(here) == noted
    (event,) = here.events()
    assert (event.type, event.advocate, event.data) == (PREFERRED, "a-1", {"action": action})
    assert wishes(here, "advocate:a-2") == {}


@pytest.mark.parametrize("action", [a for a in OF_ADVOCATES if a != "remove"])
def test_every_wish_of_an_advocate_can_be_taken_back_with_one_press(
    here: Place, action: str
) -> None:
    said = prefer(here, here.advocate(), action, form=True)
    (form,) = said.page.all("form")
    fields: dict[str, Any] = {field["name"]: field["value"] for field in form.all("input")}
    assert form["action"] == "/api/preferences"
    undone = ask(here, "preferences", fields.pop("token"), form=True, **fields)
    assert undone.status == 200
    assert undone.title != said.title


@pytest.mark.parametrize(
    ("pressed", "left"),
    [
        (("not-now", "resume"), {}),
        (("stop", "not-now", "resume"), {}),
        (("show-name", "hide-name"), {"show_name": "no"}),
        (("no-gift", "gift"), {}),
        (("stop", "show-name", "no-gift"), {"stop": "yes", "show_name": "yes", "gift": "no"}),
    ],
)
def test_wishes_add_up_and_are_taken_back_one_by_one(
    here: Place, pressed: tuple[str, ...], left: dict[str, str]
) -> None:
    for action in pressed:
        assert prefer(here, here.advocate(), action).status == 200
    assert wishes(here) == left


def test_a_referee_asks_for_silence(here: Place) -> None:
    said = prefer(here, here.referee(), "silent", form=True)
    assert (said.status, said.title) == (200, "Maria hears nothing.")
    assert said.page.all("form") == []
    assert wishes(here, "referee:r-1") == {"silent": "yes"}
    assert here.events()[0].referee == "r-1"


def test_the_answer_speaks_the_language_of_the_page_and_leads_back_to_it(here: Place) -> None:
    said = prefer(here, here.advocate("a-2"), "stop", form=True)
    assert said.page.one("html")["lang"] == "de"
    back = said.page.one("p", class_="back").one("a")["href"]
    assert back.lstrip("/") + "index.html" == path_of("advocate", "a-2")


@pytest.mark.parametrize("action", PREFERENCES)
@pytest.mark.parametrize("kind", ["advocate", "referee"])
def test_a_page_decides_what_is_its_own_and_nothing_else(
    here: Place, kind: str, action: str
) -> None:
    token = here.advocate() if kind == "advocate" else here.referee()
    allowed = OF_ADVOCATES if kind == "advocate" else OF_REFEREES
    said = prefer(here, token, action)
    if action in allowed:
        assert said.status == 200
    else:
        assert (said.status, list(said.json["errors"])) == (422, ["action"])
        assert here.events() == []


def test_what_the_next_build_shows_is_what_was_wished(here: Place) -> None:
    prefer(here, here.advocate(), "show-name")
    prefer(here, here.advocate(), "no-gift")
    prefer(here, here.advocate("a-3"), "hide-name")
    pages = {path: data.decode() for path, data in here.rebuilt().items() if "html" in path}
    shared = read(pages[path_of("share", "a-1")]).one("main").shown
    assert "Maria" in shared
    assert "receives nothing" in read(pages[path_of("referee", "r-1")]).one("main").shown
    assert "Eve" not in read(pages[path_of("share", "a-3")]).one("main").shown


# --- A referee leaves ---------------------------------------------------------------------------


def introduced(world: Place, person: str = "a-1", **who: Any) -> tuple[str, str]:
    """Introduces somebody; the token on their page and their id."""
    said = ask(world, "introductions", world.advocate(person), **who)
    return token_of(world.page(said.json["url"])), said.json["id"]


def test_who_goes_with_a_meeting_to_come_gives_its_time_back(here: Place) -> None:
    token, person = introduced(here, name="Ferdinand Lund", company="Quay")
    now = here.clock()
    event = Event("b", "leeway", BOOKED, now, "a-1", person)
    meeting = a_meeting(now + timedelta(days=3), referee=person, advocate="a-1")
    here.ledger.book(event, meeting, None, Actor(f"referee:{person}"))
    assert prefer(here, token, "remove").status == 200
    assert here.ledger.taken("jonas", meeting.start, meeting.end) == []
    types = [one.type for one in here.ledger.after("", 100)[0]]
    assert types[-2:] == ["cancelled", "removed"]
    assert prefer(here, token, "remove").status == 200


def test_not_for_me_calls_off_what_was_booked_through_another_advocate(here: Place) -> None:
    token, _ = introduced(here, name="Ferdinand Lund", company="Quay")
    _, other = introduced(here, "a-2", name="Ferdinand Lund", company="Quay")
    now = here.clock()
    event = Event("b", "leeway", BOOKED, now, "a-2", other)
    meeting = a_meeting(now + timedelta(days=3), referee=other, advocate="a-2")
    here.ledger.book(event, meeting, None, Actor(f"referee:{other}"))
    assert prefer(here, token, "not-for-me").status == 200
    assert here.ledger.taken("jonas", meeting.start, meeting.end) == []
    (cancelled,) = here.events(CANCELLED)
    assert (cancelled.advocate, cancelled.referee) == ("a-2", other)


def test_one_press_takes_name_and_page_away(here: Place, tmp_path: Path) -> None:
    token, person = introduced(here, name="Ferdinand Lund", company="Quay", reason="A letter.")
    assert has_page(here, person)
    said = prefer(here, token, "remove", form=True)
    assert (said.status, said.title) == (200, "Your name is removed.")
    assert said.page.one("p", class_="back").one("a")["href"] == "/"
    assert not has_page(here, person)
    assert list(here.ledger.people()) == []
    here.ledger.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("ledger.db"))
    assert b"Ferdinand" not in kept


def test_somebody_of_the_lists_is_removed_alike_and_stays_so_in_the_next_build(
    here: Place,
) -> None:
    prefer(here, here.referee(), "remove")
    assert not has_page(here, "r-1")
    built = here.rebuilt()
    assert path_of("referee", "r-1") not in built
    assert path_of("referee", "r-2") in built
    assert b"Tomas B." not in built[path_of("advocate", "a-1")]


def test_after_that_the_page_can_do_nothing_more_but_be_removed_again(here: Place) -> None:
    token, _ = introduced(here, name="Ana Berg")
    first = prefer(here, token, "remove")
    assert ask(here, "status", token).status == 404
    assert prefer(here, token, "silent").status == 404
    here.time.wait(days=1)
    assert prefer(here, token, "remove") == first
    assert len(here.events(REMOVED)) == 1


def test_removed_from_one_advocates_pages_another_may_still_introduce_them(here: Place) -> None:
    token, _ = introduced(here, name="Ana Berg", company="Quay")
    prefer(here, token, "remove")
    _, again = introduced(here, "a-2", name="Ana Berg", company="Quay")
    assert has_page(here, again)


# --- “Not for me” -------------------------------------------------------------------------------


def test_not_for_me_takes_every_page_of_that_person_away_whoever_made_it(here: Place) -> None:
    _, named = introduced(here, "a-3", name="Tomas Berg", company="KESTREL FERRIES")
    token, own = introduced(here, "a-2", name="Ana Berg", company="Quay")
    said = prefer(here, here.referee(), "not-for-me", form=True)
    assert (said.status, said.title) == (200, "Thank you for saying so.")
    assert [has_page(here, who) for who in ("r-1", "r-2", named)] == [False] * 3
    assert [has_page(here, who) for who in ("r-3", own)] == [True] * 2
    assert ask(here, "status", token).status == 200
    assert ask(here, "status", here.referee("r-2")).status == 404


def test_not_for_me_holds_for_whoever_names_them_later(here: Place) -> None:
    prefer(here, here.referee(), "not-for-me")
    for person in ("a-1", "a-2", "a-3"):
        named: Any = {"name": "Tomas Berg", "company": "Kestrel Ferries"}
        said = ask(here, "introductions", here.advocate(person), **named)
        assert (said.status, said.json) == (202, {})
    assert here.events(INTRODUCED) == []
    built = here.rebuilt()
    gone = {path_of("referee", person) for person in ("r-1", "r-2", "s-1")}
    assert not gone & set(built)
    assert b"Tomas" not in built[path_of("advocate", "a-2")]
    assert path_of("referee", "r-3") in built


def test_whoever_was_just_introduced_can_say_so_too_and_nothing_is_left_of_them(
    here: Place, tmp_path: Path
) -> None:
    token, person = introduced(here, name="Ferdinand Lund", company="Quay")
    _, other = introduced(here, "a-2", name="Ferdinand Lund", company="Quay Ltd")
    assert prefer(here, token, "not-for-me").status == 200
    assert [has_page(here, who) for who in (person, other)] == [False, False]
    assert list(here.ledger.people()) == []
    here.ledger.close()
    assert b"Ferdinand" not in (tmp_path / "ledger.db").read_bytes()


def test_a_first_name_alone_is_that_of_many_and_only_this_one_goes(here: Place) -> None:
    token, one = introduced(here, name="Ana")
    _, other = introduced(here, "a-2", name="Ana")
    assert prefer(here, token, "not-for-me").status == 200
    assert [has_page(here, who) for who in (one, other)] == [False, True]
    _, third = introduced(here, "a-3", name="Ana")
    assert has_page(here, third)


def test_each_removal_is_an_event_of_its_own_advocate(here: Place) -> None:
    prefer(here, here.referee(), "not-for-me")
    who = here.known().holders.who("Tomas Berg", "Kestrel Ferries")
    removed = {(event.referee, event.advocate) for event in here.events(REMOVED)}
    assert removed == {(who, "a-1"), ("r-1", "a-1"), ("r-2", "a-2")}
    assert {event.classification for event in here.events()} == {"not-for-me"}


def test_pressed_twice_it_is_done_once(here: Place) -> None:
    token, _ = introduced(here, name="Ana Berg", company="Quay")
    first = prefer(here, token, "not-for-me")
    before = here.events()
    here.time.wait(days=1)
    assert prefer(here, token, "not-for-me") == first
    assert here.events() == before


@pytest.mark.parametrize("steps", range(3))
def test_broken_off_anywhere_it_goes_on_when_it_is_pressed_again(here: Place, steps: int) -> None:
    """After each of its steps the ledger fails; the next press finishes what was begun."""
    token, person = introduced(here, name="Ana Berg", company="Quay")
    _, other = introduced(here, "a-2", name="Ana Berg", company="Quay")
    failing = replace(here, ledger=Failing(here.ledger, steps))
    assert prefer(failing, token, "not-for-me").status == 503
    here.time.wait(minutes=5)
    assert prefer(here, token, "not-for-me").status == 200
    assert [has_page(here, who) for who in (person, other)] == [False, False]
    assert list(here.ledger.people()) == []
    assert len(here.events(REMOVED)) == 3


class Failing:
    """A ledger that removes so many, and then fails."""

    def __init__(self, ledger: Any, left: int) -> None:
        self._ledger, self._left = ledger, left

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def remove(self, *arguments: Any) -> Any:
        if self._left == 0:
            raise Unavailable("the storage fails")
        self._left -= 1
        return self._ledger.remove(*arguments)


def test_a_page_that_cannot_be_taken_away_now_is_the_relays_to_take(here: Place) -> None:
    token, person = introduced(here, name="Ana Berg", company="Quay")
    nowhere = replace(here, pages=Folder(Path("/dev/null")))
    assert prefer(nowhere, token, "remove").status == 200
    (event,) = here.events(REMOVED)
    assert (event.referee, event.data["subject"]) == (person, f"referee:{person}")


# --- An advocate leaves -------------------------------------------------------------------------


def test_an_advocate_takes_their_page_and_their_link_down(here: Place) -> None:
    said = prefer(here, here.advocate(), "remove", form=True)
    assert (said.status, said.title) == (200, "Your pages are taken down.")
    assert "hello@leeway.example" in said.shown
    assert not has_page(here, "a-1", "advocate")
    assert not has_page(here, "a-1", "share")
    assert has_page(here, "a-2", "advocate")
    assert ask(here, "visits", here.share(), visible=True).status == 404
    (event,) = here.events(REVOKED)
    assert (event.advocate, event.referee) == ("a-1", "")
    assert event.data == {"subject": "advocate:a-1"}
    assert path_of("advocate", "a-1") not in here.rebuilt()


# --- Who may, and how often ---------------------------------------------------------------------


def test_who_may_not_is_refused_alike(here: Place) -> None:
    here.ledger.revoke(Event("gone", "leeway", REVOKED, here.clock()), "advocate:a-2")
    tokens = [here.share(), here.advocate("a-2"), "x", here.advocate() + "x"]
    refused = [prefer(here, token, "stop") for token in tokens]
    assert {(said.status, said.body) for said in refused} == {(404, refused[0].body)}
    assert here.events(PREFERRED) == []


@pytest.mark.parametrize("action", ["", "forget", "STOP", "stop ", "x" * 17])
def test_what_there_is_not_to_decide_is_refused(here: Place, action: str) -> None:
    said = prefer(here, here.advocate(), action)
    assert said.status == (200 if action.strip() == "stop" else 422)


def test_a_mind_can_be_changed_so_often_a_day(here: Place) -> None:
    for number in range(LIMIT):
        assert prefer(here, here.advocate(), "stop", id=f"p{number}").status == 200
    assert prefer(here, here.advocate(), "resume").status == 429
    assert wishes(here) == {"stop": "yes"}
    here.time.wait(days=1)
    assert prefer(here, here.advocate(), "resume").status == 200


def test_the_same_press_sent_twice_is_one_event_and_has_the_same_answer(here: Place) -> None:
    first = prefer(here, here.advocate(), "not-now", id="once")
    here.time.wait(days=30)
    assert prefer(here, here.advocate(), "not-now", id="once") == first
    assert wishes(here) == {"not_now_until": "2027-02-22"}
    assert len(here.events()) == 1
