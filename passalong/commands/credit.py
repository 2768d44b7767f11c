"""``credit``: what waits for a look or is contested, and what a person decides about it."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from passalong import zones
from passalong.attribution.rules import rules_of
from passalong.commands.world import opened
from passalong.conversions.notes import Note, keep, notes
from passalong.errors import Stop
from passalong.figures.deciding import NOBODY, RELEASED, credit_to, decided, matters
from passalong.figures.following import follow
from passalong.figures.state import lookups_of, state_of
from passalong.ledger.port import NotFound

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from passalong.figures.deciding import Matter
    from passalong.world import World

_SHORT: Final = 8
_HOW: Final = "--to ADVOCATE, --nobody or --release"


def main(options: argparse.Namespace, root: Path) -> int:
    """Lists what a person may decide, or takes in what they decided."""
    decides = bool(options.to or options.nobody or options.release)
    if decides and not options.id:
        raise Stop("Say what it is about: the ID, as “build.py credit” lists it.")
    if options.id and not decides:
        raise Stop(f"Say what you decide: {_HOW}.")
    if decides and not (options.note.strip() and options.by.strip()):
        raise Stop("Say why, and who decides: --note WHY --by NAME.")
    if options.days < 1:
        raise Stop("--days is a number of days, from 1 on.")
    wiring = opened(root)
    with closing(wiring.ledger):
        world = wiring.world()
        found = _found(world, options.days)
        if decides:
            return _decide(world, found, options)
        _list(world, [one for one in found if one.is_of_interest], as_json=options.json)
    return 0


def _found(world: World, days: int) -> list[Matter]:
    program = world.known().program
    today = world.clock().astimezone(zones.first(program.timezone)).date()
    first = today - timedelta(days=min(days, today.toordinal()) - 1)
    generation = state_of(world.ledger).shown
    rules = rules_of(program)
    return matters(world.ledger, generation, rules, program.id, first=first, last=today)


# --- What there is to decide --------------------------------------------------------------------


def _list(world: World, found: Sequence[Matter], *, as_json: bool) -> None:
    why = notes(world.ledger, [one.decision.id for one in found if one.decision])
    rows = [_row(world, one, why) for one in found]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    if not rows:
        print("Nothing waits, and nothing is contested.")
        return
    head = ("id", "since", "who", "state", "advocates", "credited", "why", "signals")
    lines = [head, *(_cells(world, row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    print(_line(lines[0], widths))
    for line, row in zip(lines[1:], rows, strict=True):
        print(_line(line, widths))
        if row["note"]:
            print(f"{'':{widths[0]}}  {row['by']}: {row['note']}")
    print(f"To decide: build.py credit ID {_HOW}, with --note WHY --by NAME.")


def _row(world: World, one: Matter, why: Mapping[str, Note]) -> dict[str, Any]:
    """One as programs read it."""
    about, decision = one.opportunity, one.decision
    note = why.get(decision.id) if decision else None
    return {
        "id": about.id,
        "referrals": one.referrals,
        "since": about.start.isoformat(),
        "who": _who(world, one),
        "state": _state(one),
        "advocates": one.advocates,
        "credited": one.credited,
        "reason": about.credit.reason,
        "signals": list(about.signals),
        "decision": decision.data.get("decision", "") if decision else "",
        "by": note.by if note else "",
        "note": note.text if note else "",
    }


def _state(one: Matter) -> str:
    if one.waits:
        return "waits"
    return "decided" if one.decision else "contested"


def _who(world: World, one: Matter) -> str:
    """The company, or a person's first name, of whoever is still there."""
    for referee in one.referees:
        try:
            person = world.ledger.person(referee)
            name, company = person.name, person.company
        except NotFound:
            listed = world.known().referee(referee)
            if listed is None:
                continue
            name, company = listed.name, listed.company
        if company or name:
            return company or name.split()[0]
    return ""


def _cells(world: World, row: Mapping[str, Any]) -> tuple[str, ...]:
    reason = world.known().locale("en").text(f"report.credit.{row['reason']}")
    return (
        *(row["id"][:_SHORT], row["since"][:10], row["who"] or "-", row["state"]),
        ", ".join(_named(world, one) for one in row["advocates"]) or "-",
        ", ".join(row["credited"]) or "-",
        *(reason, ", ".join(row["signals"])),
    )


def _named(world: World, advocate: str) -> str:
    found = world.known().advocate(advocate)
    return f"{found.name} ({advocate})" if found else advocate


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(c.ljust(width) for c, width in zip(cells, widths, strict=True)).rstrip()


# --- What is decided ----------------------------------------------------------------------------


def _decide(world: World, found: Sequence[Matter], options: argparse.Namespace) -> int:
    one = _one(found, options.id.strip(), options.days)
    known = world.known()
    decision = RELEASED if options.release else NOBODY
    if options.to:
        if options.to not in one.advocates and known.advocate(options.to) is None:
            raise Stop(f"No advocate has the id {options.to}: “build.py links --csv” lists them.")
        decision = credit_to(options.to)
    if options.release and not one.waits and not one.decision:
        raise Stop(f"Nothing holds {options.id} back: the program’s rule decides already.")
    note = Note(options.by.strip(), options.note.strip())
    if one.decision and one.decision.data.get("decision") == decision:
        keep(world.ledger, one.decision.id, note, one.referees)
        print("It was decided so before; nothing changed.")
        return 0
    event = decided(one, decision, known.program.id, world.clock())
    world.ledger.file(event)
    keep(world.ledger, event.id, note, one.referees)
    follow(world.ledger, [event], lookups_of(known), rules_of(known.program))
    print(f"Decided: {_said(world, options)}. The figures have it.")
    return 0


def _said(world: World, options: argparse.Namespace) -> str:
    if options.to:
        return f"{_named(world, options.to)} is credited"
    return "the program’s rule decides" if options.release else "nobody is credited"


def _one(found: Sequence[Matter], wanted: str, days: int) -> Matter:
    """The one whose id begins so, or that is of this referral. Raises Stop."""
    own = [one for one in found if wanted and one.opportunity.id.startswith(wanted)]
    own = own or [one for one in found if wanted in one.referrals]
    if len(own) == 1:
        return own[0]
    if own:
        ids = ", ".join(one.opportunity.id for one in own)
        raise Stop(f"{wanted} may be several: {ids}.")
    raise Stop(
        f"Nothing of the last {days} days goes by {wanted}: “build.py credit” lists the ids,"
        " and --days N looks further back."
    )
