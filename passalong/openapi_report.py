"""The part of the OpenAPI document that is about the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

Schema = dict[str, Any]

_REFUSED: Final = (400, 404, 405, 413, 415, 422, 429, 503)
_ABOUT: Final = (
    "Takes the token of a link to the report, as a field or as `Authorization: Bearer`; there also "
    "the report's key. A form is answered with the page. `figures` has a number for each stage and "
    "key figure, money as whole minor units with its currency, null where there is none; `rows` "
    "are those of the figure that `rows` opens, else of the breakdown `by`, else steps of time. "
    "With `csv` a table is handed out, and who has `seen` this version is answered 204."
)
_TEXT: Final[Schema] = {"type": "string"}
_DAY: Final[Schema] = {"type": "string", "format": "date"}
_ROWS: Final[Schema] = {
    "type": "array",
    "items": {"type": "object", "properties": {"value": _TEXT}, "required": ["value"]},
}
_MONEY: Final[Schema] = {
    "type": "object",
    "properties": {"value": {"type": "integer"}, "currency": _TEXT},
    "required": ["value", "currency"],
}
_FIGURE: Final[Schema] = {"anyOf": [{"type": ["number", "null"]}, _MONEY]}
_FIGURES: Final[Schema] = {
    "type": "object",
    "properties": {
        "rates": {"type": "object", "additionalProperties": {"type": ["number", "null"]}},
        "influenced": {"type": "object", "additionalProperties": _FIGURE},
    },
    "required": ["rates", "influenced"],
    "additionalProperties": _FIGURE,
}


def path(refusal: Callable[[int], Schema], body: Schema) -> Schema:
    """The path; ``refusal`` describes a status, ``body`` has the fields."""
    content = {"application/json": {"schema": body}}
    content["application/x-www-form-urlencoded"] = content["application/json"]
    return {
        "post": {
            "operationId": "report",
            "summary": "What the program brought, in a period.",
            "description": _ABOUT,
            "requestBody": {"content": content},
            "responses": {
                "200": {
                    "description": "The report, or the table that was asked for.",
                    "content": {
                        "application/json": {"schema": _report()},
                        "text/html": {"schema": _TEXT},
                        "text/csv": {"schema": _TEXT},
                    },
                },
                "204": {"description": "Nothing is new."},
                **{str(status): refusal(status) for status in _REFUSED},
            },
        }
    }


def _report() -> Schema:
    properties: Schema = {
        "from": _DAY,
        "to": _DAY,
        "by": _TEXT,
        "only": _TEXT,
        "version": _TEXT,
        "counted_to": {"type": "string", "format": "date-time"},
        "figures": _FIGURES,
        "rows": _ROWS,
        "tables": {"type": "object", "additionalProperties": _ROWS},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}
