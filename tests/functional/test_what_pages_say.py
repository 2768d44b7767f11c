"""What a referee and an advocate read: everything that was promised to them, and nothing else."""

from __future__ import annotations

import pytest

from tests.functional.conftest import Make
from tests.programs import Made, advocate, files, path_of, referee, story
from tests.reading import Element, mail, read

OVERVIEW = "Leeway gives every truck, train and ship a time."
REASON = "You told me that your ships wait, too. Give Jonas 25 minutes."
GIFT = "a seat at our Harbour Day"


@pytest.fixture(scope="module")
def made(make_once: Make) -> Made:
    return make_once(
        stories=[story(), story("carbery", customer="Carbery Cold Storage", industry="logistics")],
        advocates=[
            advocate(case_study="nordhavn"),
            advocate("a-2", "Eoin Carbery", reward="none", context="Your doors open once an hour."),
            advocate("a-3", "Ruth Halvorsen", reward="a kilo of coffee"),
        ],
        referees=[
            referee(reason=REASON),
            referee("r-2", "Ada Berg", advocate="a-2", reason=""),
            referee("r-3", "Leena Harju", status="suggested", company="Saarelma Shipping"),
            referee("r-4", "Cal Deschaines", advocate="a-3"),
        ],
        program={
            "retention": {"people_days": 200},
            "reassurance": {"text": "We write to nobody you name."},
        },
    )


def page(made: Made, kind: str, person: str) -> Element:
    return read(made.page(kind, person)).one("body")


def place(made: Made, kind: str, person: str) -> str:
    return "/" + path_of(kind, person).removesuffix("index.html")


def pressed(body: Element, words: str) -> str:
    """Where the one link with these words leads."""
    (link,) = [link for link in body.all("a") if link.shown == words]
    return link["href"]


# --- A referee --------------------------------------------------------------------------------


def test_a_referee_reads_who_why_what_and_the_proof(made: Made) -> None:
    body = page(made, "referee", "r-1")
    assert body.one("h1").shown == "Tomas, Maria Lindqvist thought of you."
    assert REASON in [quote.shown for quote in body.all("blockquote")]
    assert OVERVIEW in body.shown
    proof = body.one(id="proof").shown
    for said in ("Nordhavn Lines", "shipping, 400 people", "31 %", "6 h 10 min", "The sea is calm"):
        assert said in proof
    assert pressed(body, "Read the whole story") == "/stories/nordhavn/"


def test_without_words_of_the_advocate_nobody_is_quoted_but_the_story(made: Made) -> None:
    body = page(made, "referee", "r-2")
    assert body.one("h1").shown == "Ada, Eoin Carbery thought of you."
    assert [quote.shown for quote in body.all("blockquote")] == ["The sea is calmer."]
    assert not body.all("figure", class_="words")


def test_a_referee_is_asked_for_one_thing(made: Made) -> None:
    (button,) = page(made, "referee", "r-1").all(class_="button")
    to, subject, text = mail(button["href"])
    assert to == "jonas.petersen@leeway.example"
    assert "Maria Lindqvist" in subject
    assert "Tomas Berg" in text


def test_a_referee_reads_why_their_name_is_there_and_removes_it_with_one_press(made: Made) -> None:
    body = page(made, "referee", "r-1")
    (why,) = [part for part in body.all("section") if "Why is my name here?" in part.text]
    assert "Maria Lindqvist gave us your name" in why.shown
    assert "200 days at most" in why.shown
    to, _, text = mail(pressed(body, "Remove my name"))
    assert to == "hello@leeway.example"
    assert "Tomas Berg" in text


def test_whoever_is_not_the_referee_reads_on_without_the_name_and_keeps_the_credit(
    made: Made,
) -> None:
    body = page(made, "referee", "r-1")
    path, _, medium = pressed(body, "Not Tomas? Read it without the name").partition("?v=")
    assert (path, medium) == (place(made, "share", "a-1"), "forward")
    assert "Tomas" not in made.page("share", "a-1")
    _, _, text = mail(pressed(body, "More for a colleague? Send it on"))
    assert f"https://friends.leeway.example{path}?v=forward" in text
    assert "Tomas" not in text


@pytest.mark.parametrize(
    ("person", "by", "receives"),
    [
        ("r-1", "a-1", f"Maria receives: {GIFT}."),
        ("r-2", "a-2", "Eoin receives nothing"),
        ("r-4", "a-3", "Ruth receives: a kilo of coffee."),
    ],
)
def test_the_reward_is_said_exactly_to_whoever_is_introduced(
    person: str, by: str, receives: str, made: Made
) -> None:
    assert receives in page(made, "referee", person).shown
    gift = receives.partition("receives")[2]
    assert f"sent you this receives{gift}" in page(made, "share", by).shown


# --- An advocate ------------------------------------------------------------------------------


def test_an_advocate_is_asked_for_somebody_specific(made: Made) -> None:
    asked = page(made, "advocate", "a-1").one("h1").shown
    assert asked == (
        "Maria, Nordhavn’s ships wait a third less at the quay."
        " Do you know a head of operations at a carrier?"
    )
    assert "Your doors open once an hour." in page(made, "advocate", "a-2").one("h1").shown


def test_an_advocate_reads_whom_we_have_in_mind_each_with_a_letter(made: Made) -> None:
    body = page(made, "advocate", "a-1")
    assert "Do you know Leena Harju at Saarelma Shipping?" in body.shown
    to, _, text = mail(pressed(body, "Write to Leena"))
    assert to == ""
    assert text.startswith("Hello Leena")
    assert "Leena" not in made.page("advocate", "a-2")


def test_an_advocate_reads_the_promise_the_reward_and_what_may_be_passed_on(made: Made) -> None:
    body = page(made, "advocate", "a-1")
    assert "We write to nobody you name." in body.shown
    assert GIFT in body.shown
    assert pressed(body, "The story of Nordhavn Lines") == "/stories/nordhavn/"
    assert "no present" in page(made, "advocate", "a-2").shown
    assert "a kilo of coffee" in page(made, "advocate", "a-3").shown


def test_an_advocate_names_somebody_or_wants_no_more_with_one_press(made: Made) -> None:
    body = page(made, "advocate", "a-1")
    to, _, text = mail(pressed(body, "Tell Jonas a name"))
    assert to == "jonas.petersen@leeway.example"
    assert "Maria Lindqvist" in text
    assert mail(pressed(body, "Please stop asking me"))[0] == "hello@leeway.example"
    assert "Maria" not in mail(pressed(body, "Not Maria?"))[2]


def test_an_advocate_reads_what_became_of_introductions_and_no_more(made: Made) -> None:
    body = page(made, "advocate", "a-1")
    (so_far,) = [part for part in body.all("section") if "Your introductions" in part.text]
    (row,) = [row.shown for row in so_far.all("li")]
    assert row == "Tomas B. page made"
    html = made.page("advocate", "a-1")
    assert "Tomas Berg" not in html
    assert "visited" not in html


# --- Everybody --------------------------------------------------------------------------------


def test_nobody_logs_in_or_scans_anything(made: Made) -> None:
    for html in made.pages().values():
        body = read(html)
        assert not body.all("form")
        assert not body.all(type="password")
        assert not body.all("canvas")


def test_a_program_may_promise_no_reward_at_all(make: Make) -> None:
    assert GIFT in files()["program.toml"]
    made = make(program={"reward": None}, referees=[referee(reason=REASON)])
    assert "Maria receives nothing" in page(made, "referee", "r-1").shown
    assert "receives nothing" in page(made, "share", "a-1").shown
