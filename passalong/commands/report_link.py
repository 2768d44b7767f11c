"""Links that open the report, one for each marketer: to make, to take away, to replace."""

from __future__ import annotations

import secrets
import shlex
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from passalong.commands.desk import desk
from passalong.errors import Stop
from passalong.events import REVOKED, Event
from passalong.readers import DAYS, KIND, subject_of, token_for

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from passalong.holders import Holders
    from passalong.ledger.port import Ledger

BEFORE: Final = f"{KIND}:"
"""Begins what “revoke” calls a link; the name of whoever has it follows."""
_LONGEST: Final = 3650


def page_of(address: str, opens: str) -> str:
    """The address of the report for whoever has the token, which no server is told."""
    return f"{address}/report/#{opens}"


def token(ledger: Ledger, holders: Holders, name: str, now: datetime, days: int = DAYS) -> str:
    """What somebody's link opens the report with. Raises Stop where it was taken away."""
    if not name.split():
        raise Stop('Say whose link it is: --link "Anna Berg".')
    if not 0 < days <= _LONGEST:
        raise Stop(f"--days is from 1 to {_LONGEST}.")
    subject = subject_of(holders.keys, name)
    standing = ledger.standing([subject])[subject]
    if standing.revoked:
        raise Stop(f"The link of {name} was revoked. A new one: {command(name)} --renew")
    return token_for(holders.signer, subject, standing.revision, now + timedelta(days=days))


def said(name: str, url: str, now: datetime, days: int) -> str:
    """A link to read, with how long it is good and how it is taken away."""
    until = (now + timedelta(days=days)).date()
    return f"""{url}
Opens the report for {name} until {until}; whoever has the link can read it. To take it away:
  {command(name)}"""


def command(name: str) -> str:
    """The command line that takes somebody's link away."""
    return f"python build.py revoke {shlex.quote(BEFORE + name)}"


def revoke(options: argparse.Namespace, root: Path) -> int:
    """Takes away or replaces the link that the options name."""
    name = options.id.removeprefix(BEFORE)
    if not name.split():
        raise Stop("Say whose link: report:NAME, with the name that it was made for.")
    with desk(options, root, "nothing was revoked") as opened:
        ledger, program, subject = opened.ledger, opened.program, subject_of(opened.keys, name)
        standing = ledger.standing([subject])[subject]
        now = datetime.now(UTC)
        event = Event(
            id=secrets.token_hex(16),
            program=program.id,
            type=REVOKED,
            at=now,
            evidence="command",
            data={"subject": subject, "revision": str(standing.revision)},
        )
        if options.renew:
            ledger.renew(event, subject)
            url = page_of(program.base_url, token(ledger, opened.holders, name, now))
            print(f"The old links of {name} open nothing any more. The new one:")
            print(said(name, url, now, DAYS))
            return 0
        if not standing.revoked:
            ledger.revoke(event, subject)
    already = "was revoked before" if standing.revoked else "is revoked"
    print(f"The link of {name} {already}: it opens no report.")
    return 0
