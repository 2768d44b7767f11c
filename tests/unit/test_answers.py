"""The pages that answer a form: what they can say, in every language, with no template at hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from passalong.actions.outcome import PATH
from passalong.answer_fields import ANSWERS, values
from passalong.endpoints import OUTCOME, Endpoint, endpoint
from passalong.pages import lint
from passalong.pages.answers import answer_page
from passalong.pages.fill import fill
from tests.answers import SAID, Answers
from tests.naughty import NAUGHTY
from tests.programs import Made, files, write
from tests.reading import read

LOCALES = ("en", "de", "ar", "zh")
PRIVACY = {f"pages/privacy.{code}.md": "# P\n\nText.\n" for code in LOCALES[1:]}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    folder = tmp_path_factory.mktemp("answers")
    content = files(locales=LOCALES[1:], more=PRIVACY)
    return Answers(Made(write(folder / "content", content), folder / "site", folder / "var"))


def test_there_is_a_page_for_each_answer_in_each_language(answers: Answers) -> None:
    assert set(answers.skeletons) == {f"{name}.{code}" for name in ANSWERS for code in LOCALES}


@dataclass
class Hostile:
    """Every string of `NAUGHTY` in turn."""

    number: int = 0

    def __call__(self) -> str:
        self.number += 1
        return NAUGHTY[self.number % len(NAUGHTY)].replace("\0", "")


@pytest.mark.parametrize("code", LOCALES)
@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("rows", [0, 1, 3])
def test_what_is_filled_is_what_the_template_says(
    rows: int, name: str, code: str, answers: Answers
) -> None:
    say, wanted = Hostile(), ANSWERS[name]
    every = {
        field: {part for shape in wanted.rows[field] for part in shape} for field in wanted.rows
    }
    said: dict[str, Any] = {field: say() for field in wanted.texts}
    for field, shapes in wanted.rows.items():
        said[field] = tuple({part: say() for part in shapes[i % len(shapes)]} for i in range(rows))
    filled = next(fill(answers.skeletons[f"{name}.{code}"], [values(name, said)]))
    for field in wanted.rows:
        said[field] = [dict.fromkeys(every[field], "") | row for row in said[field]]
    assert filled.decode() == answer_page(answers.site, name, code, said)


def test_what_is_not_said_is_empty_and_what_an_answer_lacks_is_refused() -> None:
    said = values("said", {"title": "Done."})
    assert said == ("Done.", "", "", "", (), ())
    with pytest.raises(TypeError, match="said has no link, mail"):
        values("said", {"title": "Done.", "mail": "x", "link": "y"})
    with pytest.raises(KeyError):
        values("nothing", {})


@pytest.mark.parametrize("code", LOCALES)
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_runs_no_script_and_is_in_no_search_engine(
    name: str, code: str, answers: Answers
) -> None:
    page = answers.page(name, code)
    body = read(page)
    assert not body.all("script")
    assert body.one("meta", name="robots")["content"] == "noindex, nofollow"
    policy = read(page).one("meta", http_equiv="Content-Security-Policy")["content"]
    assert "script-src" not in policy
    assert "unsafe" not in policy
    home = "/" if code == "en" else f"/{code}/"
    known = {home, f"{home}stories/", f"{home}privacy/"}
    found = lint.page_problems(name, page, known, personal=True)
    assert [problem.message for problem in found] == ["the page’s head lacks og:image"]
    assert lint.weight(page.encode()) < lint.LIMIT


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_names_nobody_in_its_head(name: str, answers: Answers) -> None:
    head = answers.page(name).partition("</head>")[0]
    assert not re.search("Tomas|Jonas|Maria", head)


@pytest.mark.parametrize("name", ANSWERS)
def test_the_part_that_a_page_takes_in_has_one_heading(name: str, answers: Answers) -> None:
    body = read(answers.page(name)).one("body")
    assert body["class"] == name
    part = body.one("main").one("section", data_part="")
    assert part.one("h1").shown == SAID[name]["title"]


def _takes(target: str) -> Endpoint:
    return OUTCOME if target.startswith(PATH) else endpoint(target.removeprefix("/api/"))


@pytest.mark.parametrize("name", ANSWERS)
def test_a_form_of_an_answer_says_only_what_its_endpoints_take(name: str, answers: Answers) -> None:
    for form in read(answers.page(name)).all("form"):
        targets = {
            button.attributes.get("formaction", form["action"]) for button in form.all("button")
        }
        endpoints = [_takes(target) for target in targets]
        said = {each["name"] for each in form.walk() if "name" in each.attributes}
        assert "token" in said or form["action"].startswith(PATH)  # which has it in itself
        assert said <= {"action"}.union(*({field.name for field in e.fields} for e in endpoints))


def test_a_time_stands_under_its_day_and_one_has_to_be_chosen(answers: Answers) -> None:
    form = read(answers.page("times")).one("form")
    days = [group for group in form.all("fieldset") if "hidden" not in group.attributes]
    assert [day.one("legend").shown for day in days] == [
        row["day"] for row in SAID["times"]["times"] if "day" in row
    ]
    starts = [radio["value"] for day in days for radio in day.all("input", type="radio")]
    assert starts == [row["start"] for row in SAID["times"]["times"] if "start" in row]
    assert all("required" in radio.attributes for radio in form.all("input", type="radio"))


def test_who_moves_a_meeting_is_not_asked_again_who_they_are(answers: Answers) -> None:
    form = read(answers.page("times", person=[], change="1", action="/api/bookings/change")).one(
        "form"
    )
    assert {field["name"] for field in form.walk() if "name" in field.attributes} == {
        "token", "action", "change", "medium", "shown", "timezone", "start", "from",
    }  # fmt: skip
    assert form.one("input", name="action")["value"] == "reschedule"
    assert form.one("input", name="change")["value"] == "1"


def test_a_number_is_asked_for_where_the_host_calls(answers: Answers) -> None:
    assert 'name="phone"' not in answers.page("times")
    call = read(answers.page("times", call=[{"label": "Your number"}])).one("input", name="phone")
    assert "required" in call.attributes


def test_the_programs_questions_are_asked_and_what_was_typed_is_kept(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("questions")
    asked = ["How many trucks come on a busy day?", "Which “gate” & where?"]
    booking = {"booking": {"questions": asked}}
    made = Made(write(folder / "content", files(program=booking)), folder / "site", folder / "var")
    page = read(
        Answers(made).page("times", answer1="40 & more", answer2="", answer3="nobody asked")
    )
    labels = [label.shown for label in page.all("label")]
    assert {f"{question} optional" for question in asked} <= set(labels)
    typed = [page.one("input", name=f"answer{number}")["value"] for number in (1, 2)]
    assert typed == ["40 & more", ""]
    assert not page.all("input", name="answer3")
