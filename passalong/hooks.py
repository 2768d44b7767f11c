"""The secrets that other systems and we share: who may tell us something, and what we sign with.

A text with a line for each, ``name=value``; a name that has several lines has several secrets, all
of them good, so that one is changed without a gap. Blank lines and those with ``#`` say nothing.

    conversions=whsec_…      what signs deliveries to /api/hooks/conversions (Standard Webhooks)
    hubspot=…                the client secret of the HubSpot app that sends its events
    hubspot-token=…          the token of a private app, which the relay reads deals with
    salesforce=…             what Salesforce says in the header X-Passalong-Secret
    out.crm=whsec_…          what we sign deliveries to the endpoint "crm" with
"""

from __future__ import annotations

import base64
import re
import secrets
from typing import TYPE_CHECKING, Final

from passalong import parameters, secret_file
from passalong.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VARIABLE: Final = "PASSALONG_HOOKS"
FILE: Final = "hooks"
CONVERSIONS: Final = "conversions"
PREFIX: Final = "whsec_"
_LINE: Final = re.compile(r"([a-z0-9]+(?:[.-][a-z0-9-]+)*)\s*=\s*(\S+)")
_SHORTEST: Final = 16
"""Characters of a secret: less can be guessed."""


class Hooks:
    """The secrets by name; printing shows none of them."""

    def __init__(self, named: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._named = dict(named or {})

    def of(self, name: str) -> tuple[str, ...]:
        """The secrets of a name, the first written first; none where it has none."""
        return self._named.get(name, ())

    def __repr__(self) -> str:
        return f"Hooks({', '.join(sorted(self._named))})"


def hooks(var: Path, environ: Mapping[str, str]) -> Hooks:
    """The secrets of ``PASSALONG_HOOKS``: a file, or ``ssm:/name`` for a parameter on AWS.

    Without it they are in ``var/hooks``, which the first run makes for its owner's eyes only, with
    a secret for conversions. Raises Stop, which never quotes a secret.
    """
    given = environ.get(VARIABLE)
    if given and given.startswith(parameters.STORE):
        return parsed(parameters.setting(VARIABLE, environ) or "", VARIABLE)
    path = type(var)(given) if given else var / FILE
    try:
        if given is None and not path.exists():
            secret_file.make(path, first_hooks())
        return parsed(path.read_text("utf-8", errors="replace"), str(path))
    except OSError as error:
        raise Stop(
            f"{path}: the secrets of hooks cannot be made or read ({error.strerror}). {VARIABLE} "
            "says which file they are in."
        ) from error


def parsed(text: str, source: str) -> Hooks:
    """The secrets in a text. Raises Stop with the number of a line that is none."""
    named: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        said = line.strip()
        if not said or said.startswith("#"):
            continue
        found = _LINE.fullmatch(said)
        if found is None:
            raise Stop(f"{source}:{number}: a secret looks like this: conversions={PREFIX}…")
        name, value = found.groups()
        if len(value) < _SHORTEST:
            raise Stop(f"{source}:{number}: the secret of {name} is too short to be one.")
        if value.startswith(PREFIX):
            _ = key_of(value, f"{source}:{number}")
        named[name] = (*named.get(name, ()), value)
    return Hooks(named)


def new_secret() -> str:
    """A secret as Standard Webhooks write it: 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def first_hooks() -> str:
    """What a program starts with: a secret for conversions."""
    return f"{CONVERSIONS}={new_secret()}\n"


def key_of(secret: str, source: str = "a secret") -> bytes:
    """The key in a secret of Standard Webhooks. Raises Stop where there is none."""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError as error:
        raise Stop(f"{source}: what follows {PREFIX} is not base64.") from error
