"""The part of the OpenAPI document that other systems and hosts use: hooks, and outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from passalong.events import CONVERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string", "maxLength": 200}
_HEADER: Final[Schema] = {"type": "string", "minLength": 1}
_REFUSED: Final = (400, 401, 404, 405, 413, 503)
_STANDARD: Final = (
    "What came of a referral, signed as Standard Webhooks say: `webhook-signature` over "
    "`webhook-id`, `webhook-timestamp` and the body, within five minutes. Whose it is may be said "
    "by the referral's or the referee's id, the meeting's, the deal's, an address, or a company. "
    "Told again under one id, it is noted once."
)
_HUBSPOT: Final = (
    "A list of HubSpot's events, signed as version 3 of its signatures over this address below the "
    "program's own. Changes of a deal's stage are followed; the rest of the deal is asked for."
)
_SALESFORCE: Final = (
    "A record of a Salesforce flow, or several, under the names that `program.toml` gives. Its "
    "secret is in `X-Passalong-Secret`, for flows compute no signature."
)


def paths(refusal: Callable[[int], Schema], outcome: Schema) -> Schema:
    """The paths; ``refusal`` describes a status, ``outcome`` the form of a host's answer."""
    headers = ("webhook-id", "webhook-timestamp", "webhook-signature")
    signed = ("x-hubspot-request-timestamp", "x-hubspot-signature-v3")
    record = {"type": "object"}
    either = {"anyOf": [record, {"type": "array", "maxItems": 500, "items": record}]}
    return {
        "/api/hooks/conversions": _hook("conversions", _STANDARD, headers, _event(), refusal),
        "/api/hooks/hubspot": _hook("hubspot", _HUBSPOT, signed, _deals(), refusal),
        "/api/hooks/salesforce": _hook(
            "salesforce", _SALESFORCE, ("x-passalong-secret",), either, refusal
        ),
        "/api/outcomes/{token}": _outcomes(refusal, outcome),
    }


def _hook(
    source: str,
    about: str,
    headers: tuple[str, ...],
    body: Schema,
    refusal: Callable[[int], Schema],
) -> Schema:
    named = [{"name": n, "in": "header", "required": True, "schema": _HEADER} for n in headers]
    answers = {str(status): refusal(status) for status in _REFUSED}
    return {
        "post": {
            "operationId": f"hooks-{source}",
            "summary": f"Another system tells what came of a referral: {source}.",
            "description": about,
            "parameters": named,
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {"202": {"description": "Noted."}, **answers},
        }
    }


def _event() -> Schema:
    amount = {
        "type": "object",
        "description": "Whole minor units: 199999 are 1,999.99 EUR.",
        "properties": {
            "value": {"type": "integer"},
            "currency": {"type": "string", "pattern": "^[A-Za-z]{3}$"},
        },
        "required": ["value", "currency"],
    }
    texts = ("referral", "booking", "company", "external_id", "of")
    email = {"type": "string", "maxLength": 254}
    data = dict.fromkeys(texts, _TEXT) | {"email": email, "amount": amount}
    known = ", ".join(f"`referral.{kind}`" for kind in CONVERSIONS)
    return {
        "type": "object",
        "properties": {
            "id": {**_TEXT, "description": "Without one it is the `webhook-id`."},
            "type": {**_TEXT, "description": f"{known}, or a word that `program.toml` maps."},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"type": "object", "properties": data},
        },
        "required": ["type", "timestamp", "data"],
    }


def _deals() -> Schema:
    event = {
        "type": "object",
        "properties": {
            "subscriptionType": {"type": "string"},
            "objectTypeId": {"type": "string"},
            "objectId": {"type": ["integer", "string"]},
            "propertyName": {"type": "string"},
            "propertyValue": {"type": ["string", "null"]},
            "occurredAt": {"type": "integer", "description": "Milliseconds since 1970."},
        },
    }
    return {"type": "array", "maxItems": 500, "items": event}


def _outcomes(refusal: Callable[[int], Schema], outcome: Schema) -> Schema:
    token = {"name": "token", "in": "path", "required": True, "schema": {"type": "string"}}
    page = {
        "description": "A page: what to press, or that it is noted.",
        "content": {"text/html": {"schema": {"type": "string"}}},
    }
    asked = {str(status): refusal(status) for status in (404, 405, 503)}
    told = asked | {str(status): refusal(status) for status in (400, 413, 415, 422)}
    form = {"application/x-www-form-urlencoded": {"schema": outcome}}
    return {
        "parameters": [token],
        "get": {
            "operationId": "outcomes-ask",
            "summary": "The page behind the link in a host's letter: it changes nothing.",
            "responses": {"200": page, **asked},
        },
        "post": {
            "operationId": "outcomes",
            "summary": "The host says what came of a meeting.",
            "requestBody": {"required": True, "content": form},
            "responses": {"200": page, **told},
        },
    }
