"""``program.toml``: the program itself, every default in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from passalong.content.booking import read_booking, read_questions, translated_questions
from passalong.content.conversions import read_conversions
from passalong.content.costs import read_channels, read_costs
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
from passalong.model import MEDIA, Attribution, Brand, Program, Texts

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
    texts = {locale: _own_texts(table, looking_for, booking, industries)}
    others = table.table("locales")
    hosts = read_booking(booking, timezone)
    host_ids = [host.id for host in hosts.hosts]
    for code in others.data:
        texts[code] = _translated(others, code, texts[locale], host_ids)
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
        locales=tuple(texts),
        texts=texts,
        media=_media(table.table("share")),
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


def _own_texts(
    table: Table, looking_for: Table, booking: Table, industries: dict[str, str]
) -> Texts:
    product = table.table("product")
    reward = table.table("reward")
    reassurance = table.table("reassurance")
    overview = product.text("overview", required=True)
    texts = Texts(
        overview=overview,
        pitch=product.text("pitch", overview),
        ask=looking_for.text("ask", required=True),
        ask_by_industry=looking_for.words("ask_by_industry"),
        industries=industries,
        reward_advocate=reward.text("advocate"),
        reward_referee=reward.text("referee"),
        disclosure=reward.text("disclosure"),
        reassurance=reassurance.text("text"),
        agenda=booking.texts("agenda"),
        questions=read_questions(booking),
    )
    if texts.reward_advocate and not texts.disclosure:
        reward.error("disclosure", "is missing: who is rewarded says so in the message they send.")
    for done in (product, reward, reassurance):
        done.finish()
    return texts


def _translated(others: Table, code: str, own: Texts, host_ids: list[str]) -> Texts:
    """The words of another language; for what it lacks, the program's own with a warning."""
    if not is_locale(code):
        others.error(code, f"is “{code}”; it must be a language such as de or pt-BR.")
    table = others.table(code)
    product, looking_for = table.table("product"), table.table("looking_for")
    reward, reassurance = table.table("reward"), table.table("reassurance")
    booking, hosts = table.table("booking"), table.table("hosts")
    texts = Texts(
        overview=_or_own(product, "overview", own.overview),
        pitch=_or_own(product, "pitch", own.pitch),
        ask=_or_own(looking_for, "ask", own.ask),
        ask_by_industry=looking_for.words("ask_by_industry"),
        industries=table.words("industries"),
        reward_advocate=_or_own(reward, "advocate", own.reward_advocate),
        reward_referee=_or_own(reward, "referee", own.reward_referee),
        disclosure=_or_own(reward, "disclosure", own.disclosure),
        reassurance=_or_own(reassurance, "text", own.reassurance),
        agenda=booking.texts("agenda") or own.agenda,
        questions=translated_questions(booking, own.questions),
        hosts={host: _host_words(hosts, host, host_ids) for host in hosts.data},
    )
    for done in (product, looking_for, reward, reassurance, booking, table):
        done.finish()
    return texts


def _or_own(table: Table, key: str, own: str) -> str:
    value = table.text(key)
    if own and not value:
        table.warn(key, "is missing; the words of the program's own language are shown.")
    return value or own


def _host_words(hosts: Table, host: str, known: list[str]) -> tuple[str, str]:
    if host not in known:
        hosts.error(host, "is not the id of a host.", did_you_mean(host, known))
    table = hosts.table(host)
    words = table.text("role"), table.text("bio")
    table.finish()
    return words


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
