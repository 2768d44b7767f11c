"""What HubSpot's events leave out: the deal's amount, and everybody who belongs to it.

Its webhooks carry an object's id and one property. The rest is asked for, with the token of a
private app that may read deals and contacts.
https://developers.hubspot.com/docs/api-reference/crm-deals-v3/guide
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from passalong.conversions.reading import currency_in, money_in
from passalong.conversions.told import LONGEST, Unreadable
from passalong.conversions.whom import keys_of
from passalong.errors import PassalongError
from passalong.web import NotReached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from passalong.conversions.told import Told
    from passalong.events import Money
    from passalong.world import World

API: Final = "https://api.hubapi.com"
TOKEN: Final = "hubspot-token"  # noqa: S105 - the secret's name
_PAGE: Final = 500
_TOGETHER: Final = 100
_MOST_CONTACTS: Final = 1000
_GONE: Final = frozenset({404, 410})


class NoToken(PassalongError):
    """Nobody gave us a token to ask HubSpot with."""


class DealGone(PassalongError):
    """HubSpot knows no such deal, or no longer."""


def fetched(world: World, told: Told) -> Told:
    """What was told, with the deal's amount and the mailboxes and companies of all its contacts.

    Raises NoToken, DealGone, NotReached, and ValueError for an amount that cannot be read.
    """
    tokens = world.hooks().of(TOKEN)
    if not tokens:
        raise NoToken("there is no token for HubSpot")
    api = _Api(world, tokens[-1])
    deal = api.deal(told.external)
    contacts = list(api.contacts(told.external))
    emails = [email for email, _ in contacts if "@" in email]
    keys = keys_of(world)
    companies = list(dict.fromkeys(company for _, company in contacts if company))
    accounts = [key for company in companies for key in keys.accounts(company, ())]
    accounts += keys.accounts("", emails) if not accounts else ()
    return replace(
        told,
        mailboxes=keys.mailboxes(emails),
        accounts=tuple(dict.fromkeys(accounts)),
        company=companies[0] if companies else "",
        amount=_amount(deal, world.known().program.currency),
    )


def _amount(deal: dict[str, Any], currency: str) -> Money | None:
    amount = _text(deal.get("amount"))
    if not amount:
        return None
    try:
        return money_in(amount, currency_in(deal.get("deal_currency_code") or currency, ""), "")
    except Unreadable as error:
        raise ValueError("the amount cannot be read") from error


class _Api:
    """The few calls that are made."""

    def __init__(self, world: World, token: str) -> None:
        self._call = world.call
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def deal(self, deal: str) -> dict[str, Any]:
        """A deal's amount and currency."""
        path = f"/crm/v3/objects/deals/{quote(deal, safe='')}"
        found = self._ask("GET", f"{path}?properties=amount,deal_currency_code")
        return _properties(found)

    def contacts(self, deal: str) -> Iterator[tuple[str, str]]:
        """The address and the company of everybody who belongs to a deal."""
        ids = self._contact_ids(deal)
        for start in range(0, len(ids), _TOGETHER):
            asked = {
                "properties": ["email", "hs_additional_emails", "company"],
                "inputs": [{"id": one} for one in ids[start : start + _TOGETHER]],
            }
            found = self._ask("POST", "/crm/v3/objects/contacts/batch/read", asked)
            for contact in _results(found):
                said = _properties(contact)
                company = _text(said.get("company"))
                yield _text(said.get("email")), company
                for more in re.split("[;,]", _text(said.get("hs_additional_emails"))):
                    if more.strip():
                        yield more.strip(), company

    def _contact_ids(self, deal: str) -> list[str]:
        path = f"/crm/v3/objects/deals/{quote(deal, safe='')}/associations/contacts?limit={_PAGE}"
        ids: dict[str, None] = {}
        after = ""
        while len(ids) < _MOST_CONTACTS:
            found = self._ask("GET", path + (f"&after={quote(after, safe='')}" if after else ""))
            for one in _results(found):
                if said := _text(one.get("id") or one.get("toObjectId")):
                    ids[said] = None
            following = found.get("paging", {}).get("next", {}).get("after", "")
            if not following or following == after:
                break
            after = _text(following)
        return list(ids)[:_MOST_CONTACTS]

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """What HubSpot answers. Raises DealGone, NotReached."""
        sent = json.dumps(body).encode() if body is not None else b""
        headers = self._headers | ({"Content-Type": "application/json"} if sent else {})
        answer = self._call(method, API + path, headers, sent)
        if answer.status in _GONE:
            raise DealGone("there is no such deal")
        if answer.status // 100 != 2:
            raise NotReached(f"HubSpot answered {answer.status}")
        try:
            found = json.loads(answer.body, parse_float=str)
        except (ValueError, RecursionError) as error:
            raise NotReached("HubSpot answered something else than JSON") from error
        if not isinstance(found, dict):
            raise NotReached("HubSpot answered something else than an object")
        return found


def _results(found: dict[str, Any]) -> list[dict[str, Any]]:
    results = found.get("results")
    return [one for one in results if isinstance(one, dict)] if isinstance(results, list) else []


def _properties(found: dict[str, Any]) -> dict[str, Any]:
    said = found.get("properties")
    return said if isinstance(said, dict) else {}


def _text(given: object) -> str:
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    return " ".join(given.split())[: 2 * LONGEST] if isinstance(given, str) else ""
