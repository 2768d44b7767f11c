"""What the functions take and answer, as an OpenAPI document: made of the table of endpoints.

https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from passalong import openapi_hooks, openapi_report
from passalong.endpoints import ENDPOINTS, OUTCOME, PREFERENCES, REPORT
from passalong.requests import LARGEST

if TYPE_CHECKING:
    from passalong.endpoints import Endpoint, Field

Schema = dict[str, Any]

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
PAGE: Final = "text/html"
PROBLEM: Final = "application/problem+json"

CODES: Final = {
    400: ("unreadable", "elsewhere", "stale"),
    401: ("unsigned",),
    404: ("gone",),
    405: ("method",),
    409: ("taken", "conflict"),
    413: ("unreadable",),
    415: ("unreadable",),
    422: ("invalid",),
    429: ("limit",),
    503: ("unavailable",),
}
"""Every status of a refusal, with the ``code`` of the problem document that comes with it."""

_REFUSALS: Final = {
    400: "The body cannot be read, or a browser says that another site's page made the request.",
    401: "The signature fits no secret, or the body was altered.",
    404: "The token is unknown, altered, expired, revoked or of another page: all are alike.",
    405: "Only POST is taken.",
    409: "The time has just been taken, and there are others; or the meeting is not as it was.",
    413: f"The body has more than {LARGEST} bytes.",
    415: f"The body is neither {JSON} nor {FORM}.",
    422: "Some fields are not as they should be: `errors` says which.",
    429: "More than anybody does in a day, or in a minute.",
    503: "This cannot be done just now. Nothing is half-written: the same may be sent again.",
}
_CHANGED: Final = frozenset({"slots", "bookings", "bookings/change"})
"""Endpoints whose subject may have changed since their page was read."""

_TEXT: Final[Schema] = {"type": "string"}
_TIME: Final[Schema] = {"type": "string", "format": "date-time"}
_PATTERNS: Final = {
    "code": "^[A-Za-z0-9_-]+$",
    "locale": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
}


def _record(**properties: Schema) -> Schema:
    """An object that always has all of these."""
    return {"type": "object", "properties": properties, "required": list(properties)}


_ADDRESS: Final[Schema] = {"type": "string", "format": "uri"}
_NOTHING: Final[Schema] = {"type": "object", "maxProperties": 0}
_PAGE_OF: Final = _record(id=_TEXT, url=_ADDRESS)
_SLOTS: Final[Schema] = {"type": "array", "items": {"$ref": "#/components/schemas/Slot"}}
_MEETING: Final[Schema] = {"$ref": "#/components/schemas/Meeting"}
_STAGES: Final = ("asked", "booked", "past", "met", "no_show", "disqualified", "won", "lost")
_INTRODUCTION: Final = _record(label=_TEXT, stage={"enum": list(_STAGES)})
_STATE: Final = _record(status={"enum": ["booked", "cancelled"]})

ANSWERS: Final[dict[str, dict[int, tuple[str, Schema]]]] = {
    "introductions": {
        200: ("They were named before: this is their page.", _PAGE_OF),
        201: ("Their page is live.", _PAGE_OF),
        202: ("Noted. The firm looks at it first, and there is nothing to send.", _NOTHING),
    },
    "status": {
        200: (
            "An advocate's introductions, or a referee's meeting, null if there is none.",
            {
                "anyOf": [
                    _record(introductions={"type": "array", "items": _INTRODUCTION}),
                    _record(meeting={"anyOf": [_MEETING, {"type": "null"}]}),
                ]
            },
        )
    },
    "preferences": {200: ("Done.", _record(action={"enum": list(PREFERENCES)}))},
    "slots": {
        200: ("Free times, in the zone that is named.", _record(timezone=_TEXT, slots=_SLOTS))
    },
    "bookings": {
        201: ("Booked; the address is that of the referee's own page.", _MEETING),
        202: ("Received. The firm looks at it first, and no time is fixed.", _NOTHING),
    },
    "bookings/change": {200: ("Changed.", {"allOf": [_MEETING, _STATE]})},
}
"""What a program gets where all went well; an endpoint that is not here answers without a body."""


def text() -> str:
    """The document as it is kept in docs/openapi.json."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def document() -> Schema:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Passalong", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "paths": {
            **{one.path: {"post": _operation(one)} for one in ENDPOINTS},
            "/api/unsubscribe/{token}": _unsubscribe(),
            **openapi_hooks.paths(_refusal, _body(OUTCOME)),
            REPORT.path: openapi_report.path(_refusal, _body(REPORT)),
        },
        "components": {
            "schemas": {
                "Slot": _record(start=_TIME, end=_TIME),
                "Meeting": _record(id=_TEXT, start=_TIME, end=_TIME, url=_ADDRESS),
                "Problem": _problem(),
            }
        },
    }


_ABOUT: Final = (
    "What pages ask of the functions behind them. Each page carries one token, which goes with "
    "every request and says whose page it is. A body is JSON or an HTML form with the same names; "
    "a form is answered with a page. Whatever is refused is a problem document (RFC 9457)."
)


def _operation(endpoint: Endpoint) -> Schema:
    body = _body(endpoint)
    pages = ", ".join(endpoint.pages)
    return {
        "operationId": endpoint.name.replace("/", "-"),
        "summary": endpoint.summary,
        "description": f"Takes the token of these pages: {pages}.",
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": body}, FORM: {"schema": body}},
        },
        "responses": _done(endpoint) | _refused(endpoint),
    }


def _body(endpoint: Endpoint) -> Schema:
    return {
        "type": "object",
        "properties": {field.name: _field(field) for field in endpoint.fields},
        "required": [field.name for field in endpoint.fields if field.required],
    }


def _field(field: Field) -> Schema:
    if field.kind == "choice":
        return {"type": "string", "enum": list(field.choices)}
    if field.kind == "flag":
        return {"type": "boolean"}
    found: Schema = {"type": "string", "maxLength": field.longest}
    if field.required:
        found["minLength"] = 1
    if field.kind in _PATTERNS:
        found["pattern"] = _PATTERNS[field.kind]
    if field.kind in ("email", "time"):
        found["format"] = "date-time" if field.kind == "time" else "email"
    return found


def _done(endpoint: Endpoint) -> Schema:
    """Success: a page for a form; for a program JSON, or nothing."""
    page = {PAGE: {"schema": _TEXT}}
    if endpoint.name not in ANSWERS:
        form: Schema = {"description": "The page that a form is answered with.", "content": page}
        return {"200": form, "204": {"description": "Done."}}
    return {
        str(status): {"description": said, "content": {JSON: {"schema": schema}, **page}}
        for status, (said, schema) in ANSWERS[endpoint.name].items()
    }


def _unsubscribe() -> Schema:
    """The address in a letter's List-Unsubscribe header (RFC 8058), which people may open too."""
    token = {"name": "token", "in": "path", "required": True, "schema": _TEXT}
    page = {"description": "A page that says so.", "content": {PAGE: {"schema": _TEXT}}}
    answers = {"200": page} | {str(status): _refusal(status) for status in (404, 405, 503)}
    press = {"type": "object", "properties": {"List-Unsubscribe": {"const": "One-Click"}}}
    return {
        "parameters": [token],
        "get": {
            "operationId": "unsubscribe-ask",
            "summary": "The page behind the link: it changes nothing.",
            "responses": answers,
        },
        "post": {
            "operationId": "unsubscribe",
            "summary": "Ends the kind of mail that the token names.",
            "requestBody": {"content": {FORM: {"schema": press}}},
            "responses": answers,
        },
    }


def _refused(endpoint: Endpoint) -> Schema:
    return {
        str(status): _refusal(status)
        for status in _REFUSALS
        if status != 401 and (status != 409 or endpoint.name in _CHANGED)
    }


def _refusal(status: int) -> Schema:
    codes = {"properties": {"status": {"const": status}, "code": {"enum": list(CODES[status])}}}
    problem = {"allOf": [{"$ref": "#/components/schemas/Problem"}, codes]}
    content: Schema = {PROBLEM: {"schema": problem}}
    if status != 405:
        content[PAGE] = {"schema": _TEXT}
    found: Schema = {"description": _REFUSALS[status], "content": content}
    if status in (429, 503):
        found["headers"] = {
            "Retry-After": {
                "description": "Seconds.",
                "required": True,
                "schema": {"type": "integer", "minimum": 1},
            }
        }
    if status == 401:
        found["headers"] = {"WWW-Authenticate": {"required": True, "schema": _TEXT}}
    if status == 405:
        found["headers"] = {"Allow": {"required": True, "schema": _TEXT}}
    return found


def _problem() -> Schema:
    codes = sorted({code for codes in CODES.values() for code in codes} | {"missing"})
    problem = _record(
        type={"const": "about:blank"},
        title=_TEXT,
        status={"type": "integer"},
        detail=_TEXT,
        code={"type": "string", "enum": codes},
    )
    problem["properties"]["errors"] = {
        "type": "object",
        "description": "By the name of a field, what would be right.",
        "additionalProperties": _TEXT,
    }
    problem["properties"] |= {
        "timezone": {"type": "string", "description": "The zone of the times."},
        "slots": {"description": "Times that are free now, where one was taken.", **_SLOTS},
    }
    return problem
