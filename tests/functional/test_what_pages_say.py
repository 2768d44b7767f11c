"""What a referee and an advocate read: everything that was promised to them, and nothing else."""

from __future__ import annotations

import pytest

from passalong.endpoints import endpoint
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


def sent(body: Element, words: str) -> tuple[str, dict[str, str]]:
    """Which endpoint the one button with these words calls, and what it says unless one types."""
    (form,) = [f for f in body.all("form") if words in [b.shown for b in f.all("button")]]
    assert form["method"] == "post"
    fields = {field["name"]: field.attributes.get("value", "") for field in form.all("input")}
    assert fields.pop("token") == body["data-token"]
    return form["action"], fields


def fields_of(body: Element, words: str) -> dict[str, Element]:
    """What one may type into the form of a button, by name."""
    (form,) = [f for f in body.all("form") if words in [b.shown for b in f.all("button")]]
    return {
        field["name"]: field
        for field in form.walk()
        if field.tag in ("input", "textarea", "select") and field.attributes.get("type") != "hidden"
    }


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
    body = page(made, "referee", "r-1")
    (button,) = body.all(class_="button")
    assert button.shown == "Pick a time with Jonas"
    assert sent(body, button.shown) == ("/api/slots", {"timezone": ""})


def test_whoever_would_rather_write_finds_the_mail_drafted(made: Made) -> None:
    to, subject, text = mail(pressed(page(made, "referee", "r-1"), "or write to Jonas"))
    assert to == "jonas.petersen@leeway.example"
    assert "Maria Lindqvist" in subject
    assert "Tomas Berg" in text


def test_a_referee_who_has_booked_finds_the_meeting_on_the_same_page(made: Made) -> None:
    body = page(made, "referee", "r-1")
    assert sent(body, "Already booked? Show my meeting") == ("/api/status", {})
    assert "Already booked" not in made.page("share", "a-1")


def test_a_referee_decides_what_the_advocate_hears_and_whether_to_stay(made: Made) -> None:
    body = page(made, "referee", "r-1")
    for words, action in (
        ("Do not tell Maria", "silent"),
        ("Remove my name", "remove"),
        ("Not for me", "not-for-me"),
    ):
        assert sent(body, words) == ("/api/preferences", {"action": action})
        assert fields_of(body, words) == {}


def test_a_referee_reads_why_their_name_is_there(made: Made) -> None:
    body = page(made, "referee", "r-1")
    (why,) = [part for part in body.all("section") if "Why is my name here?" in part.text]
    assert "Maria Lindqvist gave us your name" in why.shown
    assert "200 days at most" in why.shown
    assert "Remove my name" in why.shown


def test_whoever_follows_a_link_books_as_a_referee_does(made: Made) -> None:
    body = page(made, "share", "a-1")
    (button,) = body.all(class_="button")
    assert sent(body, button.shown) == ("/api/slots", {"timezone": "", "medium": ""})


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


def test_an_advocate_names_whom_we_have_in_mind_with_one_press(made: Made) -> None:
    body = page(made, "advocate", "a-1")
    assert "Do you know Leena Harju at Saarelma Shipping?" in body.shown
    words = "Yes, make a page for Leena"
    path, said = sent(body, words)
    assert path == "/api/introductions"
    assert said == {
        "suggestion": path_of("referee", "r-3").split("/")[1],
        "name": "Leena Harju",
        "company": "Saarelma Shipping",
    }
    assert list(fields_of(body, words)) == ["reason"]
    assert "Leena" not in made.page("advocate", "a-2")


def test_an_advocate_names_one_person_and_needs_no_more_than_a_name(made: Made) -> None:
    body = page(made, "advocate", "a-1")
    fields = fields_of(body, "Make their page")
    assert list(fields) == ["name", "company", "role", "reason"]
    assert [name for name, field in fields.items() if "required" in field.attributes] == ["name"]
    assert sent(body, "Make their page")[0] == "/api/introductions"
    (form,) = [form for form in body.all("form") if "Make their page" in form.shown]
    assert form.shown.endswith("We write to nobody you name. Make their page")


def test_an_advocate_chooses_a_language_where_there_are_several(make: Make) -> None:
    made = make(locales=["de"], more={"pages/privacy.de.md": "# D\n\nText.\n"})
    language = fields_of(page(made, "advocate", "a-1"), "Make their page")["locale"]
    assert [(o["value"], o.shown) for o in language.all("option")] == [
        ("en", "English"),
        ("de", "Deutsch"),
    ]


def test_an_advocate_reads_the_promise_the_reward_and_what_may_be_passed_on(made: Made) -> None:
    body = page(made, "advocate", "a-1")
    assert "We write to nobody you name." in body.shown
    assert GIFT in body.shown
    assert pressed(body, "The story of Nordhavn Lines") == "/stories/nordhavn/"
    assert "no present" in page(made, "advocate", "a-2").shown
    assert "a kilo of coffee" in page(made, "advocate", "a-3").shown


def test_an_advocate_decides_about_name_gift_and_being_asked_with_one_press_each(
    made: Made,
) -> None:
    body = page(made, "advocate", "a-1")
    for words, action in (
        ("Show my name", "show-name"),
        ("No gift, please", "no-gift"),
        ("Not now", "not-now"),
        ("Please stop asking me", "stop"),
    ):
        assert sent(body, words) == ("/api/preferences", {"action": action})
    without = page(made, "advocate", "a-2")
    assert sent(without, "I would take the gift after all")[1] == {"action": "gift"}
    assert "No gift, please" not in without.shown
    assert "Maria" not in mail(pressed(body, "Not Maria?"))[2]


def test_without_scripts_an_edited_message_still_reaches_the_link(made: Made) -> None:
    body = page(made, "advocate", "a-1")
    forms = {
        form.one("input", name="medium")["value"]: form
        for form in body.all("form", action="/api/share")
    }
    assert {"linkedin", "email", "whatsapp", "x", "copy-message"} <= set(forms)
    for form in forms.values():
        assert form.one("input", name="token")["value"] == body["data-token"]
        assert form.one("textarea", name="message").text
        assert form.one("button").shown == "Use these words"


def test_an_advocate_reads_what_became_of_introductions_and_no_more(made: Made) -> None:
    body = page(made, "advocate", "a-1")
    (so_far,) = [part for part in body.all("section") if "Your introductions" in part.text]
    (row,) = [row.shown for row in so_far.all("li")]
    assert row == "Tomas B.", "how it stands now is told on a press, and a built page grows old"
    assert sent(body, "Show where they stand today") == ("/api/status", {})
    html = made.page("advocate", "a-1")
    assert "Tomas Berg" not in html
    assert "visited" not in html


# --- Everybody --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["advocate", "referee", "share"])
def test_every_form_says_only_what_its_endpoint_takes_from_such_a_page(
    kind: str, made: Made
) -> None:
    body = page(made, kind, "r-1" if kind == "referee" else "a-1")
    for form in body.all("form"):
        wanted = endpoint(form["action"].removeprefix("/api/"))
        fields = [field for field in form.walk() if "name" in field.attributes]
        assert {field["name"] for field in fields} <= {field.name for field in wanted.fields}
        assert kind in wanted.pages
        for field in wanted.fields:
            if field.kind == "choice":
                assert form.one("input", name=field.name)["value"] in field.choices
    assert body.all("form")


def test_nobody_logs_in_or_scans_anything(made: Made) -> None:
    for html in made.pages().values():
        body = read(html)
        assert not body.all(type="password")
        assert not body.all("canvas")


def test_a_program_may_promise_no_reward_at_all(make: Make) -> None:
    assert GIFT in files()["program.toml"]
    made = make(program={"reward": None}, referees=[referee(reason=REASON)])
    assert "Maria receives nothing" in page(made, "referee", "r-1").shown
    assert "receives nothing" in page(made, "share", "a-1").shown
