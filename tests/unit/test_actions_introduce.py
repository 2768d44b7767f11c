"""An advocate names a person: the page that is made, and when there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passalong.actions.introduce import LIMIT
from passalong.events import BOOKED, INTRODUCED, REMOVED, REVOKED, Event
from passalong.folder import Folder
from passalong.known import Known
from passalong.ledger.port import Actor, Meeting, Person
from passalong.merging import decided, referee_of
from tests.naughty import NAUGHTY
from tests.programs import SECRET_STORY, Made, advocate, files, referee, story, tree, write
from tests.reading import mail, read
from tests.worlds import Place, Said, a_world, ask, token_of

MANY: dict[str, Any] = {
    "advocates": [
        advocate(),
        advocate("a-2", "Jürgen Weiß", locale="de", reward="a book", status="left"),
        advocate("a-3", "ليلى حداد", company="Solvane Chemicals", industry="chemicals",
                 locale="ar", case_study="solvane", reward="none"),
    ],
    "referees": [
        referee(),
        referee("s-1", "Ana Ruiz", status="suggested", company="Havskjær", region="Nordics"),
        referee("s-2", "Bo Ek", status="suggested", reason="our own idea of him", email=""),
        referee("s-3", "Ida Holm", status="suggested", advocate="a-2"),
    ],
    "accounts": [
        {"domain": "rival.example", "company": "Rival Systems", "status": "competitor"},
        {"domain": "never.example", "company": "Never AG", "status": "do-not-contact"},
        {"domain": "havskjaer.example", "company": "Havskjær", "status": "open"},
    ],
    "locales": ["de", "ar"],
    "stories": [story(), story(**SECRET_STORY)],
    "sign_offs": {"solvane": {"scope": "anonymised"}},
}  # fmt: skip


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    world = a_world(tmp_path, **MANY)
    yield world
    world.ledger.close()


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A world for many examples."""
    world = a_world(tmp_path_factory.mktemp("one"), **MANY)
    yield world
    world.ledger.close()


def introduce(world: Place, advocate: str = "a-1", /, **person: Any) -> Said:
    return ask(world, "introductions", world.advocate(advocate), **person)


def suggestion(world: Place, person: str) -> str:
    """What the advocate's page calls somebody whom it suggests."""
    return world.known().holders.key("referee", person)


def kept(world: Place) -> bytes:
    """Everything that the ledger's files hold."""
    files = (world.site.parent).glob("ledger.db*")
    return b"".join(path.read_bytes() for path in files)


def is_as_built(world: Place, *urls: str) -> bool:
    """Whether the pages are what the next full build writes."""
    built = world.rebuilt()
    return [world.page(url) for url in urls] == [built[world.path(url)] for url in urls]


# --- A page is made -----------------------------------------------------------------------------


def test_whoever_is_named_has_a_page_that_is_live_and_an_event_of_ids_only(here: Place) -> None:
    said = introduce(here, name="Ana Berg", company="Kestrel", reason="She knows quays.")
    assert (said.status, set(said.json)) == (201, {"id", "url"})
    page = read(here.page(said.json["url"]).decode())
    assert "Ana" in page.one("h1").shown
    assert "She knows quays." in page.one("main").shown
    (event,) = here.events()
    assert (event.type, event.advocate, event.referee) == (INTRODUCED, "a-1", said.json["id"])
    assert (event.evidence, event.classification) == ("named", "sourced")
    assert event.referral
    assert not any(word in repr(event) for word in ("Ana", "Berg", "Kestrel", "quays"))


def test_the_ledger_keeps_what_the_advocate_said_and_no_address(here: Place) -> None:
    named = {"name": "Ana Berg", "company": "Kestrel", "role": "COO", "reason": "Quays."}
    said = introduce(here, **named, locale="de")
    person = here.ledger.person(said.json["id"])
    assert (person.name, person.company, person.role, person.reason) == tuple(named.values())
    assert (person.locale, person.email, person.origin) == ("de", "", "introduction")
    assert (person.since, person.advocate) == (here.clock(), "a-1")
    assert person.referral == here.events()[0].referral


def test_the_page_can_act_at_once(here: Place) -> None:
    token = token_of(here.page(introduce(here, name="Ana Berg").json["url"]))
    assert ask(here, "status", token).json == {"meeting": None}
    assert ask(here, "visits", token, visible=True).status == 204
    assert ask(here, "preferences", token, action="silent").status == 200


def test_the_same_person_named_twice_is_one_page_and_one_event(here: Place) -> None:
    first = introduce(here, name="Ana Berg", company="Kestrel", reason="First words.")
    here.time.wait(days=2)
    again = introduce(here, name="ANA  berg", company="Kestrel GmbH", reason="Second words.")
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    assert b"First words." in here.page(again.json["url"])
    assert len(here.events()) == 1
    assert is_as_built(here, again.json["url"])


def test_named_by_two_advocates_there_are_two_pages_that_tell_nothing_of_each_other(
    here: Place,
) -> None:
    person = {"name": "Ana Berg", "company": "Kestrel"}
    one = introduce(here, **person, reason="From Maria.").json
    two = introduce(here, "a-2", **person, reason="Von Jürgen.").json
    assert one["id"] != two["id"]
    assert one["url"] != two["url"]
    pages = [read(here.page(named["url"]).decode()) for named in (one, two)]
    assert ["Maria" in page.one("h1").shown for page in pages] == [True, False]
    assert ["From Maria." in page.text for page in pages] == [True, False]
    assert ["Jürgen" in page.text for page in pages] == [False, True]
    assert len({event.referral for event in here.events()}) == 2


def test_two_people_of_one_company_are_one_referral(here: Place) -> None:
    introduce(here, name="Ana Berg", company="Kestrel Ferries GmbH")
    introduce(here, name="Tor Dahl", company="KESTREL FERRIES")
    introduce(here, name="Nobody Knows")
    ana, tor, nobody = here.events()
    assert ana.referral == tor.referral != nobody.referral


# --- The page is what the next build writes -----------------------------------------------------


@dataclass(frozen=True)
class Case:
    """Somebody to be named, by which advocate."""

    advocate: str
    said: dict[str, str]


PEOPLE = {
    "a name and no more": Case("a-1", {"name": "Ana Berg"}),
    "with a reason": Case("a-1", {"name": "Tor Dahl", "reason": "He waits\n\nat every quay."}),
    "with company and role": Case("a-1", {"name": "Li Wei", "company": "海运", "role": "COO"}),
    "a right-to-left name": Case("a-1", {"name": "محمد علي", "reason": "يعرف الميناء"}),
    "in another language": Case("a-1", {"name": "Uwe Voß", "locale": "de"}),
    "in a right-to-left language": Case("a-2", {"name": "שלום כהן", "locale": "ar"}),
    "in a language that there is not": Case("a-2", {"name": "Zoé Roux", "locale": "fr"}),
    "a long company": Case("a-1", {"name": "Ed Long", "company": "Very " * 39 + "Long"}),
    "beside another story than the advocate's": Case("a-3", {"name": "Noor", "locale": "en"}),
    "a reason that names an unnamed customer": Case(
        "a-1", {"name": "Kim", "company": "Solvane", "reason": "As at Solvane Chemicals."}
    ),
    "at an account that we know": Case("a-1", {"name": "Ola Lie", "company": "Havskjær AS"}),
}  # fmt: skip


def test_each_page_is_the_bytes_of_the_next_full_build(here: Place) -> None:
    said = {what: introduce(here, case.advocate, **case.said) for what, case in PEOPLE.items()}
    assert {what: answer.status for what, answer in said.items()} == dict.fromkeys(PEOPLE, 201)
    built = here.rebuilt()
    differ = [
        what
        for what, answer in said.items()
        if here.page(answer.json["url"]) != built[here.path(answer.json["url"])]
    ]
    assert differ == []


@pytest.mark.parametrize("third", [0, 1, 2])
def test_hostile_words_make_the_same_page_as_the_build_and_none_of_them_run(
    here: Place, third: int
) -> None:
    urls, refused = [], []
    for number, text in list(enumerate(NAUGHTY))[third::3]:
        here.time.wait(days=1)
        reason = NAUGHTY[(number + 7) % len(NAUGHTY)]
        said = introduce(here, name=text, company=NAUGHTY[number - 5][:200], reason=reason)
        assert said.status in (201, 422)
        refused += [said.json["errors"]] if said.status == 422 else []
        urls += [said.json["url"]] if said.status == 201 else []
    assert len(urls) > 4 * len(refused)
    assert is_as_built(here, *urls)
    pages = [read(here.page(url).decode()) for url in urls]
    shape = {len(page.all("script")) for page in pages}
    assert shape == {len(read(here.page(introduce(here, name="Ana").json["url"]).decode())
                         .all("script"))}  # fmt: skip


words = st.one_of(st.sampled_from(NAUGHTY), st.text(max_size=60)).map(lambda text: text[:200])


@settings(max_examples=15)
@given(
    st.lists(
        st.builds(
            Case,
            st.sampled_from(["a-1", "a-2", "a-3"]),
            st.fixed_dictionaries(
                {"name": words},
                optional={
                    "company": st.one_of(words, st.sampled_from(["Havskjær", "Rival Systems"])),
                    "role": words,
                    "reason": words,
                    "locale": st.sampled_from(["en", "de", "ar", "de-AT", "pt", ""]),
                    "suggestion": st.sampled_from(["s-1", "s-2", "s-3", "r-1"]),
                },
            ),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_whoever_is_named_the_page_is_what_the_next_build_writes(
    one: Place, cases: list[Case]
) -> None:
    one.time.wait(days=1)
    urls = set()
    for case in cases:
        said = dict(case.said)
        if "suggestion" in said:
            said["suggestion"] = suggestion(one, said["suggestion"])
        answer = introduce(one, case.advocate, **said)
        assert answer.status in (200, 201, 202, 422)
        if answer.status < 202:
            urls.add(answer.json["url"])
    assert is_as_built(one, *sorted(urls))


# --- Somebody whom the page suggests ------------------------------------------------------------


def test_a_suggested_person_is_confirmed_in_the_advocates_own_words(here: Place) -> None:
    key = suggestion(here, "s-1")
    said = introduce(here, name="Ana Ruiz", suggestion=key, reason="She asked me already.")
    assert (said.status, said.json["id"]) == (201, "s-1")
    assert said.json["url"] == f"{here.address}/p/{key}/"
    assert b"She asked me already." in here.page(said.json["url"])
    (event,) = here.events()
    assert (event.referee, event.evidence) == ("s-1", "suggestion")
    assert is_as_built(here, said.json["url"])


def test_our_own_idea_of_somebody_is_never_quoted_as_the_advocates_words(here: Place) -> None:
    said = introduce(here, name="Bo Ek", suggestion=suggestion(here, "s-2"))
    assert b"our own idea" not in here.page(said.json["url"])
    assert is_as_built(here, said.json["url"])


def test_typing_the_name_of_a_suggested_person_names_the_same(here: Place) -> None:
    typed = introduce(here, name="ana ruiz", company="HAVSKJAER AS", reason="Quays.")
    pressed = introduce(here, name="Ana Ruiz", suggestion=suggestion(here, "s-1"))
    assert (typed.status, pressed.status) == (201, 200)
    assert typed.json == pressed.json
    assert len(here.events()) == 1


def test_a_suggestion_says_who_is_meant_whatever_else_is_sent(here: Place) -> None:
    said = introduce(here, name="Somebody Else", suggestion=suggestion(here, "s-1"))
    assert said.json["id"] == "s-1"
    assert b"Somebody Else" not in here.page(said.json["url"])


@pytest.mark.parametrize("whose", ["s-3", "nobody"])
def test_another_advocates_suggestion_is_as_unknown_as_any(here: Place, whose: str) -> None:
    """What is typed counts then: a page may have been built before a suggestion went."""
    said = introduce(here, name="Pia Lund", company="Quay", suggestion=suggestion(here, whose))
    known = here.known().holders
    assert said.json["id"] == known.introduced("a-1", "Pia Lund", "Quay")
    assert b"Ida" not in here.page(said.json["url"])
    assert {event.referee for event in here.events()} == {said.json["id"]}


def test_whoever_booked_by_themselves_keeps_their_page_to_themselves(here: Place) -> None:
    known, now = here.known(), here.clock()
    own = known.holders.booked("a-1", "ana@kestrel.example")
    person = Person(own, "referee", "a-1", "Ana Berg", "booking", now, company="Kestrel")
    meeting = Meeting("m", "ref", own, "a-1", "jonas", now, now + timedelta(minutes=25), "UTC")
    event = Event("booked", "leeway", BOOKED, now, "a-1", own)
    here.ledger.book(event, meeting, person, Actor("advocate:a-1"))
    bundle = replace(known.bundle, referees=(*known.bundle.referees, referee_of(person)))
    later = replace(here, known=lambda: Known(bundle, known.holders.keys, known.holders.signer))
    said = introduce(later, name="Ana Berg", company="Kestrel")
    assert said.status == 201
    assert said.json["id"] != own
    assert own not in said.body


# --- There is no page ---------------------------------------------------------------------------


def removed(world: Place, name: str, company: str) -> None:
    """Somebody said, to another advocate's page, that this is not for them."""
    who = world.known().holders.who(name, company)
    world.ledger.remove(Event("removed", "leeway", REMOVED, world.clock(), referee=who), who)


NO_PAGE = {"review": "Rival Systems", "declined": "Never AG", "removed": "Kestrel"}


@pytest.mark.parametrize("form", [True, False], ids=["form", "program"])
def test_whatever_stands_against_a_page_the_advocate_reads_the_same(
    here: Place, form: bool
) -> None:
    removed(here, "Ana Berg", "Kestrel")
    answers = {
        why: introduce(here, name="Ana Berg", company=company, form=form)
        for why, company in NO_PAGE.items()
    }
    assert {answer.status for answer in answers.values()} == {202}
    assert len({answer.body for answer in answers.values()}) == 1
    assert len({tuple(answer.headers.items()) for answer in answers.values()}) == 1
    if form:
        assert "Thank you for thinking of Ana." in answers["review"].title
    else:
        assert answers["review"].json == {}


def test_of_a_company_that_we_keep_away_from_nothing_is_kept_but_that_somebody_was_named(
    here: Place,
) -> None:
    introduce(here, name="Ferdinand", company="Never AG", reason="Because of quays.", role="COO")
    (event,) = here.events()
    assert (event.classification, event.advocate) == ("declined", "a-1")
    assert (event.referee, event.referral, event.data) == ("", "", {})
    here.ledger.close()
    assert b"declined" in kept(here)
    assert not any(word in kept(here) for word in (b"Ferdinand", b"Never", b"quays"))


def test_a_competitor_is_put_before_somebody_of_the_firm_and_has_no_page(here: Place) -> None:
    before = tree(here.site)
    introduce(here, name="Ana Berg", company="rival.example", reason="Quays.")
    (event,) = here.events()
    person = here.ledger.person(event.referee)
    assert (event.classification, person.name, person.reason) == ("review", "Ana Berg", "Quays.")
    assert person.review
    assert tree(here.site) == before
    assert here.rebuilt() == before


def test_once_the_firm_says_that_the_account_is_open_there_is_a_page(
    here: Place, tmp_path: Path
) -> None:
    introduce(here, name="Ana Berg", company="Rival Systems", reason="Quays.")
    cleared = MANY | {"accounts": [{"domain": "rival.example", "company": "Rival Systems",
                                    "status": "open"}]}  # fmt: skip
    made = Made(write(tmp_path / "c", files(**cleared)), tmp_path / "out", here.made.var)
    made.build(decided=lambda _: decided(here.ledger))
    key = here.known().holders.key("referee", here.events()[0].referee)
    assert "Ana" in (made.out / f"p/{key}/index.html").read_text("utf-8")
    later = replace(a_world(tmp_path / "later", here.ledger, **cleared), clock=here.time)
    said = introduce(later, name="Ana Berg", company="Rival Systems")
    assert (said.status, said.json["url"]) == (200, f"{here.address}/p/{key}/")


def test_of_whoever_said_that_it_is_not_for_them_nothing_is_kept_whoever_names_them(
    here: Place,
) -> None:
    removed(here, "Ana Berg", "Kestrel Ferries")
    for person in ("a-1", "a-2"):
        said = introduce(here, person, name="ANA BERG", company="Kestrel Ferries GmbH")
        assert said.status == 202
    assert here.events(INTRODUCED) == []
    assert list(here.ledger.people()) == []


def test_whoever_was_removed_from_this_advocates_pages_has_none_again(here: Place) -> None:
    named = introduce(here, name="Ana Berg", company="Kestrel")
    token = token_of(here.page(named.json["url"]))
    ask(here, "preferences", token, action="remove")
    here.time.wait(hours=1)
    again = introduce(here, name="Ana Berg", company="Kestrel")
    assert (again.status, again.json) == (202, {})
    assert not (here.site / here.path(named.json["url"])).exists()
    assert introduce(here, "a-2", name="Ana Berg", company="Kestrel").status == 201


def test_a_press_that_is_sent_again_after_the_person_went_brings_nothing_back(
    here: Place,
) -> None:
    named = introduce(here, name="Ana Berg", id="once")
    ask(here, "preferences", token_of(here.page(named.json["url"])), action="remove")
    assert introduce(here, name="Ana Berg", id="once").status == 202
    assert not (here.site / here.path(named.json["url"])).exists()


def test_an_account_of_ours_has_its_page_and_counts_as_influenced(here: Place) -> None:
    said = introduce(here, name="Ola Lie", company="HAVSKJÆR")
    assert said.status == 201
    assert here.events()[0].classification == "influenced"


# --- What is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["name", "company", "role", "reason"])
@pytest.mark.parametrize("form", [True, False], ids=["form", "program"])
def test_nobodys_address_is_taken(here: Place, field: str, form: bool) -> None:
    person = {"name": "Ana Berg"} | {field: "it is ana.berg@kestrel.example, say"}
    said = introduce(here, **person, form=form)
    assert said.status == 422
    if form:
        assert "leave addresses out" in said.shown
    else:
        assert list(said.json["errors"]) == [field]
    here.ledger.close()
    assert b"kestrel" not in kept(here)


@pytest.mark.parametrize(
    "person",
    [
        {},
        {"name": " \t "},
        {"name": "x" * 201},
        {"name": "Ana", "reason": "x" * 1001},
        {"name": "Ana", "locale": "no language"},
        {"name": "Ana", "suggestion": "a b"},
        {"name": ["Ana"]},
        {"name": {"$ne": 1}},
    ],
)
def test_what_is_not_as_it_should_be_is_told_and_nothing_is_kept(
    here: Place, person: dict[str, Any]
) -> None:
    said = introduce(here, **person)
    assert (said.status, said.json["code"]) == (422, "invalid")
    assert said.json["errors"]
    assert here.events() == []
    assert list(here.ledger.people()) == []


def test_so_many_people_a_day_are_enough_and_naming_one_again_is_none_more(here: Place) -> None:
    for number in range(LIMIT):
        assert introduce(here, name=f"Ana {number}").status == 201
    enough = introduce(here, name="One More")
    assert (enough.status, enough.json["code"]) == (429, "limit")
    assert len(list(here.ledger.people())) == LIMIT
    here.time.wait(minutes=1)
    assert introduce(here, name="Ana 3").status == 200
    assert introduce(here, "a-2", name="One More").status == 201
    here.time.wait(days=1)
    assert introduce(here, name="One More").status == 201


def test_only_an_advocates_own_page_introduces_and_other_tokens_are_refused_alike(
    here: Place,
) -> None:
    here.ledger.revoke(Event("gone", "leeway", REVOKED, here.clock()), "advocate:a-2")
    before = tree(here.site)
    tokens = [here.share(), here.referee(), here.advocate("a-2"), "", here.advocate()[:-2]]
    refused = [ask(here, "introductions", token, name="Ana") for token in tokens]
    assert [said.status for said in refused] == [404, 404, 404, 422, 404]
    assert len({said.body for said in refused if said.status == 404}) == 1
    assert here.events(INTRODUCED) == []
    assert tree(here.site) == before


# --- When something fails -----------------------------------------------------------------------


NOWHERE = Folder(Path("/dev/null"))
"""A site where nothing can be written."""


@pytest.mark.parametrize("again", ["once", "twice"])
def test_where_the_page_cannot_be_written_the_introduction_stands_and_the_next_try_makes_it(
    here: Place, again: str
) -> None:
    person = {"name": "Ana Berg", "reason": "Quays."}
    failed = introduce(replace(here, pages=NOWHERE), **person, id="once")
    assert (failed.status, failed.json["code"]) == (503, "unavailable")
    assert int(failed.headers["retry-after"]) > 0
    said = introduce(here, **person, id=again)
    assert said.status == (201 if again == "once" else 200)
    assert b"Quays." in here.page(said.json["url"])
    assert len(here.events()) == 1
    assert is_as_built(here, said.json["url"])


def test_the_same_press_sent_twice_is_one_event_and_has_the_same_answer(here: Place) -> None:
    first = introduce(here, name="Ana Berg", id="once")
    here.time.wait(days=1)
    assert introduce(here, name="Ana Berg", id="once") == first
    assert len(here.events()) == 1


# --- What a form is answered with ---------------------------------------------------------------


def test_a_form_is_answered_with_the_link_and_a_letter_in_the_readers_language(
    here: Place,
) -> None:
    person = {"name": "Uwe Voß", "company": "Kestrel", "locale": "de"}
    said = introduce(here, **person, form=True)
    page = said.page
    assert (said.status, page.one("html")["lang"]) == (201, "en")
    assert said.title == "The page for Uwe is ready."
    url = page.one("input", id="new-link")["value"]
    assert read(here.page(url).decode()).one("html")["lang"] == "de"
    letter = page.one("textarea").text
    assert url in letter
    assert all(word in letter for word in ("Uwe", "Kestrel", "Maria Lindqvist", "glaube"))
    (href,) = (a["href"] for a in page.all("a") if a["href"].startswith("mailto:"))
    to, subject, body = mail(href)
    assert (to, body) == ("", letter.replace("\n", "\r\n"))
    assert subject in page.one("p", class_="subject").shown


def test_whoever_was_named_before_is_said_to_be_and_the_link_is_shown_again(here: Place) -> None:
    first = introduce(here, name="Ana Berg", form=True)
    here.time.wait(hours=1)
    again = introduce(here, name="Ana Berg", form=True)
    assert again.title == "Ana has a page from you already."
    links = [said.page.one("input", id="new-link")["value"] for said in (first, again)]
    assert links[0] == links[1]


def test_the_advocates_look_at_the_page_says_that_it_is_one(here: Place) -> None:
    page = introduce(here, name="Ana Berg", form=True).page
    url = page.one("input", id="new-link")["value"]
    assert f"{url}#look" in [a.attributes.get("href") for a in page.all("a")]


def test_where_there_is_a_reward_the_letter_says_so(here: Place) -> None:
    def letter(person: str) -> str:
        return introduce(here, person, name="Ana", locale="en", form=True).page.one("textarea").text

    assert "Harbour Day" in letter("a-1")
    assert "a book" in letter("a-2")
    assert "Full disclosure" not in letter("a-3")


def test_a_letter_that_lacks_a_word_is_the_link_alone(tmp_path: Path) -> None:
    """Somebody may be sent a letter in a language that nobody with their advocate's words reads."""
    letter = "Subject: For you\n\nWhat I have seen: {result}.\n\n{link}\n\n{disclosure}\n\n{name}\n"
    world = a_world(
        tmp_path,
        stories=[],
        advocates=[advocate()],
        referees=[],
        locales=["de"],
        more={"messages/refer.de.md": letter},
    )
    said = introduce(world, name="Uwe", locale="de", form=True)
    assert said.status == 201
    assert said.page.one("textarea").text == said.page.one("input", id="new-link")["value"]
    world.ledger.close()
