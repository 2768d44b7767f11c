"""What is built, and what it is built from: the content as it stands, with what people decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from passalong import content
from passalong.access import Signer
from passalong.errors import ContentRefused
from passalong.holders import Holders
from passalong.merging import Decided, merged
from passalong.tokens import PathKeys
from passalong.variants import running

if TYPE_CHECKING:
    from datetime import date

    from passalong.editorial import Editorial
    from passalong.keyring import Key
    from passalong.people import People
    from passalong.program import Program


class Now(NamedTuple):
    """People as they stand at a moment, their addresses and tokens, and what was decided."""

    people: People
    holders: Holders
    decided: Decided


class Assigner(Protocol):
    """Notes variants before anybody sees them, so that they stay."""

    def weigh(self, program: Program) -> None:
        """Notes by which weights people not yet assigned draw, where that is automatic."""

    def assign(self, program: Program, found: Now) -> None:
        """Notes what everybody has who has nothing noted yet."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to build: folders, secrets, the day on which sign-offs must hold.

    ``keys`` sign the pages' tokens, the newest last; ``decided`` tells what the ledger of a program
    knows of people. ``remove`` names people to take away for good who have left the export, or is
    ``"vanished"``. The functions' bundle goes to ``bundle``, if that is given. Pages that people
    are about to see have an ``assigner``, which notes who has which variant of an experiment.
    """

    content: Path
    out: Path
    site: Path
    var: Path
    secret: bytes
    keys: tuple[Key, ...]
    today: date
    remove: frozenset[str] | str = frozenset()
    decided: Callable[[str], Decided] = lambda _program: Decided()
    bundle: Path | None = None
    assigner: Assigner | None = None


class Read(NamedTuple):
    """The content: what the marketer wrote, people as they stand now, their addresses and tokens.

    ``listed`` is everybody of the lists, whatever was decided since; ``decided`` is just that.
    """

    editorial: Editorial
    people: People
    holders: Holders
    listed: People
    decided: Decided


def read(order: Order, known: Editorial | None = None) -> Read:
    """The content, checked; ``known`` is an unchanged editorial part from an earlier build.

    What there is to say of drafted messages depends on who sends them: it is among the people's
    problems.
    """
    from passalong.message_check import message_problems  # noqa: PLC0415 - a build with nothing to do reads no messages

    editorial = known or content.read_editorial(order.content, order.today, order.site)
    people = content.read_people(order.content, editorial, remove=order.remove)
    of_people = {*people.problems, *message_problems(editorial, people)}
    problems = {*editorial.problems, *of_people}
    if any(problem.severity == "error" for problem in problems):
        raise ContentRefused(sorted(problems))
    people = replace(people, problems=tuple(sorted(of_people)))
    if order.assigner and running(editorial.program):
        order.assigner.weigh(editorial.program)
        order.assigner.assign(editorial.program, _now(order, editorial.program, people))
    people_now, holders, decided = _now(order, editorial.program, people)
    return Read(editorial, people_now, holders, people, decided)


def _now(order: Order, program: Program, people: People) -> Now:
    """People as they stand at this moment."""
    decided = order.decided(program.id)
    signer = Signer([key.secret for key in order.keys])
    holders = Holders(PathKeys(order.secret, program.id), signer, decided.revisions)
    return Now(merged(people, decided, holders, running(program)), holders, decided)
