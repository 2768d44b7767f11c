"""``program.toml``: the program itself, every default in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from passalong.content.booking import read_booking
from passalong.content.conversions import read_conversions
from passalong.content.costs import read_channels, read_costs
from passalong.content.experiments import read_experiments
from passalong.content.forms import (
    base_url_fault,
    is_colour,
    is_currency,
    is_email,
    is_locale,
    is_slug,
    is_timezone,
    timezones,
    url_fault,
)
from passalong.content.mapping import check_mappings
from passalong.content.problems import did_you_mean
from passalong.content.rates import read_rates
from passalong.content.receivers import read_receivers
from passalong.content.wording import own_words, translated_words
from passalong.program import MEDIA, Attribution, Brand, Program

if TYPE_CHECKING:
    from pathlib import Path

    from passalong.content.schema import Table

COLOUR = "#2f5d8a"
"""The accent of a program that names none: a blue that goes with anybody's logo."""


def read_program(table: Table, folder: Path) -> Program:
    """The program that ``table``, the whole of program.toml, describes; faults become problems."""
    locale = table.checked("locale", is_locale, "a language such as en or pt-BR") or "en"
    timezone = _timezone(table, "timezone", required=True) or "UTC"
    looking_for = table.table("looking_for")
    booking = table.table("booking")
    industries = table.words("industries")
    media = _media(table.table("share"))
    others = table.table("locales")
    experiments = read_experiments(table, media, (locale, *others.data))
    said = {locale: own_words(table, looking_for, booking, industries, experiments)}
    hosts = read_booking(booking, timezone)
    host_ids = [host.id for host in hosts.hosts]
    for code in others.data:
        said[code] = translated_words(others, code, said[locale], host_ids, experiments)
        if code == locale:
            others.error(code, "is the program's own language; its words stand outside [locales].")
    retention = table.table("retention")
    currency = table.checked("currency", is_currency, "three capital letters such as EUR") or "EUR"
    program = Program(
        id=table.checked("id", is_slug, "small letters, digits and hyphens", required=True),
        base_url=_base_url(table),
        timezone=timezone,
        currency=currency,
        brand=_brand(table.table("brand"), folder),
        locales=tuple(said),
        texts={locale: words.texts for locale, words in said.items()},
        media=media,
        booking=hosts,
        attribution=_attribution(table.table("attribution")),
        rates=read_rates(table.tables("rates"), currency),
        looking_for_industries=looking_for.texts("industries"),
        looking_for_sizes=looking_for.text("sizes"),
        looking_for_roles=looking_for.texts("roles"),
        retention_introduced_days=retention.number("introduced_days", 60, 1, 3650),
        retention_people_days=retention.number("people_days", 730, 1, 3650),
        events_out=read_receivers(table),
        conversions=read_conversions(table),
        costs=read_costs(table.tables("costs"), currency),
        channels=read_channels(table.tables("channels"), currency),
        experiments=experiments,
        varied={
            code: {locale: words.varied[code] for locale, words in said.items()}
            for code in said[locale].varied
        },
    )
    check_mappings(table.table("content"), folder)
    for done in (looking_for, booking, others, retention, table):
        done.finish()
    return program


def _timezone(table: Table, key: str, *, required: bool = False) -> str:
    value = table.text(key, required=required)
    if value and not is_timezone(value):
        expected = "a zone such as Europe/Berlin"
        table.error(key, f"is “{value}”; it must be {expected}.", did_you_mean(value, timezones()))
        return ""
    return value


def _base_url(table: Table) -> str:
    value = table.text("base_url", required=True)
    if value and (fault := base_url_fault(value)):
        hint = "It looks like https://friends.example.com."
        table.error("base_url", f"{fault}.", hint)
    return value.rstrip("/")


def _brand(table: Table, folder: Path) -> Brand:
    name = table.text("name", required=True)
    logo = table.text("logo")
    if logo and not (folder / logo).is_file():
        table.error("logo", f"is “{logo}”, and there is no such file in the content folder.")
    website = table.text("website")
    if website and (fault := url_fault(website)):
        table.error("website", f"{fault}.")
    brand = Brand(
        name=name,
        legal_name=table.text("legal_name", name),
        colour=table.checked("colour", is_colour, "a colour such as #0b5d6b") or COLOUR,
        email=table.checked(
            "email", is_email, "an address such as hello@example.com", required=True
        ),
        logo=logo,
        address=table.text("address"),
        website=website,
    )
    table.finish()
    return brand


def _media(table: Table) -> tuple[str, ...]:
    media = table.texts("media")
    for number, medium in enumerate(media):
        if medium not in MEDIA:
            table.error(
                "media", f"names “{medium}”, which we cannot share by.", did_you_mean(medium, MEDIA)
            )
        elif medium in media[:number]:
            table.error("media", f"names “{medium}” twice.")
    table.finish()
    return tuple(dict.fromkeys(medium for medium in media if medium in MEDIA)) or MEDIA


def _attribution(table: Table) -> Attribution:
    rule = table.choice("rule", ("first", "last", "linear", "position"), "first")
    attribution = Attribution(
        rule=cast("Literal['first', 'last', 'linear', 'position']", rule),
        window_days=table.number("window_days", 90, 1, 3650),
        credit_days=table.number("credit_days", 365, 1, 3650),
    )
    table.finish()
    return attribution
