"""How answers say times and names: in the reader's zone, and so that no name turns a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong import zones
from passalong.booking.days import zone_words

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from passalong.known import Known
    from passalong.locales import Locale


def say(locale: Locale, key: str, **words: str) -> str:
    """A text of the locale, filled with names, addresses and numbers."""
    return locale.text(key, **{name: locale.isolated(word) for name, word in words.items()})


def zone_of(known: Known, *names: str) -> ZoneInfo:
    """The first of these zones that there is, else the program's."""
    return zones.first(*names, known.program.timezone)


def at_words(locale: Locale, moment: datetime, zone: ZoneInfo) -> str:
    """A moment, and whose time that is: "Monday 2 November, 14:00, Berlin time"."""
    at = locale.datetime(moment.astimezone(zone))
    told = zone_words(zone, locale, moment, yours=False)
    return locale.pattern("list.separator").join((at, told))
