"""Who may read the report: whoever has a signed link, each of which can be taken away.

A link is made for a name, and holds a *code* of it in place of the name, as no address of ours says
who somebody is. What is decided about a link stands in the ledger under ``report:<code>``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from passalong.access import Refused

if TYPE_CHECKING:
    from datetime import datetime

    from passalong.access import Kind, Signer
    from passalong.ledger.port import Ledger
    from passalong.tokens import PathKeys

KIND: Final = "report"
DAYS: Final = 365
"""So long a link opens the report where nobody says otherwise."""
_KINDS: Final[tuple[Kind, ...]] = ("report",)


def subject_of(keys: PathKeys, name: str) -> str:
    """What the ledger knows somebody's link by, in whichever case and spacing the name is typed."""
    return f"{KIND}:{keys.key(KIND, ' '.join(name.casefold().split()))}"


def token_for(signer: Signer, subject: str, revision: int, expires: datetime) -> str:
    """What somebody's link opens the report with."""
    return signer.sign(KIND, subject.partition(":")[2], revision, expires)


def admit(signer: Signer, ledger: Ledger, token: str, now: datetime) -> None:
    """Lets a token's holder in. Raises Refused where it is none, old or taken away: all alike."""
    _, code, revision = signer.verify(token, _KINDS, now)
    subject = f"{KIND}:{code}"
    standing = ledger.standing([subject])[subject]
    if standing.revoked or standing.revision != revision:
        raise Refused("this link opens no report, or no longer")
