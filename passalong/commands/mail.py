"""``mail``: look whether the domain that letters come from is set up so that they arrive."""

from __future__ import annotations

import json
import os
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from passalong import content
from passalong.booking.providers import parents
from passalong.commands.order import need_folder, say
from passalong.errors import Stop
from passalong.mail import carrier, connect_ses
from passalong.maildomain import check
from passalong.maildomain.records import ascii_domain
from passalong.maildomain.way import by_server, by_ses, check_identity

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from passalong.maildomain.records import Finding
    from passalong.maildomain.way import Way
    from passalong.program import Program


def main(options: argparse.Namespace, root: Path) -> int:
    """Says what was found, a line each; 1 if something is to be mended, or could not be seen."""
    from passalong.maildomain.resolver import open_dns  # noqa: PLC0415 - other commands never ask

    program = _program(options.content, root)
    way, findings = _way(os.environ.get("PASSALONG_MAIL", ""), program, options.selector)
    host = ascii_domain(urlsplit(program.base_url).hostname or "")
    replies = [way.sender, *(_domain(host.email) for host in program.booking.hosts if host.email)]
    findings += check(way, host, replies, open_dns(options.dns))
    for finding in findings:
        print(finding.line())
    unfinished = sum(1 for finding in findings if finding.is_open)
    print(_said(way, findings, unfinished))
    if options.json:
        found = [finding.plain() for finding in findings]
        print(json.dumps({"domain": way.sender, "open": unfinished, "findings": found}))
    return 1 if unfinished else 0


def _program(folder: Path, root: Path) -> Program:
    """The program; mistakes of program.toml are said, others are not this command's."""
    need_folder(folder)
    editorial = content.read_editorial(folder, date.today(), root / "site")
    wrong = [
        problem
        for problem in editorial.problems
        if problem.severity == "error" and problem.file == "program.toml"
    ]
    if wrong:
        say(wrong, folder)
        raise Stop("The mail domain stands in program.toml, which has mistakes.")
    return editorial.program


def _way(url: str, program: Program, selectors: Sequence[str]) -> tuple[Way, list[Finding]]:
    """How letters leave, and what SES has to say of that."""
    known = carrier(url) if url else None
    if known is None or known.kind == "folder":
        raise Stop(
            "Letters leave by nothing yet: PASSALONG_MAIL names no mail server. Set it to what "
            "sends them: “source var/aws.env” after a deployment, or smtp://… or ses://…."
        )
    mailbox, sender = program.brand.email, _domain(program.brand.email)
    if known.kind == "server":
        return by_server(known.place, mailbox, sender, selectors), []
    client = connect_ses(known.place, known.endpoint)
    from passalong.maildomain.service import ask_ses  # noqa: PLC0415 - botocore may be missing

    identity = ask_ses(client, parents(sender))
    way = by_ses(known.place, mailbox, sender, selectors, identity)
    return way, [check_identity(identity, way)]


def _domain(email: str) -> str:
    return ascii_domain(email.rpartition("@")[2])


def _said(way: Way, findings: Sequence[Finding], unfinished: int) -> str:
    if not unfinished:
        return f"{way.sender} is set up: letters are known to be yours, and replies arrive."
    unseen = sum(1 for finding in findings if finding.state == "unknown")
    words = [f"{unfinished - unseen} to mend"] if unfinished > unseen else []
    words += [f"{unseen} not known"] if unseen else []
    return f"{way.sender}: {', '.join(words)}. DNS tells changes late, some after a day."
