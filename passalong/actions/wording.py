"""How answers say times and names: in the reader's zone, and so that no name turns a text."""

from __future__ import annotations

import unicodedata
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
    return locale.text(key, **{name: isolated(locale, word) for name, word in words.items()})


def isolated(locale: Locale, text: str) -> str:
    """Somebody's own text within one of the locale, whatever direction it has (UAX #9)."""
    foreign = locale.dir == "rtl" or any(
        unicodedata.bidirectional(character) in ("R", "AL") for character in text
    )
    return f"\u2068{text}\u2069" if text and foreign else text


def zone_of(known: Known, *names: str) -> ZoneInfo:
    """The first of these zones that there is, else the program's."""
    for name in (*names, known.program.timezone, "UTC"):
        if name and (zone := zones.find(name)):
            return zone
    raise LookupError("the time zone database is missing")


def at_words(locale: Locale, moment: datetime, zone: ZoneInfo) -> str:
    """A moment, and whose time that is: "Monday 2 November, 14:00, Berlin time"."""
    at = locale.datetime(moment.astimezone(zone))
    told = zone_words(zone, locale, moment, yours=False)
    return locale.pattern("list.separator").join((at, told))
