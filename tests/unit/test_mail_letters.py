"""Letters in every language: all that they say, in both forms, and nothing that they should not."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from passalong.booking.invitation import invitation
from passalong.letter_fields import FIELDS, skeleton_of
from passalong.locales import Locale
from passalong.mail.compose import compose
from passalong.mail.letter import Letter
from passalong.mail.letters.ask_host import ask_host
from passalong.mail.letters.calendar import calendar_words
from passalong.mail.letters.house import House
from passalong.mail.letters.talk import Guest, Introduction, Talk
from passalong.mail.letters.to_advocate import to_advocate
from passalong.mail.letters.to_firm import to_firm
from passalong.mail.letters.to_host import to_host
from passalong.mail.letters.to_referee import to_referee
from passalong.party import Party
from passalong.people import Account
from tests import letter_samples as sample
from tests.letter_samples import CODES, GUEST, INTRODUCTION, MEETING, OWN, PAGE, START, STOP

LETTERS = [(code, name, letter) for code in CODES for name, letter in sample.letters(code)]
EVERY = pytest.mark.parametrize(
    ("code", "letter"),
    [(code, letter) for code, _, letter in LETTERS],
    ids=[f"{code}-{name}" for code, name, _ in LETTERS],
)
LIMIT = 20_000
ISOLATES = re.compile("[\u2066-\u2069]")
SPOILT = "Win big: http://win.example now"


class Page(HTMLParser):
    """What a letter in HTML shows, line by line, and the addresses in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.addresses: set[str] = set()
        self.tags: set[str] = set()
        self._unseen = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._unseen = tag in ("style", "title")
        self.addresses |= {
            value or "" for name, value in attrs if name in ("href", "src", "action")
        }

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._unseen:
            self.lines.append(data.strip())


def shown(letter: Letter, code: str = "en") -> str:
    """The text part, without its invisible signs."""
    return ISOLATES.sub("", sample.mail(code, letter).text)


# --- Every letter -----------------------------------------------------------------------------


@EVERY
def test_no_word_is_left_unfilled(code: str, letter: Letter) -> None:
    mail = sample.mail(code, letter)
    for text in mail.subject, mail.text, "".join(Page(mail.html).lines):
        assert not re.search(r"[{}]|None|\bletter\.", text)


@EVERY
def test_a_subject_is_short(code: str, letter: Letter) -> None:
    assert 0 < len(ISOLATES.sub("", letter.subject)) <= 50
    assert "\n" not in letter.subject
    assert not letter.subject.endswith((".", "!", "！", "。"))


@EVERY
def test_the_text_says_all_that_the_page_says_in_the_same_order(code: str, letter: Letter) -> None:
    mail = sample.mail(code, letter)
    page, rest = Page(mail.html), mail.text
    assert page.lines[0] == "Leeway"
    for line in page.lines[1:]:
        assert line in rest, line
        rest = rest[rest.index(line) + len(line) :]
    for address in page.addresses:
        assert address.removeprefix("mailto:") in mail.text


@EVERY
def test_a_letter_needs_nothing_from_elsewhere_and_is_small(code: str, letter: Letter) -> None:
    mail = sample.mail(code, letter)
    assert len(compose(mail, START)) < LIMIT
    assert Page(mail.html).tags.isdisjoint({"img", "link", "script", "iframe", "form", "base"})
    assert "url(" not in mail.html
    assert "@import" not in mail.html
    for address in Page(mail.html).addresses:
        assert address.startswith(("https://friends.leeway.example/", "https://meet.", "mailto:"))


@EVERY
def test_a_letter_is_in_the_language_and_the_direction_of_its_reader(
    code: str, letter: Letter
) -> None:
    mail = sample.mail(code, letter)
    assert f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">' in mail.html
    assert mail.html.startswith("<!doctype html>")
    assert mail.locale == code
    heading = re.search("<title>(.*?)</title>", mail.html)
    assert heading
    assert html.unescape(heading[1]) == mail.subject


@EVERY
def test_a_letter_never_shouts_and_says_whose_it_is(code: str, letter: Letter) -> None:
    text = sample.mail(code, letter).text
    assert not re.search("[!！]", text)
    assert "Leeway Software GmbH, Am Sandtorkai 48, 20457 Hamburg, Germany" in text
    assert "\n-- \n" in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize("code", CODES)
def test_every_word_for_letters_is_said_in_some_letter(code: str) -> None:
    class Noted(dict[str, str]):
        def __getitem__(self, key: str) -> str:
            said.add(key)
            return super().__getitem__(key)

    said: set[str] = set()
    known = sample.locale(code)
    house = House(Locale(known.code, known.dir, Noted(known.words), known.lists), sample.program())
    _say_everything(house)
    assert {key for key in known.words if key.startswith("letter.")} - said == set()


def _say_everything(house: House) -> None:
    for by in "jonas", "ines":
        for guest in GUEST, Guest(SPOILT, GUEST.email):
            for account in (
                Account("", "", status, owner, "", 1)
                for status in ("open", "customer", "competitor")
                for owner in ("", "aoife")
            ):
                link = INTRODUCTION._replace(by_link=guest is GUEST)
                away = replace(MEETING, timezone="Asia/Kolkata")
                talk = Talk(away, sample.host(by), guest, link, account, sample.STORY)
                for moment in sample.MOMENTS:
                    to_host(moment, house, talk)
                    to_referee(moment, house, talk, PAGE)
                ask_host(house, talk, PAGE)
            calendar_words("referee", house, talk, PAGE)
            to_firm("introduction", house, guest, INTRODUCTION)
            to_firm("booking", house, guest, INTRODUCTION, start=START)
    for stage in sample.STAGES:
        to_advocate(stage, house, sample.host("jonas"), "Maria", "", url=OWN, stop=STOP)


def test_every_language_of_a_program_has_its_skeleton() -> None:
    assert {name: each.fields for name, each in sample.skeletons().items()} == {
        skeleton_of(code): FIELDS for code in CODES
    }


# --- To the referee ---------------------------------------------------------------------------


def test_a_referee_reads_when_with_whom_and_where() -> None:
    text = shown(to_referee("booked", sample.house("en"), sample.talk(), PAGE))
    assert text.startswith("Hello Tomas,\n\nMaria Lindqvist thought")
    assert "When: Wednesday 30 September, 14:00–14:25 (your time, Oslo)\n" in text
    assert "With: Jonas Petersen, Yards and terminals\n" in text
    assert "Link: https://meet.leeway.example/jonas\n" in text
    assert f"Move or cancel the meeting:\n{PAGE}\n" in text
    assert "Best wishes\nJonas Petersen\nYards and terminals, Leeway\n+49 40 66969 121\n" in text


def test_a_host_is_presented_in_the_language_of_the_reader() -> None:
    text = shown(to_referee("booked", sample.house("de"), sample.talk(), PAGE), "de")
    assert text.startswith("Guten Tag Tomas Berg,\n")
    assert "Mit: Jonas Petersen, Höfe und Terminals\n" in text


@pytest.mark.parametrize(
    ("zone", "when"),
    [
        ("Europe/Berlin", "Wednesday 30 September, 14:00–14:25 (Berlin time)"),
        ("America/New_York", "Wednesday 30 September, 8:00–8:25 (your time, New York)"),
        ("Pacific/Auckland", "Thursday 1 October, 1:00–1:25 (your time, Auckland)"),
        ("Nowhere/At_All", "Wednesday 30 September, 14:00–14:25 (Berlin time)"),
        ("", "Wednesday 30 September, 14:00–14:25 (Berlin time)"),
    ],
)
def test_times_are_those_of_the_readers_clock(zone: str, when: str) -> None:
    talk = replace(sample.talk(), meeting=replace(MEETING, timezone=zone))
    letter = to_referee("moved", sample.house("en"), talk, PAGE)
    assert f"When: {when}\n" in shown(letter)
    assert letter.subject == f"New time: {when.partition('–')[0]}"


def test_the_number_to_be_called_is_repeated_and_nothing_else_that_was_typed_there() -> None:
    def where(phone: str) -> str:
        talk = sample.talk("ines", GUEST._replace(phone=phone))
        (found,) = re.findall(
            "Where: (.*)", shown(to_referee("booked", sample.house("en"), talk, PAGE))
        )
        return str(found)

    assert where("+47 22 14 09 88") == "By phone: Inès calls +47 22 14 09 88"
    assert where("(0)40-123.456") == "By phone: Inès calls (0)40-123.456"
    for phone in "", "http://win.example", "1", "+47 22 14 09 88 and win.example":
        assert where(phone) == "By phone: Inès calls you"


def test_a_reminder_leads_to_the_call_and_a_cancellation_to_other_times() -> None:
    home = sample.house("en")
    reminder = to_referee("reminder", home, sample.talk(), PAGE)
    assert reminder.button
    assert reminder.button.url == "https://meet.leeway.example/jonas"
    assert f"Move or cancel: {PAGE}\n" in shown(reminder)
    by_phone = to_referee("reminder", home, sample.talk("ines"), PAGE)
    assert by_phone.button
    assert by_phone.button.url == PAGE
    cancelled = to_referee("cancelled", home, sample.talk(), PAGE)
    assert cancelled.button
    assert (cancelled.button.label, cancelled.button.url) == ("Pick another time", PAGE)
    assert "meet.leeway" not in shown(cancelled)


@pytest.mark.parametrize("moment", sample.MOMENTS)
def test_a_referee_is_told_nothing_of_what_only_the_firm_knows(moment: str) -> None:
    letter = to_referee(moment, sample.house("en"), sample.talk(), PAGE)  # type: ignore[arg-type]
    text = shown(letter)
    for private in "open deal", "Aoife", "influenced", GUEST.note, INTRODUCTION.words, "Nordhavn’s":
        assert private not in text


def test_whoever_came_by_a_link_is_not_told_whose_it_was() -> None:
    talk = replace(sample.talk(), introduction=INTRODUCTION._replace(by_link=True))
    for moment in sample.MOMENTS:
        assert "Maria" not in shown(to_referee(moment, sample.house("en"), talk, PAGE))
    assert "Maria" not in calendar_words("referee", sample.house("en"), talk, PAGE).description


@pytest.mark.parametrize(
    "name", [SPOILT, "www.win.example", "a@win.example", "x" * 41, "Win " * 21, "Win.now"]
)
def test_no_letter_carries_an_advertisement_that_somebody_gave_for_a_name(name: str) -> None:
    talk = sample.talk(guest=GUEST._replace(name=name, company=name, role=name, note=name))
    for moment in sample.MOMENTS:
        letter = to_referee(moment, sample.house("en"), talk, PAGE)
        assert letter.greeting == "Hello,"
        assert name not in sample.mail("en", letter).html + letter.subject + shown(letter)
    for stage in sample.STAGES:
        letter = to_advocate(
            stage, sample.house("en"), sample.host("jonas"), "Maria", name, url=OWN, stop=STOP
        )
        assert name not in shown(letter) + letter.subject
        assert ("the person you named" in letter.subject) == (stage == "introduced")


# --- To the host ------------------------------------------------------------------------------


def test_a_host_reads_who_comes_and_in_which_words_they_were_introduced() -> None:
    text = shown(to_host("booked", sample.house("en"), sample.talk()))
    assert "When: Wednesday 30 September, 14:00–14:25 (your time, Berlin)\n" in text
    assert "Who: Tomas Berg, Head of Operations, Kestrel Lines\n" in text
    assert "Phone: +47 22 14 09 88\n" in text
    assert "Introduced by: Maria Lindqvist, Chief Operating Officer, Nordhavn\n" in text
    assert "Account: An open deal of Aoife Brennan; the introduction counts as influenced" in text
    assert f"Story shown: {sample.STORY}\n" in text
    assert f"“{INTRODUCTION.words}”\n– Maria Lindqvist, Chief Operating Officer, Nordhavn" in text
    assert f"“{GUEST.note}”\n– Tomas Berg" in text
    assert "How many ships call in a week?\nEleven, twelve in autumn.”\n– Tomas Berg" in text
    assert "Write to Tomas:\ntomas.berg@kestrel.example\n" in text
    assert PAGE not in text  # which would let the host act as the referee


def test_a_host_reads_the_referees_time_where_clocks_differ() -> None:
    home, talk = sample.house("en"), sample.talk()
    assert "For them:" not in shown(to_host("booked", home, talk))
    away = replace(talk, meeting=replace(MEETING, timezone="Europe/London"))
    assert (
        "For them: Wednesday 30 September, 13:00–13:25 (London time)\n"
        in shown(to_host("booked", home, away))
    )  # fmt: skip


def test_a_host_who_telephones_reads_which_number() -> None:
    text = shown(to_host("reminder", sample.house("en"), sample.talk("ines")))
    assert "Where: By phone: you call +47 22 14 09 88\n" in text


@pytest.mark.parametrize("moment", ["moved", "cancelled"])
def test_what_the_host_has_read_is_not_told_again(moment: str) -> None:
    letter = to_host(moment, sample.house("en"), sample.talk())  # type: ignore[arg-type]
    assert letter.quotes == ()
    assert "Who: Tomas Berg" in shown(letter)


def test_what_nobody_said_leaves_no_gap() -> None:
    bare = Talk(MEETING, sample.host("jonas"), Guest("Tomas Berg", GUEST.email), Introduction(""))
    letter = to_host("booked", sample.house("en"), bare)
    assert letter.quotes == ()
    assert [fact.label for fact in letter.facts] == ["When", "Who", "Where"]


# --- To the advocate --------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("stage", sample.STAGES)
def test_an_advocate_hears_a_first_name_and_nothing_confidential(stage: str, code: str) -> None:
    mail = sample.mail(code, dict(sample.letters(code))[f"advocate-{stage}"])
    said = mail.subject + mail.text + mail.html
    assert "Tomas" in said
    for private in "Berg", "Kestrel", "kestrel", "Operations", "22 14", "quay", "deal", "14:00":
        assert private not in said
    assert not re.search(r"\d\d?[.:]\d\d\b|September|9月|سبتمبر", said.partition("<style>")[0])


def test_the_thanks_for_an_introduction_bring_its_link_and_say_that_we_write_to_nobody() -> None:
    letter = dict(sample.letters("en"))["advocate-introduced"]
    assert f"The page for Tomas:\n{PAGE}\n" in shown(letter)
    assert "We write to nobody" in shown(letter)
    assert letter.greeting == "Hello Maria,"


def test_an_advocate_who_only_passed_on_a_link_is_told_no_name() -> None:
    letter = dict(sample.letters("en"))["advocate-booked-link"]
    assert letter.subject == "A meeting with the person you sent us is arranged"
    assert "Tomas" not in shown(letter)


@EVERY
def test_only_letters_that_nobody_asked_for_can_be_stopped(code: str, letter: Letter) -> None:
    mail = sample.mail(code, letter)
    thanks = letter in [one for name, one in sample.letters(code) if name.startswith("advocate")]
    assert mail.unsubscribe == (STOP if thanks else "")
    assert (STOP in mail.html) == (STOP in mail.text) == thanks


# --- To the firm ------------------------------------------------------------------------------


def test_the_firm_is_asked_to_look_and_told_whom_to_answer() -> None:
    letters = dict(sample.letters("en"))
    introduction, booking = letters["firm-introduction"], letters["firm-booking"]
    assert introduction.button
    assert introduction.button.url == "mailto:maria.lindqvist@nordhavn.example"
    assert booking.button
    assert booking.button.url == "mailto:tomas.berg@kestrel.example"
    assert "Account: On the list of accounts as “competitor”\n" in shown(booking)
    assert "Asked for: Wednesday 30 September, 14:00\n" in shown(booking)


# --- Whatever people are called ---------------------------------------------------------------


@given(
    st.sampled_from(CODES),
    st.lists(st.text(st.characters(codec="utf-8"), max_size=60), min_size=4, max_size=4),
)
def test_whatever_people_write_is_shown_as_text(code: str, said: list[str]) -> None:
    name, company, note, words = said
    guest = Guest(name, "t@kestrel.example", company, "", "", note)
    talk = Talk(MEETING, sample.host("ines"), guest, Introduction(name, company, words))
    mail = sample.mail(code, to_host("booked", sample.house(code), talk))
    fine = sample.mail(code, to_host("booked", sample.house(code), sample.talk("ines")))
    assert Page(mail.html).tags <= Page(fine.html).tags
    for text in said:
        assert html.escape(text.replace("\0", ""), quote=False) in mail.html.replace(
            "&#39;", "'"
        ).replace("&#34;", '"')


def test_a_name_of_the_other_direction_does_not_turn_a_line_around() -> None:
    letter = to_advocate(
        "booked", sample.house("en"), sample.host("jonas"), "ليلى الحداد", "سامي يوسف", url=OWN,
        stop=STOP,
    )  # fmt: skip
    assert letter.subject == "A meeting with \u2068سامي\u2069 is arranged"
    arabic = to_referee("booked", sample.house("ar"), sample.talk("ines"), PAGE)
    assert "\u2068+47 22 14 09 88\u2069" in sample.mail("ar", arabic).text
    for address in Page(sample.mail("ar", arabic).html).addresses:
        assert not ISOLATES.search(address)


# --- The calendar's entry ---------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("by", ["jonas", "ines"])
def test_each_sees_the_other_in_their_calendar(code: str, by: str) -> None:
    home, talk = sample.house(code), sample.talk(by)
    theirs = calendar_words("referee", home, talk, PAGE)
    ours = calendar_words("host", home, talk)
    assert talk.host.name in theirs.summary
    assert "Leeway" in theirs.summary
    assert PAGE in theirs.description
    assert "Tomas Berg" in ours.summary
    assert "Kestrel Lines" in ours.summary
    assert PAGE not in ours.description
    assert GUEST.email in ours.description
    assert theirs.link == talk.host.link
    assert theirs.place
    data = invitation(
        MEETING,
        words=theirs,
        sender=Party("Jonas Petersen", "hello@leeway.example"),
        guests=[Party(GUEST.name, GUEST.email)],
        base_url="https://friends.leeway.example",
        now=datetime(2026, 9, 1, tzinfo=UTC),
    )
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert event["SUMMARY"] == theirs.summary
