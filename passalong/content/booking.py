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
from passalong.model import Booking, Host

if TYPE_CHECKING:
    from collections.abc import Callable

    from passalong.content.schema import Table


def read_booking(table: Table, timezone: str) -> Booking:
    """How meetings are offered, all but the agenda; hosts without a zone are in ``timezone``."""
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
    return Booking(
        hosts=hosts,
        minutes=table.number("minutes", 25, 5, 480),
        buffer_before=table.number("buffer_before", 0, 0, 480),
        buffer_after=table.number("buffer_after", 10, 0, 480),
        notice_hours=table.number("notice_hours", 24, 0, 720),
        horizon_days=table.number("horizon_days", 28, 1, 365),
        holidays=table.days("holidays"),
        busy_feed=_url(table, "busy_feed", feed_fault),
    )


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
        hours=_each(table, "hours", is_hours, "days and hours such as Mon-Thu 09:00-17:00"),
        timezone=zone,
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
