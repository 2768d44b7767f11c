"""What all letters have in common: the firm, the reader's language, and how people are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

from passalong.booking.days import zone_words
from passalong.names import first_name

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from passalong.locales import Locale
    from passalong.program import Host, Program

_LIKE_AN_ADDRESS = re.compile(r"://|@|/|\.[^\W\d_]{2,}")
_LONGEST_NAME: Final = 80
_LONGEST_FIRST: Final = 40
_OURS: Final = frozenset({"at", "day", "minutes", "time"})
"""What fills a text in the reader's own language."""


@dataclass(frozen=True, slots=True)
class House:
    """The firm that writes, in the language of its reader."""

    locale: Locale
    program: Program

    def say(self, key: str, **words: str) -> str:
        """The words of ``letter.<key>``, filled; what fills them cannot turn the line around."""
        safe = {n: text if n in _OURS else self.own(text) for n, text in words.items()}
        return self.locale.text(f"letter.{key}", **safe)

    def _plain(self, key: str, **words: str) -> str:
        """The same for words in the reader's own language."""
        return self.locale.text(f"letter.{key}", **words)

    def own(self, text: str) -> str:
        """Somebody's own text, isolated where its direction may not be the language's (UAX #9)."""
        return self.locale.isolated(text)

    def paragraphs(self, key: str, **words: str) -> tuple[str, ...]:
        """A text of several paragraphs."""
        return tuple(self.say(key, **words).split("\n\n"))

    def greeting(self, name: str) -> str:
        """The first line of a letter to somebody; nameless where the name is none."""
        first = called(name)
        return self.say("greeting", first=first, name=name) if first else self.say("greeting_plain")

    def signed(self, host: Host) -> tuple[str, ...]:
        """The end of a letter by a person of the firm."""
        about = self.joined(self.role(host), self.program.brand.name)
        lines = (self.say("closing"), self.own(host.name), about, self.own(host.phone))
        return tuple(filter(None, lines))

    def desk(self) -> tuple[str, ...]:
        """The end of a letter that nobody writes: the firm's to its own people."""
        return (self.say("desk", brand=self.program.brand.name),)

    def footer(self, key: str, **words: str) -> tuple[str, ...]:
        """Why the reader gets the letter, and whose it is."""
        brand = self.program.brand
        legal = filter(None, (brand.legal_name or brand.name, brand.address))
        return (self.say(f"footer.{key}", brand=brand.name, **words), self.own(", ".join(legal)))

    def role(self, host: Host) -> str:
        """What a host does, in the reader's language."""
        texts = self.program.texts[self.program.locale_for(self.locale.code)]
        role, _ = texts.hosts.get(host.id, (host.role, host.bio))
        return role

    def joined(self, *parts: str) -> str:
        """What is known about somebody, in one line."""
        known = [self.own(part) for part in parts if part] or [""]
        return reduce(lambda one, other: self._plain("pair", one=one, other=other), known)

    def when(self, start: datetime, end: datetime, zone: ZoneInfo, *, yours: bool) -> str:
        """A span of time as the reader's clock shows it; ``yours`` if the zone is surely theirs."""
        local = start.astimezone(zone)
        return self._plain(
            "when",
            day=self.locale.date(local, "weekday"),
            times=self.locale.time_range(local, end.astimezone(zone)),
            zone=zone_words(zone, self.locale, start, yours=yours),
        )


def called(name: str) -> str:
    """What to call somebody who gave this name; empty if it is an address, or longer than names.

    Whoever books gives any name with any address: no letter may carry an advertisement to others.

    >>> called("Tomas Berg"), called("Win big: http://win.example now")
    ('Tomas', '')
    """
    first = first_name(name)
    too_long = len(name) > _LONGEST_NAME or len(first) > _LONGEST_FIRST
    return "" if too_long or _LIKE_AN_ADDRESS.search(name) else first
