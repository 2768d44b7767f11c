"""Whether a mail domain is set up so that letters arrive: records in, findings out.

`check` asks DNS through a function that it is given; `passalong.maildomain.resolver` is the one
that asks real servers, and `passalong.maildomain.service` asks SES what it knows.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from passalong.maildomain.dkim import check_dkim
from passalong.maildomain.dmarc import check_alignment, check_dmarc, check_links
from passalong.maildomain.mx import check_replies, check_returns
from passalong.maildomain.records import Finding, NotAnswered
from passalong.maildomain.spf import check_spf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from passalong.maildomain.records import Ask
    from passalong.maildomain.way import Way


def check(way: Way, host: str, replies: Iterable[str], ask: Ask) -> list[Finding]:
    """Everything about letters that leave by ``way`` and whose links lead to ``host``.

    ``replies`` are the domains that answers go to. What DNS did not tell is a finding, too.
    """

    def guarded(what: str, name: str, look: Callable[[], Finding | None]) -> list[Finding]:
        try:
            found = look()
        except NotAnswered as error:
            return [Finding(what, name, "unknown", str(error))]
        return [found] if found else []

    findings = guarded("SPF", way.envelope, partial(check_spf, way, ask))
    if way.carrier == "ses":
        findings += guarded("returns", way.envelope, partial(check_returns, way, ask))
    findings += check_dkim(way, ask)
    findings += guarded("DMARC", way.sender, partial(check_dmarc, way, ask))
    findings += guarded("alignment", way.sender, partial(check_alignment, way, ask))
    for domain in dict.fromkeys(replies):
        findings += guarded("replies", domain, partial(check_replies, domain, ask))
    return findings + guarded("links", host, partial(check_links, host, way, ask))
