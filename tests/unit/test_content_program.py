"""program.toml: every setting, every default, and every line."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong import content
from passalong.content.problems import Problems
from passalong.content.toml import Lines, read_toml
from passalong.ledger.meetings import cells_of
from passalong.ledger.port import Meeting
from passalong.program import MEDIA, Attribution, Channel, Cost, Rate, Receiver
from passalong.receivers import STAGES
from tests.unit.content_samples import PROGRAM, make, read, said, write

FULL = """\
id = "leeway"
base_url = "https://friends.leeway.example"
locale = "en"
timezone = "Europe/Berlin"
currency = "EUR"

[brand]
name = "Leeway"
legal_name = "Leeway Software GmbH"
colour = "#0b5d6b"
logo = "logos/leeway.svg"
email = "hello@leeway.example"
address = "Am Sandtorkai 48, 20457 Hamburg"
website = "https://leeway.example"

[product]
overview = "Leeway gives every truck a time."
pitch = "Trucks, trains and ships."

[looking_for]
industries = ["shipping", "grocery"]
sizes = "150 to 2,500 people"
roles = ["head of operations"]
ask = "a head of operations"
[looking_for.ask_by_industry]
shipping = "a head of operations at a carrier"

[reward]
advocate = "a seat at Harbour Day"
referee = "nothing, and no discount"
disclosure = "They invite me to their Harbour Day."

[reassurance]
text = "We write once."

[share]
media = ["linkedin", "copy-link"]

[booking]
minutes = 30
buffer_before = 5
buffer_after = 15
notice_hours = 48
horizon_days = 20
holidays = [2026-12-24, 2026-12-25]
busy_feed = "https://calendar.example/busy.ics"
agenda = ["Your gate", "Ours"]

[[booking.hosts]]
id = "jonas"
name = "Jonas Petersen"
role = "Yard planner"
email = "jonas@leeway.example"
bio = "Eleven years at a quay."
phone = "+49 40 123"
link = "https://meet.example/jonas"
regions = ["Nordics", "DACH"]
languages = ["en", "de"]
hours = ["Mon-Thu 09:00-17:00", "Fri 09:00-12:00"]

[[booking.hosts]]
id = "aoife"
name = "Aoife Brennan"
email = "aoife@leeway.example"
timezone = "Europe/Dublin"

[attribution]
rule = "position"
window_days = 30
credit_days = 180

[retention]
introduced_days = 45
people_days = 365

[industries]
food = "food and drink"

[locales.de]
[locales.de.product]
overview = "Leeway gibt jedem Lkw eine Zeit."
pitch = "Lkw, Züge und Schiffe."
[locales.de.looking_for]
ask = "eine Betriebsleiterin"
[locales.de.reward]
advocate = "ein Platz am Hafentag"
referee = "nichts, auch keinen Rabatt"
disclosure = "Dafür laden sie mich ein."
[locales.de.reassurance]
text = "Wir schreiben einmal."
[locales.de.booking]
agenda = ["Ihr Tor", "Unseres"]
[locales.de.industries]
food = "Lebensmittel"
[locales.de.hosts.jonas]
role = "Hofplaner"
bio = "Elf Jahre am Kai."

[[costs]]
name = "Software"
from = 2026-01-01
until = 2026-12-31
amount = "3650"

[[costs]]
name = "Harbour day"
kind = "rewards"
from = 2026-06-13
amount = "1999.99"

[[channels]]
name = "Trade fairs"
deals = 4
average_value = "9800"
sales_cycle_days = 94
retention_percent = 81
cost_per_acquisition = "4100.50"

[[channels]]
name = "Search"

[[rates]]
from = 2026-07-01
currency = "USD"
rate = "0.90"

[[rates]]
from = 2026-01-01
currency = "USD"
rate = "0.92"
"""


def full(tmp_path: Path, text: str = FULL) -> Path:
    folder = make(tmp_path / "content", program=text)
    write(
        folder,
        {"logos/leeway.svg": "<svg/>", "pages/privacy.de.md": "# Datenschutz\n\nWenig.\n"},
    )
    write(tmp_path, {"site/messages/linkedin.de.md": "Leeway lohnt sich.\n"})
    return folder


def test_every_setting_arrives(tmp_path: Path) -> None:
    folder = full(tmp_path)
    assert said(folder) == []
    program = read(folder).program
    assert program.brand.legal_name == "Leeway Software GmbH"
    assert program.locales == ("en", "de")
    assert program.media == ("linkedin", "copy-link")
    assert program.attribution == Attribution("position", 30, 180)
    assert program.rates == (
        Rate(date(2026, 1, 1), "USD", "0.92"),
        Rate(date(2026, 7, 1), "USD", "0.90"),
    )
    assert (program.retention_introduced_days, program.retention_people_days) == (45, 365)
    year = (date(2026, 1, 1), date(2026, 12, 31))
    assert program.costs == (
        Cost("Software", "running", *year, 365_000),
        Cost("Harbour day", "rewards", date(2026, 6, 13), date(2026, 6, 13), 199_999),
    )
    assert program.channels == (
        Channel("Trade fairs", 4_000_000, 980_000, 94_000_000, 810_000, 410_050),
        Channel("Search"),
    )
    assert program.looking_for_industries == ("shipping", "grocery")
    booking = program.booking
    assert (booking.minutes, booking.buffer_before, booking.notice_hours) == (30, 5, 48)
    assert booking.holidays == (date(2026, 12, 24), date(2026, 12, 25))
    jonas, aoife = booking.hosts
    assert (jonas.timezone, aoife.timezone) == ("Europe/Berlin", "Europe/Dublin")
    assert jonas.hours == ("Mon-Thu 09:00-17:00", "Fri 09:00-12:00")
    english, german = program.texts["en"], program.texts["de"]
    assert english.ask_by_industry == {"shipping": "a head of operations at a carrier"}
    assert german.overview == "Leeway gibt jedem Lkw eine Zeit."
    assert german.agenda == ("Ihr Tor", "Unseres")
    assert german.hosts == {"jonas": ("Hofplaner", "Elf Jahre am Kai.")}
    assert german.industries == {"food": "Lebensmittel"}


@pytest.mark.parametrize(
    ("rate", "wrong"),
    [
        ('from = 2026-01-01\ncurrency = "USD"\nrate = 0.92', [(
            3, 'rates.rate must be text. Put it in quotes: "0.92".')]),
        ('from = 2026-01-01\ncurrency = "USD"\nrate = "0,92"', [(
            3, "rates.rate is “0,92”; it must be what one is worth in EUR, with a point, "
            'such as "0.92".')]),
        ('from = 2026-01-01\ncurrency = "USD"\nrate = "0.00"', [(
            3, "rates.rate is “0.00”; it must be what one is worth in EUR, with a point, "
            'such as "0.92".')]),
        ('from = 2026-01-01\ncurrency = "EUR"\nrate = "1"', [(
            2, "rates.currency is EUR, the program's own: it needs no rate.")]),
        ('from = 2026-01-01\ncurrency = "usd"\nrate = "1"', [(
            2, "rates.currency is “usd”; it must be three capital letters such as USD.")]),
        ('from = "2026-01-01"\ncurrency = "USD"\nrate = "1"', [(
            1, "rates.from must be a date such as 2026-12-24, without quotes.")]),
        ('until = 2026-01-01\ncurrency = "USD"\nrate = "1"', [
            (0, "rates.from is missing: the day from which the rate holds, such as 2026-01-01."),
            (1, "rates.until is not a setting we know."),
        ]),
        ('from = 2026-01-01\ncurrency = "USD"\nrate = "1"\n'
         '[[rates]]\nfrom = 2026-01-01\ncurrency = "USD"\nrate = "2"', [(
             5, "rates.from is 2026-01-01, from which USD has a rate already.")]),
    ],
)  # fmt: skip
def test_a_rate_is_dated_decimal_and_of_another_currency(
    tmp_path: Path, rate: str, wrong: list[tuple[int, str]]
) -> None:
    text = f"{PROGRAM}\n[[rates]]\n{rate}\n"
    first = text.splitlines().index("[[rates]]") + 1
    folder = make(tmp_path / "content", program=text)
    assert said(folder) == [f"program.toml:{first + line}: {words}" for line, words in wrong]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ('[[costs]]\nfrom = 2026-01-01\namount = "1"', [(1, "costs.name is missing.")]),
        ('[[costs]]\nname = "A"\namount = "1"', [
            (1, "costs.from is missing: the first day that it is for, such as 2026-01-01.")]),
        ('[[costs]]\nname = "A"\nfrom = 2026-02-01\nuntil = 2026-01-31\namount = "1"', [
            (4, "costs.until is 2026-01-31, which is before 2026-02-01.")]),
        ('[[costs]]\nname = "A"\nfrom = 2026-02-01\namount = 12.5', [
            (4, 'costs.amount must be text. Put it in quotes: "12.5".')]),
        ('[[costs]]\nname = "A"\nfrom = 2026-02-01\namount = "1.999,00"', [
            (4, "costs.amount is “1.999,00”; it must be an amount in EUR, with a point, "
             'such as "1200.00".')]),
        ('[[costs]]\nname = "A"\nkind = "reward"\nfrom = 2026-02-01\namount = "1"', [
            (3, "costs.kind is “reward”; it can be running or rewards. Did you mean “rewards”?")]),
        ('[[channels]]\nname = "A"\nretention_percent = 101', [
            (3, "channels.retention_percent is 101; it must be from 0 to 100.")]),
        ('[[channels]]\nname = "A"\n[[channels]]\nname = "A"', [
            (4, "channels.name is “A”, which is another channel's already.")]),
        ('[[channels]]\nname = "A"\ncost = "3"', [
            (3, "channels.cost is not a setting we know.")]),
    ],
)  # fmt: skip
def test_costs_and_channels_say_what_is_wrong_with_them(
    tmp_path: Path, given: str, wrong: list[tuple[int, str]]
) -> None:
    text = f"{PROGRAM}\n{given}\n"
    first = text.splitlines().index(given.splitlines()[0])
    folder = make(tmp_path / "content", program=text)
    assert said(folder) == [f"program.toml:{first + line}: {words}" for line, words in wrong]


def test_a_short_program_is_whole(tmp_path: Path) -> None:
    text = PROGRAM.replace('\n[share]\nmedia = ["linkedin", "copy-link"]\n', "")
    folder = make(tmp_path / "content", program=text)
    program = read(folder).program
    assert program.media == MEDIA
    assert program.brand.legal_name == "Leeway"
    assert program.texts["en"].pitch == "Leeway gives every truck a time."
    assert program.booking.minutes == 25


def test_what_another_language_lacks_is_shown_in_the_own_with_a_warning(tmp_path: Path) -> None:
    text = FULL.replace('disclosure = "Dafür laden sie mich ein."\n', "")
    text = text.replace('[locales.de.booking]\nagenda = ["Ihr Tor", "Unseres"]\n', "")
    folder = full(tmp_path, text)
    line = text.splitlines().index("[locales.de.reward]") + 1
    assert said(folder) == [
        f"program.toml:{line}: warning: locales.de.reward.disclosure is missing; "
        "the words of the program's own language are shown.",
    ]
    texts = read(folder).program.texts["de"]
    assert texts.disclosure == "They invite me to their Harbour Day."
    assert texts.agenda == ("Your gate", "Ours")


def test_a_host_who_names_no_hours_has_the_usual_ones_and_one_who_names_none_has_none(
    tmp_path: Path,
) -> None:
    folder = full(tmp_path)
    jonas, aoife = read(folder).program.booking.hosts
    assert aoife.hours == ("Mon-Fri 09:00-17:00",)
    assert len(jonas.hours) == 2
    write(folder, {"program.toml": FULL.replace('Europe/Dublin"', 'Europe/Dublin"\nhours = []')})
    assert read(folder).program.booking.hosts[1].hours == ()


def test_a_host_may_have_a_calendar_of_their_own(tmp_path: Path) -> None:
    own = 'timezone = "Europe/Dublin"\nbusy_feed = "webcal://calendar.example/aoife.ics"'
    folder = full(tmp_path, FULL.replace('timezone = "Europe/Dublin"', own))
    assert said(folder) == []
    jonas, aoife = read(folder).program.booking.hosts
    assert (jonas.busy_feed, aoife.busy_feed) == ("", "webcal://calendar.example/aoife.ics")


def questions(english: str, german: str = "") -> str:
    """FULL with questions in one or two languages."""
    text = FULL.replace('"Ours"]\n', f'"Ours"]\nquestions = {english}\n')
    added = f"questions = {german}\n" if german else ""
    return text.replace('"Unseres"]\n', f'"Unseres"]\n{added}')


def test_questions_arrive_in_each_language(tmp_path: Path) -> None:
    folder = full(
        tmp_path, questions('["How many trucks?", "Why now?"]', '["Wie viele?", "Warum?"]')
    )
    assert said(folder) == []
    texts = read(folder).program.texts
    assert texts["en"].questions == ("How many trucks?", "Why now?")
    assert texts["de"].questions == ("Wie viele?", "Warum?")


def test_questions_that_nobody_translated_are_asked_as_they_are(tmp_path: Path) -> None:
    folder = full(tmp_path, questions('"How many trucks?"'))
    assert said(folder) == [
        "program.toml:92: warning: locales.de.booking.questions is missing; "
        "those of the program's own language are asked."
    ]
    assert read(folder).program.texts["de"].questions == ("How many trucks?",)


@pytest.mark.parametrize(
    ("english", "german", "problem"),
    [
        ('["a", "b", "c", "d"]', '["a", "b", "c"]', "48: booking.questions has 4; 3 are the most"),
        (f'["{"x" * 121}"]', '["a"]', "48: booking.questions has one of 121 characters; 120 are"),
        ('["a", "b"]', '["a"]', "94: locales.de.booking.questions has 1; in the program's"),
        ("[]", '["a"]', "94: locales.de.booking.questions has 1; in the program's own"),
        ("[1]", '["a"]', "48: booking.questions must be a list of texts"),
    ],
)
def test_what_is_wrong_with_questions_is_said_at_its_line(
    english: str, german: str, problem: str, tmp_path: Path
) -> None:
    found = problems_of(full(tmp_path, questions(english, german)))
    assert any(line.startswith(f"program.toml:{problem}") for line in found), found


@pytest.mark.parametrize(
    ("minutes", "before", "after", "is_held"),
    [(480, 60, 60, True), (480, 61, 59, False), (480, 60, 61, False), (5, 480, 480, False)],
)
def test_a_meeting_and_its_buffers_take_no_longer_than_the_ledger_keeps(
    minutes: int, before: int, after: int, is_held: bool, tmp_path: Path
) -> None:
    text = FULL.replace("minutes = 30", f"minutes = {minutes}")
    text = text.replace("buffer_before = 5", f"buffer_before = {before}")
    folder = full(tmp_path, text.replace("buffer_after = 15", f"buffer_after = {after}"))
    start = datetime(2026, 11, 23, 9, tzinfo=UTC)
    end = start + timedelta(minutes=minutes)
    held = (start - timedelta(minutes=before), end + timedelta(minutes=after))
    found = problems_of(folder)
    meeting = Meeting("m", "r", "p", "a", "jonas", start, end, "UTC", held=held)
    if is_held:
        assert found == []
        assert cells_of(meeting)
    else:
        assert found[0].startswith("program.toml:40: booking.minutes and the buffers take ")
        with pytest.raises(ValueError, match="up to 10 hours"):
            cells_of(meeting)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('id = "leeway"\n', "", "1: id is missing."),
        ('"leeway"', '"Lee Way"', "1: id is “Lee Way”; it must be small letters"),
        ('"leeway"', "5", '1: id must be text. Put it in quotes: "5".'),
        ('locale = "en"', 'locale = "EN"', "3: locale is “EN”; it must be a language"),
        ('"EUR"', '"euro"', "5: currency is “euro”; it must be three capital letters"),
        ('name = "Leeway"\n', "", "7: brand.name is missing."),
        ("hello@leeway.example", "hello", "12: brand.email is “hello”; it must be an address"),
        ("logos/leeway.svg", "logos/x.svg", "11: brand.logo is “logos/x.svg”, and there is no"),
        ("https://leeway.example", "leeway.example", "14: brand.website does not begin with https"),
        ('overview = "Leeway gives', 'overvew = "Leeway gives', "16: product.overview is missing."),
        (
            'overview = "Leeway gives',
            'overvew = "Leeway gives',
            "17: product.overvew is not a setting we know. Did you mean “overview”?",
        ),
        ('disclosure = "They invite me to their Harbour Day."\n', "", "28: reward.disclosure is"),
        (
            '["linkedin", "copy-link"]',
            '["linkedin", "linkedin"]',
            "37: share.media names “linkedin” t",
        ),
        ('["linkedin", "copy-link"]', "linkedin", "37: this line cannot be read: what comes after"),
        ("minutes = 30", 'minutes = "30"', "40: booking.minutes must be a whole number such as 25"),
        ("minutes = 30", "minutes = true", "40: booking.minutes must be a whole number such as 25"),
        ("minutes = 30", "minutes = 1", "40: booking.minutes is 1; it must be from 5 to 480."),
        ("[2026-12-24, ", '["2026-12-24", ', "45: booking.holidays must be a list of dates"),
        ("https://calendar.example/busy.ics", "x", "46: booking.busy_feed does not begin with ht"),
        ('id = "aoife"', 'id = "jonas"', "62: booking.hosts.id is “jonas”, which is another host"),
        ("jonas@leeway.example", "jonas", "53: booking.hosts.email is “jonas”; it must be an add"),
        ('"en", "de"]', '"en", "German"]', "58: booking.hosts.languages names “German”; it must"),
        (
            "Fri 09:00-12:00",
            "Fri 9-12",
            "59: booking.hosts.hours names “Fri 9-12”; it must be days",
        ),
        ("Europe/Dublin", "Dublin", "65: booking.hosts.timezone is “Dublin”; it must be a zone"),
        (
            '"position"',
            '"lats"',
            "68: attribution.rule is “lats”; it can be first, last, linear or",
        ),
        ("people_days = 365", "people_days = 0", "74: retention.people_days is 0; it must be from"),
        (
            "hosts.jonas",
            "hosts.jonsa",
            "95: locales.de.hosts.jonsa is not the id of a host. Did yo",
        ),
        ("[locales.de]", "[locales.fr]\n[locales.de]", "79: warning: locales.fr.product.overview"),
        ("[attribution]", "[atribution]", "67: atribution is not a setting we know. Did you mean"),
        ("[reassurance]", "[[reassurance]]", "33: reassurance must be a table with keys"),
    ],
)
def test_what_is_wrong_in_a_program_is_said_at_its_line(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    assert old in FULL
    found = problems_of(full(tmp_path, FULL.replace(old, new, 1)))
    assert any(line.startswith(f"program.toml:{problem}") for line in found), found


def problems_of(folder: Path) -> list[str]:
    try:
        return said(folder)
    except content_refused() as refused:
        return [str(problem) for problem in refused.problems]


def content_refused() -> Any:
    from passalong.errors import ContentRefused  # noqa: PLC0415 - only for the line above

    return ContentRefused


def test_the_own_language_is_not_translated(tmp_path: Path) -> None:
    folder = full(tmp_path, FULL.replace("locales.de", "locales.en"))
    assert any("locales.en is the program's own language" in line for line in said(folder))


TRICKY = '''
# [not.a.table]
a = "x = [1]" # b = 2
"quoted key" = 1
'literal.key' = 2
c.d = """
[no.table]
e = 1
"""
f = [
  1, # one
  { g = 2, h = [3,
    4] },
]
[t.u]
v = \'\'\'
w = 1\'\'\'
x = 2026-12-24T10:00:00.5+01:00
y = -1.5e3
[[t.list]]
z = 1
[[t.list]]
z = 2
[t.list.inner]
z = 3
k = { l.m = 1, "n" = 2 }
'''


@pytest.mark.parametrize(
    ("trail", "line"),
    [
        (("a",), 3),
        (("quoted key",), 4),
        (("literal.key",), 5),
        (("c", "d"), 6),
        (("f",), 10),
        (("f", 0), 11),
        (("f", 1, "h"), 12),
        (("f", 1, "h", 1), 13),
        (("t", "u"), 15),
        (("t", "u", "x"), 18),
        (("t", "u", "y"), 19),
        (("t", "list", 0, "z"), 21),
        (("t", "list", 1), 22),
        (("t", "list", 1, "inner", "z"), 25),
        (("t", "list", 1, "inner", "k", "l", "m"), 26),
        (("t", "list", 1, "inner", "k", "n"), 26),
        (("t", "list", 1, "inner", "gone"), 24),
        (("gone",), 1),
    ],
)
def test_the_line_of_a_key_is_found_in_any_toml(trail: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(TRICKY)
    assert Lines(TRICKY)(trail) == line


KEYS = st.text("abc-_", min_size=1, max_size=4)
VALUES = st.recursive(
    st.integers() | st.booleans() | st.text(st.characters(codec="ascii", categories=("L", "P"))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def toml_of(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml_of(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + "".join(f"\n{toml_of(item)}," for item in value) + "]"
    if isinstance(value, str):
        return "'''" + value.replace("'", "") + "'''"
    return str(value).lower()


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_lines_agree_with_what_was_written(table: dict[str, Any]) -> None:
    text, lines = "", {}
    for key, value in table.items():
        lines[key] = text.count("\n") + 1
        text += f"{key} = {toml_of(value)}\n"
    tomllib.loads(text)
    find = Lines(text)
    assert {key: find((key,)) for key in table} == lines


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('a = "x', "a quotation mark is not closed"),
        ("a = “x”", "what comes after the equals sign is no value"),
        ('a "x"', "there is no equals sign after the name"),
        ('a = "the "x" y"', "something follows where the value ends"),
        ("a = 2026-02-31", "there is no such day"),
        ('a = "C:\\x"', "there is a backslash in the words"),
        ("a = 1\na = 2", "this setting is there twice"),
        ("[a]\n[a]", "this heading is there twice"),
        ("a = [1", "a bracket is not closed"),
        ("= 1", "it is no setting"),
    ],
)
def test_a_mistake_in_toml_is_said_in_plain_words(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(f"{line}\n", "utf-8")
    problems = Problems()
    assert read_toml(path, "x.toml", problems) is None
    (problem,) = problems.sorted()
    assert problem.message == f"this line cannot be read: {words}."
    assert problem.hint


def test_a_toml_file_that_ends_too_early_is_said_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('a = 1\nb = """x\n')
    problems = Problems()
    assert read_toml(path, "x.toml", problems) is None
    assert [(problem.file, problem.line) for problem in problems.sorted()] == [("x.toml", 3)]


def test_sources_are_everything_but_people_and_theme(tmp_path: Path) -> None:
    folder = make(
        tmp_path / "content", program=PROGRAM + '[content.accounts]\nfile = "deals.csv"\n'
    )
    write(
        folder,
        {
            "deals.csv": "domain,status\n",
            "ids.csv": "list,id\n",
            "theme/templates/base.html": "x",
            ".git/config": "x",
            "case-studies/images/quay.png": "x",
            "messages/email.md": "Subject: x\n\nx\n",
        },
    )
    assert [path.relative_to(folder).as_posix() for path in content.sources(folder)] == [
        "case-studies/images/quay.png",
        "case-studies/nordhavn.md",
        "messages/email.md",
        "pages/privacy.md",
        "program.toml",
        "sign-offs.toml",
    ]
    assert [path.name for path in content.people_files(folder)] == [
        "advocates.csv",
        "referees.csv",
        "deals.csv",
    ]


# --- Who is told of events ----------------------------------------------------------------------

OUT = """
[[events_out]]
name = "crm"
kind = "webhook"
url = "https://crm.example.com/hooks/referrals"
types = ["booked", "won"]
people = true

[[events_out]]
name = "sales"
kind = "slack"

[[events_out]]
name = "here"
url = "http://127.0.0.1:9000/"
private = true
"""


def test_receivers_of_events_arrive(tmp_path: Path) -> None:
    folder = full(tmp_path, FULL + OUT)
    assert said(folder) == []
    assert read(folder).program.events_out == (
        Receiver(
            "crm",
            "webhook",
            "https://crm.example.com/hooks/referrals",
            ("booked", "won"),
            people=True,
        ),
        Receiver("sales", "slack", "", STAGES),
        Receiver("here", "webhook", "http://127.0.0.1:9000/", STAGES, private=True),
    )


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('name = "crm"\n', "", "events_out.name is missing."),
        ('"sales"', '"crm"', "events_out.name is “crm”, which is another receiver's already."),
        ('"crm"', '"C R M"', "events_out.name is “C R M”; it must be small letters"),
        (
            '"webhook"',
            '"webhok"',
            "events_out.kind is “webhok”; it can be webhook or slack.",
        ),
        ("https://crm", "http://crm", "events_out.url does not begin with https://."),
        ("127.0.0.1:9000", "127.0.0.2", "events_out.url does not begin with https://."),
        ("127.0.0.1:9000", "127.0.0.1:x", "events_out.url is not a web address."),
        ('url = "http://127.0.0.1:9000/"\n', "", "events_out.url is missing."),
        ('"won"', '"wun"', "events_out.types names “wun”, which is no event that can be told. Did"),
        ('"won"', '"hit"', "events_out.types names “hit”, which is no event that can be told. The"),
        ("people = true", 'people = "yes"', "events_out.people must be true or false, without"),
        ("people = true", "peeple = true", "events_out.peeple is not a setting we know."),
    ],
)
def test_what_is_wrong_with_a_receiver_is_said_at_its_line(
    before: str, after: str, problem: str, tmp_path: Path
) -> None:
    text = FULL + OUT.replace(before, after, 1)
    (found,) = problems_of(full(tmp_path, text))
    place, _, words = found.partition(": ")
    assert words.startswith(problem)
    line = text.splitlines()[int(place.rpartition(":")[2]) - 1]
    assert line in ("[[events_out]]", *after.splitlines()) or line.split(" ")[0] in problem
