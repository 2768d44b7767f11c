"""``inbox``: what other systems told that nobody could file by rule, and what to do with it."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from passalong.commands.world import opened
from passalong.conversions.inbox import REASONS, dismissed, held
from passalong.conversions.resolving import again
from passalong.conversions.told import HUBSPOT, SALESFORCE, data_of, told_in
from passalong.conversions.whom import look
from passalong.errors import Stop
from passalong.locales import Locale
from passalong.relay.deliver import Deliverer
from passalong.relay.run import deliver_due

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from passalong.ledger.port import Delivery
    from passalong.wiring import Wiring
    from passalong.world import World

_SHORT = 8
_WHOSE = "python build.py inbox --resolve {id} --referral R (or --advocate A)"
_LATER = "then: python build.py inbox --retry"
MENDS: Final = {
    "unknown-stage": "python build.py inbox --resolve {id} --stage won (or another one of ours);"
    " for all to come, name it in [conversions.{source}stages] of program.toml",
    "unmatched": _WHOSE,
    "ambiguous": _WHOSE,
    "no-rate": f"add its rate to [[rates]] in program.toml, {_LATER}",
    "no-token": f"add hubspot-token=… to the secrets (PASSALONG_HOOKS), {_LATER}",
    "deal-gone": "python build.py inbox --dismiss {id}",
    "bad-amount": f"put it right in HubSpot, {_LATER}",
}
"""By the reason why something waits what mends it."""


def main(options: argparse.Namespace, root: Path) -> int:
    """Lists what waits, or does what the options say with one of them, or tries all again."""
    decides = options.referral or options.advocate or options.stage
    if decides and not options.resolve:
        raise Stop("Say which: --resolve ID, as “build.py inbox” lists it.")
    if options.resolve and not decides:
        raise Stop("Say whose it is, or what: --referral R, --advocate A or --stage won.")
    wiring = opened(root)
    with closing(wiring.ledger) as ledger:
        waiting = held(ledger)
        if options.resolve:
            return _resolve(wiring, _one(waiting, options.resolve), options)
        if options.dismiss:
            one = _one(waiting, options.dismiss)
            ledger.settle(dismissed(one))
            print(f"Dismissed: {_about(one)}.")
            return 0
        if options.retry:
            return _retry(wiring, waiting)
        _list(wiring.world(), waiting, as_json=options.json)
    return 0


def _list(world: World, waiting: Sequence[Delivery], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([_row(one) for one in waiting], ensure_ascii=False))
        return
    if not waiting:
        print("Nothing waits.")
        return
    locale = world.known().locale("en")
    head: tuple[str, ...] = ("id", "source", "stage", "when", "company", "amount", "why")
    rows = [head, *(_cells(one, locale) for one in waiting)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for row, one in zip(rows, [None, *waiting], strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())
        if one:
            print(f"{' ' * widths[0]}  {_mend(one)}")
    print(
        "What you want nothing of, now or when it is told again: python build.py inbox --dismiss ID"
    )


def _mend(one: Delivery) -> str:
    """What somebody has to do so that it is filed."""
    source = told_in(one.data).source
    named = {
        "id": one.event[:_SHORT],
        "source": f"{source}." if source in (HUBSPOT, SALESFORCE) else "",
    }
    return MENDS.get(one.error, _WHOSE).format(**named)


def _row(one: Delivery) -> dict[str, Any]:
    """One as programs read it."""
    told = told_in(one.data)
    amount = told.amount and {"value": told.amount.minor, "currency": told.amount.currency}
    return {
        "id": one.event[:_SHORT],
        "source": told.source,
        "stage": told.decided or told.stage,
        "at": told.at.isoformat(),
        "company": told.company,
        "external_id": told.external,
        "amount": amount or None,
        "reason": one.error,
    }


def _cells(one: Delivery, locale: Locale) -> tuple[str, ...]:
    told = told_in(one.data)
    amount = locale.money(told.amount.minor, told.amount.currency) if told.amount else ""
    company = told.company or (f"deal {told.external}" if told.external else "")
    stage = told.decided or told.stage
    why = REASONS.get(one.error, one.error)
    source = locale.text_or(f"report.source.{told.source}", told.source)
    return one.event[:_SHORT], source, stage, f"{told.at:%Y-%m-%d}", company, amount, why


def _one(waiting: Sequence[Delivery], wanted: str) -> Delivery:
    """The one whose id begins so. Raises Stop."""
    found = [one for one in waiting if one.event.startswith(wanted.strip().lower() or "-")]
    if len(found) == 1:
        return found[0]
    how_many = "Several begin with" if found else "Nothing waits under"
    raise Stop(f"{how_many} {wanted}: “build.py inbox” lists the ids.")


def _about(one: Delivery) -> str:
    told = told_in(one.data)
    said = (told.decided or told.stage, told.company or told.external, f"{told.at:%Y-%m-%d}")
    return ", ".join(filter(None, said))


def _resolve(wiring: Wiring, one: Delivery, options: argparse.Namespace) -> int:
    world, told = wiring.world(), told_in(one.data)
    if options.referral and not look(world, [f"referral:{options.referral}"]):
        raise Stop(f"Nobody is known as {options.referral}: name a referral’s id, or a referee’s.")
    if options.advocate and world.known().advocate(options.advocate) is None:
        raise Stop(f"No advocate has the id {options.advocate}: “build.py links --csv” lists them.")
    told = replace(
        told,
        referral=options.referral or ("" if options.advocate else told.referral),
        advocate=options.advocate or told.advocate,
        decided=options.stage or told.decided,
    )
    wiring.ledger.settle(again(replace(one, data=data_of(told)), world.clock()))
    _try(wiring, {one.event})
    left = [other for other in held(wiring.ledger) if other.id == one.id]
    if left:
        print(f"It waits still: {REASONS.get(left[0].error, left[0].error)}.")
        print(f"  {_mend(left[0])}")
        return 1
    print(f"Filed: {_about(replace(one, data=data_of(told)))}.")
    return 0


def _retry(wiring: Wiring, waiting: Sequence[Delivery]) -> int:
    for one in waiting:
        wiring.ledger.settle(again(one, wiring.world().clock()))
    filed = _try(wiring, {one.event for one in waiting}) if waiting else 0
    print(f"{len(waiting)} tried again: {filed} filed, {len(held(wiring.ledger))} wait.")
    return 0


def _try(wiring: Wiring, events: set[str]) -> int:
    world = wiring.world()
    return deliver_due(wiring.ledger, Deliverer(world, wiring.mailer), world.clock, only=events)
