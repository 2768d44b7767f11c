"""``experiments``: what came of each experiment so far, and what may be said of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from passalong import zones
from passalong.commands.desk import desk
from passalong.experiments.results import experiments_of
from passalong.figures.state import state_of
from passalong.report.answers import whole
from passalong.report.model import MILLION
from passalong.variants import running

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from passalong.program import Experiment
    from passalong.report.model import Arm
    from passalong.report.model import Experiment as Shown

_DID = {"acted": "acted", "booked": "brought a meeting", "won": "brought a customer"}


def main(options: argparse.Namespace, root: Path) -> int:
    """Prints each in a sentence, or all as JSON."""
    with desk(options, root, "no experiment was looked at") as opened:
        program, ledger = opened.program, opened.ledger
        today = datetime.now(UTC).astimezone(zones.first(program.timezone)).date()
        found = experiments_of(ledger, program, state_of(ledger).shown, today)
    every = dict(zip(running(program), found, strict=True))
    if options.json:
        said = [{"name": one.name, **_data(shown)} for one, shown in every.items()]
        print(json.dumps({"experiments": said}, default=str))
        return 0
    for one, shown in every.items():
        print("\n".join(lines(one, shown)))
    for one in program.experiments:
        if one.ended:
            print(f"{one.name} ({one.varies}) has ended: everybody gets {one.ended}.")
    if not program.experiments:
        print("There is no experiment: [[experiments]] in program.toml begins one.")
    return 0


def _data(shown: Shown) -> dict[str, Any]:
    """What came of an experiment for programs; rates, weights and the like are shares of one."""
    arms = [
        asdict(arm)
        | {name: whole(getattr(arm, name)) for name in ("rate", "low", "high", "weight")}
        for arm in shown.arms
    ]
    return asdict(shown) | {"arms": arms, "probability": whole(shown.probability)}


def lines(one: Experiment, shown: Shown) -> Iterator[str]:
    """What may be said of an experiment, and its variants below."""
    since = f", since {shown.since}" if shown.since else ""
    yield f"{one.name} ({one.varies}{since}): {_verdict(shown, one.days)}"
    for arm in shown.arms:
        yield f"  {arm.variant}: {_arm(arm, _DID[one.goal])}"


def _verdict(shown: Shown, days: int) -> str:
    if shown.code == "better":
        return f"{shown.winner} is better, with {_sure(shown.probability)}."
    who = f"{shown.minimum} people of each variant have had their {days} days"
    if shown.code == "too-early":
        return f"no winner yet. The first look is when {who}."
    leads = f"{shown.winner} leads, better with {_sure(shown.probability)}"
    leads = leads if shown.winner else "they are level"
    return f"no winner yet; {leads}. The next look is when {who}."


def _arm(arm: Arm, did: str) -> str:
    said = f"{arm.acted} of {arm.assigned} {did}"
    if arm.rate is not None:
        between = f"{_percent(arm.low)} to {_percent(arm.high)}"
        said += f", {_percent(arm.rate)} (with 95 % certainty {between})"
    return f"{said}; {_percent(arm.weight)} of new people"


def _percent(millionths: int) -> str:
    return f"{millionths / MILLION:.1%}".replace(".0%", "%").replace("%", " %")


def _sure(probability: int | None) -> str:
    """A probability, never as if it were certain."""
    percent = min((probability or 0) * 100 // MILLION, 99)
    return f"more than {percent} %" if percent == 99 else f"{percent} %"
