"""Items of the DynamoDB ledger: their keys, expressions, and the parts of a transaction.

Every item's ``pk`` begins with the program. What each kind of item holds:

pk                       sk        what
event#<id>               -         an event; indexed by ``log`` and by ``advocate``, in order
people                   <id>      a person; without ``record``: opened but not ours, or removed
standings                subject   ``revision``, ``revoked``, preferences as ``prefer_<name>``
count#<subject>#<type>   day       a day's count; expires
visitor#<digest>         -         somebody's last visit; expires
host#<id>                day       ``c<number>`` = the meeting that takes that cell; expires
meeting#<referee>        -         the referee's newest meeting
deliveries#open, #done   <id>      a delivery that waits, is held or dead, or is done
cursors                  name      where a consumer stands
tally#<key>              -         a tally: ``version``, ``record``
figures#<table>          day#value a cell of figures: ``+<metric>`` = its number
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from passalong.events import Event
from passalong.ledger.port import Recorded
from passalong.ledger.records import read

if TYPE_CHECKING:
    from passalong.ledger.port import LedgerError

Key = tuple[str, str]
Item = dict[str, Any]
"""An item with plain values: texts and whole numbers."""
Refusal = Callable[[Item], Recorded]
"""What follows from the item that was not as expected ({} if it is missing): answers or raises."""

SINGLE = "-"
"""The sort key of an item that is alone in its partition."""

_NAME = re.compile(r"#(\w+)")


@dataclass(frozen=True, slots=True)
class Part:
    """One write or check of a transaction, and what its refusal means."""

    action: str
    request: dict[str, Any]
    refused: Refusal


def certain(_: Item) -> NoReturn:
    """The refusal of a part that is never refused, or whose refusal nobody asks about."""
    raise AssertionError("a part was refused that cannot be")


def raising(error: LedgerError) -> Refusal:
    """A refusal that is always the same."""

    def refuse(_: Item) -> NoReturn:
        raise error

    return refuse


def put(key: Key, values: Item, when: str = "", refused: Refusal = certain, **given: Any) -> Part:
    """Puts an item, in the place of what is there if that is as in the condition ``when``."""
    request = {"Item": packed({"pk": key[0], "sk": key[1], **values})}
    return Part("Put", request | condition(when, **given), refused)


def update(
    key: Key, expression: str, when: str = "", refused: Refusal = certain, **given: Any
) -> Part:
    """Changes an item in place, made if it is missing."""
    request = {"Key": packed_key(key), "UpdateExpression": expression}
    return Part("Update", request | condition(when, expression, **given), refused)


def add(key: Key, numbers: Mapping[str, int]) -> Part:
    """Adds to numbers of an item, made if it is missing; they may have any name."""
    places = [f"n{place}" for place in range(len(numbers))]
    request = {
        "Key": packed_key(key),
        "UpdateExpression": "ADD " + ", ".join(f"#{place} :{place}" for place in places),
        "ExpressionAttributeNames": {
            f"#{place}": name for place, name in zip(places, numbers, strict=True)
        },
        "ExpressionAttributeValues": {
            f":{place}": _pack(number)
            for place, number in zip(places, numbers.values(), strict=True)
        },
    }
    return Part("Update", request, certain)


def check(key: Key, when: str, refused: Refusal = certain, **given: Any) -> Part:
    """Changes nothing, but holds the whole transaction to a condition."""
    return Part("ConditionCheck", {"Key": packed_key(key)} | condition(when, **given), refused)


def delete(key: Key) -> Part:
    """Drops an item, if it is there."""
    return Part("Delete", {"Key": packed_key(key)}, certain)


def condition(when: str, *expressions: str, **given: Any) -> dict[str, Any]:
    """A request's condition, with every ``#name`` and ``:value`` explained.

    Attributes are written ``#name``, for hundreds of words are reserved; a condition names the
    item's own attributes only.
    """
    request: dict[str, Any] = {}
    if when:
        request["ConditionExpression"] = when
        request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    names = {name: name[1:] for name in _aliases(when, *expressions)}
    if names:
        request["ExpressionAttributeNames"] = names
    if given:
        request["ExpressionAttributeValues"] = {f":{name}": _pack(v) for name, v in given.items()}
    return request


def packed(item: Item) -> dict[str, Any]:
    """An item as DynamoDB takes it; what is None is left out."""
    return {name: _pack(value) for name, value in item.items() if value is not None}


def packed_key(key: Key) -> dict[str, Any]:
    """A key as DynamoDB takes it."""
    return packed({"pk": key[0], "sk": key[1]})


def unpacked(item: Mapping[str, Any]) -> Item:
    """The reverse of ``packed``."""
    return {
        name: int(value["N"]) if "N" in value else value["S"]
        for name, value in item.items()
        if value.keys() & {"N", "S"}
    }


def event_in(image: Mapping[str, Any]) -> Event | None:
    """The event of a new image in the table's stream, or None if the item is something else."""
    item = unpacked(image)
    return read(Event, item["record"]) if "log" in item else None


def _pack(value: str | int) -> dict[str, str]:
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def _aliases(*expressions: str) -> set[str]:
    return {match[0] for text in expressions for match in _NAME.finditer(text)}
