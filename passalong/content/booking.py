"""``[booking]`` of ``program.toml``: who takes the meetings, when and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.booking.hours import is_hours
from passalong.content.forms import (
    feed_fault,
    is_email,
    is_locale,
    is_slug,
    is_timezone,
    timezones,
    url_fault,
)
from passalong.content.problems import did_you_mean
from passalong.program import Booking, Host

if TYPE_CHECKING:
    from collections.abc import Callable

    from passalong.content.schema import Table

USUAL_HOURS = ("Mon-Fri 09:00-17:00",)
"""When a host meets who does not say: a program that nobody can book is of no use."""
LONGEST_MINUTES = 10 * 60
"""What a meeting may take of its host, buffers included: the ledger keeps no longer ones."""
MOST_QUESTIONS = 3
LONGEST_QUESTION = 120


def read_booking(table: Table, timezone: str) -> Booking:
    """How meetings are offered, all but their words; hosts without a zone are in ``timezone``."""
    hosts = tuple(_host(host, timezone) for host in table.tables("hosts"))
    if not hosts and not table.has("hosts"):
        table.error(
            "hosts", "is missing: a meeting needs somebody of the firm ([[booking.hosts]])."
        )
    seen: set[str] = set()
    for number, host in enumerate(hosts):
        if host.id and host.id in seen:
            inner = table.inner({}, "hosts", number)
            inner.error("id", f"is “{host.id}”, which is another host's already.")
        seen.add(host.id)
    booking = Booking(
        hosts=hosts,
        minutes=table.number("minutes", 25, 5, 480),
        buffer_before=table.number("buffer_before", 0, 0, 480),
        buffer_after=table.number("buffer_after", 10, 0, 480),
        notice_hours=table.number("notice_hours", 24, 0, 720),
        horizon_days=table.number("horizon_days", 28, 1, 365),
        holidays=table.days("holidays"),
        busy_feed=_url(table, "busy_feed", feed_fault),
    )
    held = _on_grid(booking.buffer_before) + _on_grid(booking.minutes + booking.buffer_after)
    if held > LONGEST_MINUTES:
        table.error(
            "minutes",
            f"and the buffers take {held} minutes of a host together; {LONGEST_MINUTES} is the "
            "most.",
        )
    return booking


def _on_grid(minutes: int) -> int:
    """What the ledger keeps for so many minutes: whole steps of five."""
    return -(-minutes // 5) * 5


def read_questions(table: Table) -> tuple[str, ...]:
    """What whoever books is asked in the program's own language."""
    questions = table.texts("questions")
    if len(questions) > MOST_QUESTIONS:
        most = f"has {len(questions)}; {MOST_QUESTIONS} are the most, for each one costs meetings."
        table.error("questions", most)
    for question in questions:
        if len(question) > LONGEST_QUESTION:
            most = f"has one of {len(question)} characters; {LONGEST_QUESTION} are the most."
            table.error("questions", most, f"It begins “{question[:40]}”.")
    return questions[:MOST_QUESTIONS]


def translated_questions(table: Table, own: tuple[str, ...]) -> tuple[str, ...]:
    """The same questions in another language, one for each of ``own``."""
    questions = read_questions(table)
    if own and not questions:
        table.warn("questions", "is missing; those of the program's own language are asked.")
        return own
    if len(questions) != len(own):
        table.error(
            "questions",
            f"has {len(questions)}; in the program's own language there are {len(own)}.",
        )
    return questions


def _host(table: Table, timezone: str) -> Host:
    zone = table.text("timezone", timezone)
    if not is_timezone(zone):
        hint = did_you_mean(zone, timezones())
        table.error("timezone", f"is “{zone}”; it must be a zone such as Europe/Berlin.", hint)
    host = Host(
        id=table.checked("id", is_slug, "small letters, digits and hyphens", required=True),
        name=table.text("name", required=True),
        role=table.text("role"),
        email=table.checked(
            "email", is_email, "an address such as jonas@example.com", required=True
        ),
        bio=table.text("bio"),
        phone=table.text("phone"),
        link=_url(table, "link"),
        regions=table.texts("regions"),
        languages=_each(table, "languages", is_locale, "a language such as en or pt-BR"),
        hours=_each(table, "hours", is_hours, "days and hours such as Mon-Thu 09:00-17:00")
        if table.has("hours")
        else USUAL_HOURS,
        timezone=zone,
        busy_feed=_url(table, "busy_feed", feed_fault),
    )
    table.finish()
    return host


def _url(table: Table, key: str, fault_of: Callable[[str], str] = url_fault) -> str:
    value = table.text(key)
    if value and (fault := fault_of(value)):
        table.error(key, f"{fault}.")
        return ""
    return value


def _each(table: Table, key: str, good: Callable[[str], bool], expected: str) -> tuple[str, ...]:
    values = table.texts(key)
    for value in values:
        if not good(value):
            table.error(key, f"names “{value}”; it must be {expected}.")
    return tuple(filter(good, values))
