"""``revoke``: take away the page, the share link and the tokens of an advocate or a referee, or
somebody's link to the report.

It does not wait for content without mistakes: whoever it is for wants to be gone now.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from passalong.commands import report_link
from passalong.commands.desk import desk
from passalong.commands.order import naming
from passalong.content.problems import did_you_mean
from passalong.errors import Stop
from passalong.events import REVOKED, Event
from passalong.folder import Folder
from passalong.holders import pages_at
from passalong.sharing import share_link

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from passalong.ledger.port import Ledger
    from passalong.people import People
    from passalong.program import Program
    from passalong.tokens import PathKeys


class Subject(NamedTuple):
    """Whose page it is; ``advocate`` is whose introduction a referee is, ``vanity`` a chosen code.

    ``has_page`` is False for somebody whom we only have in mind.
    """

    kind: str
    id: str
    name: str
    advocate: str
    vanity: str = ""
    has_page: bool = True

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def main(options: argparse.Namespace, root: Path) -> int:
    """Revokes or renews whoever the options name, and says what is left to do."""
    if options.id.startswith(report_link.BEFORE):
        return report_link.revoke(options, root)
    with desk(options, root, "nobody was revoked") as opened:
        program, ledger, keys = opened.program, opened.ledger, opened.keys
        subject = find(options.id, opened.people, ledger)
        before = ledger.standing([str(subject)])[str(subject)]
        if options.renew or not before.revoked:
            _decide(ledger, program, subject, before.revision, renew=options.renew)
    paths = pages_at(keys, str(subject), before.revision, subject.vanity, renewed=options.renew)
    gone = list(_taken_out(options.out, paths))
    if options.renew:
        print(f"{subject.name} ({subject.kind} {subject.id}) has new addresses; the old ones go.")
        print(
            "\n".join(f"  {url}" for url in addresses(program, subject, keys, before.revision + 1))
        )
    else:
        already = "was revoked before" if before.revoked else "is revoked"
        print(f"{subject.name} ({subject.kind} {subject.id}) {already}: no page, link or token.")
    print(_next(options, gone))
    return 0


def find(given: str, people: People, ledger: Ledger) -> Subject:
    """Whoever has this id, in the lists or the ledger; ``advocate:<id>`` says which of two.

    Raises Stop where that is nobody, or two.
    """
    kind, _, rest = given.partition(":")
    wanted = {given} if kind not in ("advocate", "referee") else {given, rest}
    found = [
        subject
        for subject in everybody(people, ledger)
        if subject.id in wanted and (subject.id == given or subject.kind == kind)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise Stop(
            f"{given} is an advocate and a referee: say advocate:{given} or referee:{given}."
        )
    hint = did_you_mean(rest or given, [subject.id for subject in everybody(people, ledger)])
    lists = "“python build.py links --csv” lists advocates with their ids."
    raise Stop(" ".join(filter(None, (f"Nobody has the id {given}.", hint, lists))))


def everybody(people: People, ledger: Ledger) -> Iterator[Subject]:
    """Everybody there is, each once: the lists, then those whom only the ledger knows."""
    for advocate in people.advocates:
        yield Subject("advocate", advocate.id, advocate.name, advocate.id, advocate.share_code)
    for referee in people.referees:
        shown = referee.status == "confirmed"
        yield Subject("referee", referee.id, referee.name, referee.advocate, has_page=shown)
    listed = {referee.id for referee in people.referees}
    for person in ledger.people():
        if person.id not in listed:
            yield Subject("referee", person.id, person.name, person.advocate)


def _decide(
    ledger: Ledger, program: Program, subject: Subject, revision: int, *, renew: bool
) -> None:
    event = Event(
        id=secrets.token_hex(16),
        program=program.id,
        type=REVOKED,
        at=datetime.now(UTC),
        advocate=subject.advocate,
        referee=subject.id if subject.kind == "referee" else "",
        evidence="command",
        data={"subject": str(subject), "revision": str(revision)},
    )
    if renew:
        ledger.renew(event, str(subject))
    else:
        ledger.revoke(event, str(subject))


def addresses(program: Program, subject: Subject, keys: PathKeys, revision: int) -> list[str]:
    """The new addresses of somebody who was renewed."""
    key = keys.key(subject.kind, subject.id, revision)
    if subject.kind == "referee":
        return [f"{program.base_url}/p/{key}/"] if subject.has_page else []
    code = keys.code(subject.id, revision, subject.vanity)
    shared = share_link(program.base_url, code, "copy-link")
    return [f"{program.base_url}/a/{key}/", shared + " (as you chose it)" * bool(subject.vanity)]


def _taken_out(out: Path, paths: list[str]) -> Iterator[str]:
    """The pages of ``paths`` that the site held and holds no more."""
    for path in paths:
        if (out / path).is_file():
            Folder(out).remove(path)
            yield path


def _next(options: argparse.Namespace, gone: list[str]) -> str:
    taken = "".join(
        f"Taken out of {options.out}: /{path.removesuffix('index.html')}\n" for path in gone
    )
    wanted = "The new pages come" if options.renew else "Other pages stop speaking of them"
    return f"""{taken}{wanted} with the next build; then publish it:
  python build.py build{naming(options.content)}"""
