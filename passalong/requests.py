"""A request's body, read and judged: JSON or an HTML form, with the fields of an endpoint."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from passalong.errors import PassalongError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from passalong.endpoints import Endpoint, Field

LARGEST = 64 * 1024
"""Bytes of a body: the longest honest one, all of it emoji in a form, has a little less."""

_PLANES = range(0, 17 << 16, 1 << 16)
_UNUSABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are not white space
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef"  # no characters, or nobody's but ours
    + "".join(chr(plane + end) for plane in _PLANES for end in (0xFFFE, 0xFFFF))
    + "]"
)
"""What no page may carry; the content folder drops the same."""
_CODE = re.compile(r"[A-Za-z0-9_-]+")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_TIME = re.compile(
    r"2\d{3}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)
_FLAGS = {"1": "1", "true": "1", "on": "1", "yes": "1", "0": "", "false": "", "off": "", "no": ""}
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\]{1,253}")


class BadRequest(PassalongError):
    """The body cannot be read at all; ``status`` is 400, 413 or 415."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class BadFields(PassalongError):
    """Some fields are not as they should be; ``faults`` says for each what would be right.

    ``words`` names the words of ``answer.problem`` that say it to people, where these are not those
    of the field's own name.
    """

    def __init__(self, faults: Mapping[str, str], words: Mapping[str, str] | None = None) -> None:
        super().__init__("; ".join(f"{name}: {fault}" for name, fault in faults.items()))
        self.faults = dict(faults)
        self.words = dict(words or {})


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a request, cleaned; an absent one is empty. ``form`` says a page was sent.

    ``faults`` says of each field that is not as it should be what would be right; what was typed
    there is among the values all the same, to be shown again.
    """

    values: dict[str, str]
    form: bool
    times: dict[str, datetime] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


def read_fields(endpoint: Endpoint, body: bytes, content_type: str) -> Fields:
    """The fields of ``endpoint`` in a body, with what is wrong in them. Raises BadRequest."""
    if len(body) > LARGEST:
        raise BadRequest(f"The body is over {LARGEST} bytes.", 413)
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        given = _gathered(endpoint, _json(body))
    elif kind == "application/x-www-form-urlencoded":
        given = _gathered(endpoint, _form(body))
    else:
        raise BadRequest(
            "Send application/json, or a form as application/x-www-form-urlencoded.", 415
        )
    values, times, faults = {}, {}, {}
    for wanted in endpoint.fields:
        try:
            values[wanted.name] = _value(wanted, given.get(wanted.name))
            if wanted.kind == "time" and values[wanted.name]:
                times[wanted.name] = datetime.fromisoformat(values[wanted.name])
        except ValueError as fault:
            faults[wanted.name] = str(fault)
            values[wanted.name] = _typed(wanted, given.get(wanted.name))
    return Fields(values, kind != "application/json", times, faults)


def _typed(wanted: Field, given: object) -> str:
    """What was given in a field that has a fault, fit to be shown."""
    text = _clean(given, lines=wanted.kind == "lines") if isinstance(given, str) else ""
    return text[: wanted.longest]


def _gathered(endpoint: Endpoint, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The fields by name. One that is there twice could be read in two ways: it is refused."""
    names = [name for name, _ in pairs]
    for wanted in endpoint.fields:
        if names.count(wanted.name) > 1:
            raise BadRequest(f"The field {wanted.name} is there more than once.")
    return dict(pairs)


def _json(body: bytes) -> tuple[tuple[str, Any], ...]:
    try:
        given = json.loads(body.decode("utf-8"), object_pairs_hook=tuple)
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body is not JSON in UTF-8.") from error
    if not isinstance(given, tuple):
        raise BadRequest("The body must be a JSON object.")
    return given


def _form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=40
        )
    except ValueError as error:
        raise BadRequest("The body is not a form of 40 fields at most, in UTF-8.") from error


def _value(wanted: Field, given: object) -> str:
    """The cleaned value of one field. Raises ValueError with what would be right."""
    if given is None:
        text = ""
    elif wanted.kind == "flag":
        text = _flag(given)
    elif isinstance(given, str):
        text = _clean(given, lines=wanted.kind == "lines")
    else:
        raise ValueError("must be text")
    if wanted.required and not text:
        raise ValueError("is missing")
    if len(text) > wanted.longest:
        raise ValueError(f"may have {wanted.longest} characters at most")
    if text:
        _judge(wanted, text)
    return text


def _flag(given: object) -> str:
    if isinstance(given, bool):
        return "1" if given else ""
    if isinstance(given, str) and given.strip().lower() in {"", *_FLAGS}:
        return _FLAGS.get(given.strip().lower(), "")
    raise ValueError("must be true or false")


def _clean(text: str, *, lines: bool) -> str:
    text = _UNUSABLE.sub("", text)
    if lines:
        rows = (" ".join(row.split()) for row in text.splitlines())
        return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip()
    return " ".join(text.split())


def _judge(wanted: Field, text: str) -> None:
    match wanted.kind:
        case "code" if not _CODE.fullmatch(text):
            raise ValueError("may have letters, digits, - and _ only")
        case "locale" if not _LOCALE.fullmatch(text):
            raise ValueError("must be a language such as en or pt-BR")
        case "email" if not _EMAIL.fullmatch(text):
            raise ValueError("must be an address such as maria@example.com")
        case "choice" if text not in wanted.choices:
            raise ValueError(f"must be one of {', '.join(wanted.choices)}")
        case "time":
            _judge_time(text)


def _judge_time(text: str) -> None:
    """RFC 3339, section 5.6, in this millennium: what is further off could not be reckoned with."""
    try:
        found = _TIME.fullmatch(text) and datetime.fromisoformat(text)
    except ValueError:
        found = None
    if not found:
        raise ValueError("must be a time with its offset, such as 2026-11-24T10:00:00+01:00")
