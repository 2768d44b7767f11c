"""The forms that single values take: addresses, colours, locales, working hours, sizes."""

from __future__ import annotations

import re
from datetime import date

from passalong import zones

_ATOM = r"[^\s.@<>()\[\],;:\\\"|]++"
_LABEL = r"[^\W_]++(?:-++[^\W_]++)*+"
_DOMAIN = rf"(?:{_LABEL}\.)++(?:xn--[a-z0-9-]+|[^\W\d_]{{2,}})"
_MAIL = rf"{_ATOM}(?:\.{_ATOM})*+@{_DOMAIN}"
_COLOUR = r"#(?:[0-9a-fA-F]{3}){1,2}"
_LOCALE = r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?"
_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u202f,.'’]\d{3})+|\d+(?:\.0)?)"
_SIZE = rf"{_NUMBER}(?: ?[-–—] ?{_NUMBER}|\+)?"
_SINCE = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
_CURRENCY = r"[A-Z]{3}"


def is_email(value: str) -> bool:
    """Whether ``value`` is a mail address as people have them.

    Source: RFC 5321, section 4.1.2, without quoting and address literals; letters may be any.
    """
    return re.fullmatch(_MAIL, value) is not None


def is_domain(value: str) -> bool:
    """Whether ``value`` is a bare domain, such as ``nordhavn.example``."""
    return re.fullmatch(_DOMAIN, value) is not None


def is_colour(value: str) -> bool:
    """Whether ``value`` is ``#rgb`` or ``#rrggbb``."""
    return re.fullmatch(_COLOUR, value) is not None


def is_locale(value: str) -> bool:
    """Whether ``value`` has the form of a BCP 47 language tag: ``en``, ``pt-BR``, ``zh-Hant``."""
    return re.fullmatch(_LOCALE, value) is not None


def as_locale(value: str) -> str:
    """``value`` in the spelling of language tags (``de_at`` → ``de-AT``), right or not."""
    language, *rest = value.replace("_", "-").split("-")
    parts = [part.title() if len(part) == 4 else part.upper() for part in rest]
    return "-".join([language.lower(), *parts])


def is_slug(value: str) -> bool:
    """Whether ``value`` can stand in an address: small letters, digits and single hyphens."""
    return len(value) <= 100 and re.fullmatch(_SLUG, value) is not None


def is_currency(value: str) -> bool:
    """Whether ``value`` has the form of an ISO 4217 code."""
    return re.fullmatch(_CURRENCY, value) is not None


def is_since(value: str) -> bool:
    """Whether ``value`` is a year, a month or a day: ``2021``, ``2021-03``, ``2021-03-15``."""
    return re.fullmatch(_SINCE, value) is not None and (len(value) < 10 or _is_day(value))


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_size(value: str) -> bool:
    """Whether ``value`` is a number of people: ``400``, ``1,200``, ``200-500``, ``1000+``."""
    return re.fullmatch(_SIZE, value) is not None


def is_timezone(value: str) -> bool:
    """Whether ``value`` names a zone of the time zone database, such as ``Europe/Berlin``."""
    return zones.find(value) is not None


def timezones() -> set[str]:
    """Every zone there is; slow, for a hint only."""
    from zoneinfo import available_timezones  # noqa: PLC0415 - only a mistake needs it

    return available_timezones()


def url_fault(value: str) -> str:
    """What is wrong with a web address, as the end of a sentence; empty if nothing is."""
    from urllib.parse import urlsplit  # noqa: PLC0415 - people have no web addresses

    if any(letter.isspace() for letter in value):
        return "has a space in it"
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return "is not a web address"
    if parts.scheme != "https":
        return "does not begin with https://"
    if not parts.hostname or not is_domain(parts.hostname):
        return "has no domain such as example.com"
    return "carries a user name" if parts.username is not None else ""


def feed_fault(value: str) -> str:
    """What is wrong with the address of a calendar, as the end of a sentence; empty if nothing is.

    Calendars are offered as ``webcal:``, which is https; on one machine a file will do.
    """
    if value.startswith("file:///"):
        return ""
    return url_fault(value.replace("webcal:", "https:", 1) if value[:7] == "webcal:" else value)


def base_url_fault(value: str) -> str:
    """What is wrong with a site's address, as the end of a sentence; empty if nothing is."""
    if fault := url_fault(value):
        return fault
    rest = value.removeprefix("https://")
    if rest.find("/") == len(rest) - 1:
        return "ends with a slash; leave it out"
    return "has more than a domain; pages live at its root" if re.search("[/?#]", rest) else ""
