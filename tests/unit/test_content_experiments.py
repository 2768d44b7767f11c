"""Experiments in program.toml: what they say, what they vary, and what is wrong with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from passalong.program import Experiment
from tests.unit.content_samples import PROGRAM, make, read, said, write

PLAIN = PROGRAM.replace('media = ["linkedin", "copy-link"]', 'media = ["linkedin", "email"]')
SMALL = '[[experiments]]\nname = "tone"\nvaries = "messages/linkedin"\nvariants = ["a", "b"]\n'
WRITTEN = {
    "messages/linkedin.b.md": "Warm.\n",
    "messages/email.md": "Subject: x\n\nx {link}\n",
}


def folder_with(tmp_path: Path, more: str, files: dict[str, str] | None = None) -> Path:
    """A folder whose program.toml ends with ``more``."""
    folder = make(tmp_path / "content", program=f"{PLAIN}\n{more}")
    write(folder, {**WRITTEN, **(files or {})})
    return folder


def line_of(folder: Path, text: str) -> int:
    """The line of program.toml that begins with ``text``."""
    lines = (folder / "program.toml").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(text))


# --- What they say ----------------------------------------------------------------------------


def test_an_experiment_with_every_setting_is_read(tmp_path: Path) -> None:
    more = SMALL + (
        'weights = [3, 1]\ngoal = "booked"\ndays = 30\nminimum = 80\nsince = 2026-11-01\n'
        'allocation = "automatic"\n'
    )
    folder = folder_with(tmp_path, more)
    assert said(folder) == []
    assert read(folder).program.experiments == (
        Experiment(
            "tone",
            "messages/linkedin",
            ("a", "b"),
            (3, 1),
            "booked",
            days=30,
            minimum=80,
            since=date(2026, 11, 1),
            automatic=True,
        ),
    )


def test_what_is_not_said_is_equal_shares_and_an_act_of_fifty_people_each(tmp_path: Path) -> None:
    (one,) = read(folder_with(tmp_path, SMALL)).program.experiments
    assert (one.weights, one.minimum, one.automatic) == ((1, 1), 50, False)
    assert (one.goal, one.days) == ("acted", 14)


@pytest.mark.parametrize(("goal", "days"), [("acted", 14), ("booked", 60), ("won", 180)])
def test_each_goal_has_its_time(tmp_path: Path, goal: str, days: int) -> None:
    (one,) = read(folder_with(tmp_path, f'{SMALL}goal = "{goal}"\n')).program.experiments
    assert one.days == days


SECTIONS = """
[[experiments]]
name = "gift"
varies = "reward"
variants = ["a", "b"]

[reward]
advocate = "a seat"
disclosure = "They invite me."

[reward.b]
referee = "a discount"

[[experiments]]
name = "words"
varies = "overview"
variants = ["a", "short"]

[product.short]
overview = "A time for each truck."

[[experiments]]
name = "whom"
varies = "ask"
variants = ["a", "b"]

[looking_for.b]
ask = "a planner"

[[experiments]]
name = "promise"
varies = "reassurance"
variants = ["a", "b"]

[reassurance]
text = "We write once."

[reassurance.b]
"""


def test_a_variant_of_a_part_of_the_page_stands_in_the_place_of_all_of_it(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "")
    toml = PLAIN.replace('[looking_for]\nask = "a head of operations"\n', "").replace(
        '[product]\noverview = "Leeway gives every truck a time."\n', ""
    )
    tables = (
        '[product]\noverview = "Leeway gives every truck a time."\n'
        '[looking_for]\nask = "a head of operations"\n'
        '[looking_for.ask_by_industry]\nshipping = "a head at a carrier"\n'
    )
    write(folder, {"program.toml": f"{toml}\n{tables}\n{SECTIONS}"})
    assert said(folder) == ["messages/linkedin.b.md: warning: nobody is shown the variant “b”: "
                            "no experiment has it."]  # fmt: skip
    varied = {code: texts["en"] for code, texts in read(folder).program.varied.items()}
    gift, promise = varied["gift=b"], varied["promise=b"]
    assert (gift.reward_advocate, gift.reward_referee, gift.disclosure) == ("", "a discount", "")
    assert varied["words=short"].overview == "A time for each truck."
    assert (varied["whom=b"].ask, varied["whom=b"].ask_by_industry) == ("a planner", {})
    assert promise.reassurance == ""


GERMAN = """
[locales.de.product]
overview = "Eine Zeit für jeden Lkw."
pitch = "x"
[locales.de.looking_for]
ask = "jemanden"
"""
TWO_LANGUAGES = {
    "pages/privacy.de.md": "# x\n\nx\n",
    "messages/linkedin.de.md": "Schau.\n",
    "messages/linkedin.b.de.md": "Warm.\n",
    "messages/email.de.md": "Subject: x\n\nx {link}\n",
}


def test_a_language_that_says_nothing_of_a_part_has_the_programs_own_variant(
    tmp_path: Path,
) -> None:
    more = GERMAN + SECTIONS.partition('[[experiments]]\nname = "words"')[0]
    folder = folder_with(tmp_path, more + SMALL, TWO_LANGUAGES)
    found = read(folder).program.varied["gift=b"]["de"]
    assert (found.reward_referee, found.overview) == ("a discount", "Eine Zeit für jeden Lkw.")


def test_a_language_that_says_it_says_each_variant(tmp_path: Path) -> None:
    more = GERMAN + SMALL.replace("messages/linkedin", "overview")
    folder = folder_with(tmp_path, more, TWO_LANGUAGES)
    found = [problem for problem in said(folder) if "warning" not in problem]
    place = f"program.toml:{line_of(folder, '[locales.de.product]')}"
    wanted = f"{place}: locales.de.product.b is missing: the experiment tone shows it."
    assert any(problem.startswith(wanted) for problem in found)


# --- What has ended ---------------------------------------------------------------------------


def test_an_experiment_that_has_ended_is_what_everybody_reads(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SMALL + 'ended = "b"\n')
    assert said(folder) == []
    messages = [m for m in read(folder).messages if m.medium == "linkedin"]
    assert [(m.variant, m.text, m.file) for m in messages] == [
        ("", "Warm.", "messages/linkedin.b.md")
    ]


def test_an_experiment_may_end_with_what_there_was(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SMALL + 'ended = "a"\n')
    plain = [m.text for m in read(folder).messages if m.medium == "linkedin" and not m.variant]
    assert plain == ["Leeway is worth a look."]


# --- What is wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "instead", "expected"),
    [
        ('name = "tone"', 'name = "Tone!"', "experiments.name is “Tone!”; it must be small"),
        ('name = "tone"', "", "experiments.name is missing."),
        ('varies = "messages/linkedin"', 'varies = "messages/x"', "experiments.varies is “mess"),
        ('varies = "messages/linkedin"', 'varies = "pitch"', "experiments.varies is “pitch”; it"),
        ('variants = ["a", "b"]', 'variants = ["a"]', "experiments.variants must name two"),
        ('variants = ["a", "b"]', 'variants = ["a", "a"]', "experiments.variants names “a” twice"),
        ('variants = ["a", "b"]', 'variants = ["a", "de"]', "experiments.variants names “de”, wh"),
        ('variants = ["a", "b"]', 'variants = ["a", "B b"]', "experiments.variants names “B b”;"),
        ("+", "weights = [1]", "experiments.weights must be 2 numbers, one at least above 0."),
        ("+", "weights = [0, 0]", "experiments.weights must be 2 numbers, one at least above 0."),
        ("+", 'weights = ["1", 2]', "experiments.weights must be a list of whole numbers"),
        ("+", "weights = [-1, 2]", "experiments.weights must be a list of whole numbers"),
        ("+", "weights = [true, 2]", "experiments.weights must be a list of whole numbers"),
        ("+", 'goal = "clicked"', "experiments.goal is “clicked”; it can be acted, booked or won."),
        ("+", "minimum = 0", "experiments.minimum is 0; it must be from 1"),
        ("+", "days = 0", "experiments.days is 0; it must be from 1"),
        ("+", 'since = "May"', "experiments.since must be a date such as"),
        ("+", 'allocation = "best"', "experiments.allocation is “best”; it can be fixed or aut"),
        ("+", 'ended = "c"', "experiments.ended is “c”; it can be a or b."),
        ("+", 'winner = "b"', "experiments.winner is not a setting we know."),
    ],
)
def test_a_mistake_is_said_with_its_line(
    tmp_path: Path, line: str, instead: str, expected: str
) -> None:
    text = f"{SMALL}{instead}\n" if line == "+" else SMALL.replace(line, instead)
    folder = folder_with(tmp_path, text)
    begins = instead or "[[experiments]]"
    place = f"program.toml:{line_of(folder, begins)}: {expected}"
    assert any(problem.startswith(place) for problem in said(folder)), said(folder)


def test_two_experiments_are_about_two_things_and_have_two_names(tmp_path: Path) -> None:
    other = SMALL.replace("linkedin", "email")
    folder = folder_with(tmp_path, SMALL + other + SMALL.replace("tone", "other"))
    found = "\n".join(said(folder))
    assert "experiments.name is “tone”, which is another experiment's already." in found
    assert "experiments.varies is “messages/linkedin”, as another experiment's is." in found


def test_a_variant_that_nobody_wrote_is_missing_in_each_language(tmp_path: Path) -> None:
    three = SMALL.replace('"b"]', '"b", "long"]')
    folder = folder_with(tmp_path, GERMAN + three, TWO_LANGUAGES)
    found = [problem for problem in said(folder) if "warning" not in problem]
    assert found == [
        "messages/linkedin.long.de.md: is missing: the experiment tone shows it.",
        "messages/linkedin.long.md: is missing: the experiment tone shows it.",
    ]


def test_a_table_that_nobody_wrote_is_missing_where_it_should_stand(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SMALL.replace("messages/linkedin", "overview"))
    place = f"program.toml:{line_of(folder, '[product]')}"
    wanted = f"{place}: product.b is missing: the experiment tone shows it."
    assert any(problem.startswith(wanted) for problem in said(folder))


def test_a_table_of_no_variant_is_a_setting_we_do_not_know(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SMALL + '[reassurance.c]\ntext = "x"\n')
    assert any("reassurance.c is not a setting we know." in problem for problem in said(folder))


def test_whoever_is_rewarded_under_a_variant_says_so(tmp_path: Path) -> None:
    more = SMALL.replace("messages/linkedin", "reward") + '[reward.b]\nadvocate = "a seat"\n'
    folder = folder_with(tmp_path, more)
    assert any("reward.b.disclosure is missing" in problem for problem in said(folder))


def test_a_variant_of_a_message_that_nobody_is_shown_is_a_warning(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SMALL, {"messages/linkedin.bold.md": "x\n"})
    (found,) = said(folder)
    said_of_it = "warning: nobody is shown the variant “bold”: no experiment has it."
    assert found.startswith(f"messages/linkedin.bold.md: {said_of_it}")
