"""Who takes a meeting: the owner if they are a host, else by region and language, else in turn."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from passalong.program import Host, Program


def hosts_for(program: Program, owner: str, region: str, locale: str) -> list[Host]:
    """Who may take a meeting: the owner if they are a host, else by region and language.

    ``owner`` is a host's id or anything else: whoever looks after the account, or the advocate.
    """
    hosts = program.booking.hosts
    own = [host for host in hosts if host.id == owner]
    if own:
        return own
    wanted = region.casefold()
    near = [h for h in hosts if region and wanted in (r.casefold() for r in h.regions)]
    language = locale.partition("-")[0]
    fluent = [h for h in near or hosts if language in h.languages]
    return fluent or near or list(hosts)


def host_of(hosts: Sequence[Host], person: str) -> Host:
    """Whose turn it is for the person with this id: the same host in every build."""
    return hosts[zlib.crc32(person.encode()) % len(hosts)]


def host_for(program: Program, person: str, owner: str, region: str, locale: str) -> Host:
    """The host of the person with this id, as `hosts_for` and `host_of` choose."""
    return host_of(hosts_for(program, owner, region, locale), person)


def language_of(host: Host, program: Program) -> str:
    """The program's own language if the host speaks it, else one of both."""
    spoken = {locale.partition("-")[0]: locale for locale in reversed(program.locales)}
    own = program.locale
    if not host.languages or own.partition("-")[0] in host.languages:
        return own
    return next((spoken[language] for language in host.languages if language in spoken), own)
