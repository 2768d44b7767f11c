"""The bodies of deliveries, read: each in its source's form, once its signature is known to fit.

What we do not follow (another property of a deal, another object) is left out without a word, for
its source sends it anyway. What is not in the form is refused as a whole.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from passalong.conversions.told import (
    HOOK,
    HUBSPOT,
    LONGEST,
    MOST_MINOR,
    SALESFORCE,
    Keys,
    Told,
    Unreadable,
    plain,
)
from passalong.currencies import minor_units
from passalong.events import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from passalong.conversions.signatures import Received
    from passalong.program import Program

LARGEST: Final = 256 * 1024
"""Bytes of a delivery's body: HubSpot's longest, a hundred events, has a fifth of it."""
MOST: Final = 500
"""Events in one delivery."""
_AHEAD: Final = timedelta(days=1)
_EARLIEST: Final = 2000
_LONGEST_MAIL: Final = 254
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_DEAL: Final = "0-3"
"""What HubSpot calls the type of a deal."""
_PREFIX: Final = "referral."


def read(received: Received, program: Program, keys: Keys) -> list[Told]:
    """All that a delivery tells. Raises Unreadable."""
    given, now, settings = _json(received.body), received.at, program.conversions
    if received.source == HUBSPOT:
        return _hubspot(given, settings.hubspot_property, now)
    if received.source == SALESFORCE:
        fields = settings.salesforce_fields
        return [_record(one, fields, program.currency, keys, now) for one in _records(given)]
    return [_standard(given, received.headers.get("webhook-id", ""), keys, now)]


def _json(body: bytes) -> Any:
    """The body, its decimals as the texts that were written: no float ever touches money."""
    try:
        return json.loads(body.decode("utf-8"), parse_float=str, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is not JSON in UTF-8.") from error


def _no_number(_name: str) -> str:
    raise ValueError("no number")


def _standard(given: Any, message_id: str, keys: Keys, now: datetime) -> Told:
    """One event of the form that docs/openapi.json describes."""
    event = _object(given, "The body")
    data = _object(event.get("data"), "data")
    email = plain(data.get("email"), "data.email", _LONGEST_MAIL)
    if email and "@" not in email:
        raise Unreadable("data.email must be an address.")
    company = plain(data.get("company"), "data.company")
    stage = plain(event.get("type"), "type").removeprefix(_PREFIX)
    record = plain(event.get("id"), "id") or plain(message_id, "webhook-id")
    if not stage:
        raise Unreadable("type is missing.")
    return Told(
        source=HOOK,
        record=record,
        stage=stage,
        at=moment(event.get("timestamp"), "timestamp", now),
        referral=plain(data.get("referral"), "data.referral"),
        booking=plain(data.get("booking"), "data.booking"),
        external=plain(data.get("external_id"), "data.external_id"),
        mailboxes=keys.mailboxes([email]),
        accounts=keys.accounts(company, [email]),
        company=company,
        amount=_amount(data.get("amount")),
        of=plain(data.get("of"), "data.of"),
    )


def _amount(given: Any) -> Money | None:
    """``{"value": 199999, "currency": "EUR"}``, in minor units."""
    if given is None:
        return None
    amount = _object(given, "data.amount")
    value = amount.get("value")
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MOST_MINOR:
        raise Unreadable("data.amount.value must be a whole number of minor units.")
    return Money(value, currency_in(amount.get("currency"), "data.amount.currency"))


def _hubspot(given: Any, followed: str, now: datetime) -> list[Told]:
    """Changes of the property that a deal's stage is in; the relay asks for the rest.

    https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide
    """
    if not isinstance(given, list) or len(given) > MOST:
        raise Unreadable(f"The body must be a list of {MOST} events at most.")
    events = [_object(one, "An event") for one in given]
    return [_deal(event, now) for event in events if _is_followed(event, followed)]


def _is_followed(event: Mapping[str, Any], followed: str) -> bool:
    kind, value = event.get("subscriptionType"), event.get("propertyValue")
    of_deals = kind == "deal.propertyChange" or (
        kind == "object.propertyChange" and event.get("objectTypeId") == _DEAL
    )
    return of_deals and event.get("propertyName") == followed and bool(value)


def _deal(event: Mapping[str, Any], now: datetime) -> Told:
    deal, at = plain(event.get("objectId"), "objectId"), event.get("occurredAt")
    stage = plain(event.get("propertyValue"), "propertyValue")
    if not re.fullmatch(r"\d{1,20}", deal, re.ASCII):
        raise Unreadable("objectId must be a number.")
    if not isinstance(at, int) or isinstance(at, bool):
        raise Unreadable("occurredAt must be a number of milliseconds.")
    # Its eventId is not unique, and attempts are counted: none of the two is in the record's name.
    record = f"{deal}:{stage}:{at}"[:LONGEST]
    return Told(HUBSPOT, record, stage, _since_1970(at / 1000, "occurredAt", now), external=deal)


def _records(given: Any) -> list[dict[str, Any]]:
    """One record of a flow, or several."""
    records = given if isinstance(given, list) else [given]
    if len(records) > MOST:
        raise Unreadable(f"The body must have {MOST} records at most.")
    return [_object(one, "A record") for one in records]


def _record(
    record: Mapping[str, Any], fields: Mapping[str, str], currency: str, keys: Keys, now: datetime
) -> Told:
    """A record under the names that program.toml gives.

    An organisation with one currency does not say which: it is taken to be the program's.
    """

    def said(name: str, longest: int = LONGEST) -> str:
        return plain(_at(record, fields[name]), fields[name], longest)

    deal, stage = said("id"), said("stage")
    if not deal or not stage:
        raise Unreadable(f"{fields['id'] if not deal else fields['stage']} is missing.")
    written = _at(record, fields["at"])
    at = moment(written, fields["at"], now) if written else now
    emails = [one for one in _many(_at(record, fields["email"]), fields["email"]) if "@" in one]
    company = said("company")
    return Told(
        source=SALESFORCE,
        record=f"{deal}:{stage}:{at.isoformat() if written else ''}"[:LONGEST],
        stage=stage,
        at=at,
        referral=said("referral"),
        booking=said("booking"),
        external=deal,
        mailboxes=keys.mailboxes(emails),
        accounts=keys.accounts(company, emails),
        company=company,
        amount=_priced(said("amount"), said("currency") or currency, fields),
    )


def _at(record: Mapping[str, Any], name: str) -> Any:
    """What stands under a name, or along names with points between them."""
    if name in record:
        return record[name]
    found: Any = record
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _many(given: Any, name: str) -> list[str]:
    """Addresses: a list, or a text with commas or semicolons between them."""
    texts = given if isinstance(given, list) else [given]
    joined = ",".join(plain(one, name, 4000) for one in texts[:MOST])
    return [one.strip() for one in re.split("[,;]", joined) if one.strip()]


def _priced(amount: str, currency: str, fields: Mapping[str, str]) -> Money | None:
    if not amount:
        return None
    return money_in(amount, currency_in(currency, fields["currency"]), fields["amount"])


def money_in(amount: str, currency: str, name: str) -> Money:
    """A decimal text in a currency, exactly. Raises Unreadable."""
    try:
        money = Money(minor_units(_without_exponent(amount), currency), currency)
    except ValueError as error:
        raise Unreadable(f"{name} must be an amount such as 1999.99.") from error
    if abs(money.minor) > MOST_MINOR:
        raise Unreadable(f"{name} is more than anybody pays.")
    return money


def _without_exponent(amount: str) -> str:
    """1.0E7, as Salesforce writes ten millions, as 10000000."""
    if not re.fullmatch(r"[-+]?\d{1,15}(\.\d{1,15})?[eE][-+]?\d{1,2}", amount, re.ASCII):
        return amount
    return format(Decimal(amount).normalize(), "f")


def currency_in(given: Any, name: str) -> str:
    """A currency's code. Raises Unreadable."""
    code = plain(given, name).upper()
    if not _CURRENCY.fullmatch(code):
        raise Unreadable(f"{name} must be three letters such as EUR.")
    return code


def moment(given: Any, name: str, now: datetime) -> datetime:
    """A time with its offset, in UTC; a number is in seconds since 1970. Raises Unreadable."""
    if isinstance(given, int) and not isinstance(given, bool):
        return _since_1970(given, name, now)
    try:
        found = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Unreadable(f"{name} must be a time with its offset: 2026-11-24T10:00:00+01:00.")
    return _in_reason(found.astimezone, name, now)


def _since_1970(seconds: float, name: str, now: datetime) -> datetime:
    return _in_reason(lambda zone: datetime.fromtimestamp(seconds, zone), name, now)


def _in_reason(made: Callable[[Any], datetime], name: str, now: datetime) -> datetime:
    """A time that can be reckoned with: not before 2000, and not to come."""
    try:
        found = made(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable(f"{name} is no time.") from error
    if found.year < _EARLIEST or found > now + _AHEAD:
        raise Unreadable(f"{name} is a time before 2000, or one to come.")
    return found


def _object(given: Any, name: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Unreadable(f"{name} must be a JSON object.")
    return given
