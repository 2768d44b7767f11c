"""How a report begins: its sentence, what it is about, and what to do where nothing happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from passalong.report.html import Html, bdi, join, tag
from passalong.report.tables import PICKS, number

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, tzinfo

    from passalong.report.model import Figure, Picks, Report
    from passalong.report.words import Words

PATH: Final = "/api/report"
COMMAND_LINKS: Final = "python build.py links"


def is_quiet(report: Report) -> bool:
    """Whether nothing happened in the period."""
    stages = (*report.funnel, *report.afterwards)
    return not any(stage.count.sourced or stage.count.influenced for stage in stages)


def is_broken_down(report: Report) -> bool:
    """Whether it is told part by part; of one part alone it is a whole report again."""
    return report.picks.by != "all" and not report.picks.only


def opening(report: Report, words: Words, zone: tzinfo) -> Html:
    """The report in a sentence, and which days it is about."""
    if is_quiet(report) and report.began:
        since = words.say("quiet.text", date=words.day(report.began))
        told = [
            tag("h1", words.say("quiet.title"), class_="sentence", tabindex=-1),
            tag("p", since, class_="lead"),
        ]
    else:
        told = [tag("h1", sentence(report, words), class_="sentence", tabindex=-1)]
    told += [*_beside(report, words), tag("p", _about(report, words, zone), class_="note")]
    version = report.version
    return tag("header", *told, class_="opening", id="said", data_part=True, data_version=version)


def _beside(report: Report, words: Words) -> Iterable[Html]:
    """What the sentence leaves out: what was only influenced, and what waits for somebody."""
    sentence = report.sentence
    more = {"opened": sentence.opened.influenced, "won": sentence.won.influenced}
    if any(more.values()):
        only = "".join(f"_{one}" for one in more if more[one]) if not all(more.values()) else ""
        amounts = {one: words.money(amount) for one, amount in more.items() if amount}
        yield tag("p", words.say(f"said.influenced{only}", **amounts), class_="lead")
    if waiting := report.review.sourced:
        n = number(words.number("count", waiting), report.review.rows)
        yield tag("p", words.counted("said.review", waiting, n), class_="note")


def _about(report: Report, words: Words, zone: tzinfo) -> Html:
    picks = report.picks
    at = words.locale.datetime(report.counted_to.astimezone(zone))
    days = words.say("counted", first=words.day(picks.first), last=words.day(picks.last), at=at)
    if not picks.only:
        return days
    named = (option for option in picks.values if option.value == picks.only)
    value = next((words.option(picks, option) for option in named), picks.only)
    by = words.text(f"first.{picks.by}")
    return join([words.say("only", by=by, value=bdi(value)), days], ". ")


def sentence(report: Report, words: Words) -> Html:
    """The report in a sentence; its numbers open their rows."""
    said, picks = report.sentence, report.picks
    days = {"first": words.day(picks.first), "last": words.day(picks.last)}

    def counted(key: str, figure: Figure) -> Html:
        n = number(words.number("count", figure.sourced), figure.rows)
        return words.counted(f"said.{key}", figure.sourced, n)

    return words.say(
        "said.earlier" if said.opened_earlier else "said.whole",
        when=words.say(f"when.{picks.period}", **days),
        asked=counted("asked", said.asked),
        acted=counted("acted", said.acted),
        meetings=counted("meetings", said.meetings),
        opened=number(words.money(said.opened.sourced), said.opened.rows),
        won=number(words.money(said.won.sourced), said.won.rows),
    )


def picks_form(picks: Picks, token: str, words: Words, *, hidden: bool = False) -> Html:
    """The form that says what the report is about; every number in the page belongs to it."""
    periods = [(code, words.text(f"period.{code}")) for code in picks.periods]
    breakdowns = [(code, words.text(f"by.{code}")) for code in picks.breakdowns]
    values = [(option.value, words.option(picks, option)) for option in picks.values]
    fields = [
        tag("input", type="hidden", name="token", value=token),
        _select("period", periods, picks.period, words),
        tag(
            "span",
            *(_day(name, value.isoformat(), words) for name, value in _ends(picks)),
            class_="days",
        ),
        _select("by", breakdowns, picks.by, words),
    ]
    if values:
        every = [("", words.text("pick.every"))]
        fields.append(_select("only", every + values, picks.only, words))
    fields.append(tag("button", words.say("pick.show"), type="submit", class_="quiet"))
    return tag(
        "form",
        *fields,
        id=PICKS,
        method="post",
        action=PATH,
        class_="picks",
        data_part=True,
        aria_label=words.text("pick.label"),
        hidden=hidden,
    )


def _ends(picks: Picks) -> Iterable[tuple[str, date]]:
    return (("from", picks.first), ("to", picks.last))


def _select(name: str, options: Iterable[tuple[str, str]], chosen: str, words: Words) -> Html:
    made = [tag("option", said, value=value, selected=value == chosen) for value, said in options]
    return tag("select", *made, name=name, id=name, aria_label=words.text(f"pick.{name}"))


def _day(name: str, value: str, words: Words) -> Html:
    label = words.text(f"pick.{name}")
    return tag("input", type="date", name=name, id=name, value=value, aria_label=label)


def begin(version: str, words: Words) -> Html:
    """What to do first, where nothing has ever happened."""
    command = tag("code", COMMAND_LINKS, dir="ltr")
    steps = [
        tag(
            "li",
            tag("h2", words.say(f"empty.{step}")),
            tag("p", words.say(f"empty.{step}_text", command=command)),
        )
        for step in ("step1", "step2", "step3")
    ]
    return tag(
        "header",
        tag("h1", words.say("empty.title"), tabindex=-1),
        tag("ol", *steps, class_="steps"),
        class_="opening",
        id="said",
        data_part=True,
        data_version=version,
    )
