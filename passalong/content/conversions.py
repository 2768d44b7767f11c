"""``[conversions]`` of ``program.toml``: what other systems' words for stages mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.events import CONVERSIONS
from passalong.program import IGNORED, Conversions

if TYPE_CHECKING:
    from passalong.content.schema import Table


def read_conversions(program: Table) -> Conversions:
    """The settings, defaults in place."""
    table = program.table("conversions")
    hubspot, salesforce = table.table("hubspot"), table.table("salesforce")
    plain = Conversions()
    settings = Conversions(
        stages={
            "": _stages(table),
            "hubspot": _stages(hubspot),
            "salesforce": _stages(salesforce),
        },
        hubspot_property=hubspot.text("property", plain.hubspot_property),
        salesforce_fields=_fields(salesforce.table("fields"), plain),
    )
    for done in (hubspot, salesforce, table):
        done.finish()
    return settings


def _stages(table: Table) -> dict[str, str]:
    """From somebody's word to ours; a word that says nothing to us is there, too."""
    words = table.table("stages")
    known = (*CONVERSIONS, IGNORED)
    return {word: words.choice(word, known, required=True) or IGNORED for word in words.data}


def _fields(table: Table, plain: Conversions) -> dict[str, str]:
    """Under which names a record of Salesforce says what."""
    found = {name: table.text(name, default) for name, default in plain.salesforce_fields.items()}
    table.finish()
    return found
