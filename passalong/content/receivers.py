"""``[[events_out]]`` of ``program.toml``: who is told what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from passalong.content.forms import is_slug, url_fault
from passalong.content.problems import did_you_mean
from passalong.program import Receiver
from passalong.receivers import STAGES, TOLD, is_loopback

if TYPE_CHECKING:
    from passalong.content.schema import Table


def read_receivers(program: Table) -> tuple[Receiver, ...]:
    """The receivers, each with a name of its own."""
    receivers: list[Receiver] = []
    for number, table in enumerate(program.tables("events_out")):
        receiver = _receiver(table)
        if receiver.name in {other.name for other in receivers}:
            inner = program.inner({}, "events_out", number)
            inner.error("name", f"is “{receiver.name}”, which is another receiver's already.")
        receivers.append(receiver)
    return tuple(receivers)


def _receiver(table: Table) -> Receiver:
    kind = table.choice("kind", ("webhook", "slack"), "webhook")
    receiver = Receiver(
        name=table.checked("name", is_slug, "small letters, digits and hyphens", required=True),
        kind=cast("Literal['webhook', 'slack']", kind),
        url=_url(table, required=kind == "webhook"),
        types=_types(table),
        people=table.flag("people"),
        private=table.flag("private"),
    )
    table.finish()
    return receiver


def _url(table: Table, *, required: bool) -> str:
    value = table.text("url", required=required)
    fault = url_fault(value) if value else ""
    if fault and not is_loopback(value):
        table.error("url", f"{fault}.")
        return ""
    return value


def _types(table: Table) -> tuple[str, ...]:
    types = table.texts("types")
    for name in types:
        if name not in TOLD:
            hint = did_you_mean(name, TOLD) or f"These can be told: {', '.join(TOLD)}."
            table.error("types", f"names “{name}”, which is no event that can be told.", hint)
    return tuple(dict.fromkeys(types)) or STAGES
