"""What commands about people work on: the lists as they are now, and the ledger.

They do not wait for content without mistakes: whoever they are about wants it done now.
"""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from passalong import content
from passalong.access import Signer
from passalong.commands.order import need_folder, say
from passalong.conversions.told import Keys
from passalong.errors import ContentRefused, Stop
from passalong.holders import Holders
from passalong.keyring import signing_keys
from passalong.ledger import ledger_address, open_ledger
from passalong.merging import decided
from passalong.tokens import PathKeys, digests_key, path_secret

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from passalong.editorial import Editorial
    from passalong.exports.person import Record
    from passalong.ledger.port import Ledger
    from passalong.people import People
    from passalong.program import Program


@dataclass(frozen=True, slots=True)
class Desk:
    """The lists, the ledger and the keys of a program; ``var`` is the local folder."""

    editorial: Editorial
    people: People
    ledger: Ledger
    secret: bytes
    var: Path

    @property
    def program(self) -> Program:
        """The program."""
        return self.editorial.program

    @property
    def keys(self) -> PathKeys:
        """What addresses are made of."""
        return PathKeys(self.secret, self.program.id)

    @property
    def holders(self) -> Holders:
        """Whose page is where, as of what was decided since."""
        signer = Signer([key.secret for key in signing_keys(self.var, os.environ)])
        return Holders(self.keys, signer, decided(self.ledger).revisions)

    def digests(self, found: Sequence[Record]) -> tuple[str, ...]:
        """What the ledger knows somebody's mailboxes by."""
        return Keys(digests_key(self.secret)).mailboxes(one.row.email for one in found)


@contextmanager
def desk(options: argparse.Namespace, root: Path, otherwise: str) -> Iterator[Desk]:
    """Opens everything. Raises Stop, which ends with ``otherwise``: what was not done."""
    need_folder(options.content)
    var = Path(os.environ.get("PASSALONG_VAR") or root / "var")
    try:
        editorial = content.read_editorial(options.content, date.today(), root / "site")
    except ContentRefused as refused:
        say(refused.problems, options.content)
        raise Stop(f"{refused}; {otherwise}.") from refused
    people = content.read_people(options.content, editorial)
    program = editorial.program
    if not program.id:
        raise Stop(f"{options.content / 'program.toml'} has no id: it names the ledger’s program.")
    secret = path_secret(var, os.environ)
    with closing(open_ledger(ledger_address(var, os.environ), program=program.id)) as ledger:
        yield Desk(editorial, people, ledger, secret, var)
