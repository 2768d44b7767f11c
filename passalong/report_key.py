"""The key with which programs read the report; people have signed links (`passalong.readers`).

It is said by ``PASSALONG_REPORT_KEY``, which may name a parameter of AWS' parameter store as
``ssm:/name``, else it lies in ``var/report-key``, which the first run makes. There
may be several with commas between, all of them good, so that one is changed without a gap.
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import TYPE_CHECKING, Final

from passalong import parameters, secret_file
from passalong.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VARIABLE: Final = "PASSALONG_REPORT_KEY"
FILE: Final = "report-key"
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{32,200}")


class ReportKeys:
    """The keys that are good; printing shows none of them."""

    __slots__ = ("_keys",)

    def __init__(self, keys: tuple[str, ...] = ()) -> None:
        self._keys = tuple(key.encode("ascii") for key in keys)

    def fits(self, given: str) -> bool:
        """Whether it is one of them; how long this takes says nothing of how close it was."""
        said = given.encode("utf-8", "surrogatepass")
        return any([hmac.compare_digest(said, key) for key in self._keys])  # noqa: C419 - all of them

    def __repr__(self) -> str:
        return f"ReportKeys({len(self._keys)} hidden)"


def report_keys(var: Path, environ: Mapping[str, str]) -> ReportKeys:
    """The keys; the first one is made for its owner's eyes only. Raises Stop, which quotes none."""
    given = parameters.setting(VARIABLE, environ)
    if given is not None:
        return _parsed(given, VARIABLE)
    path = var / FILE
    try:
        if not path.exists():
            secret_file.make(path, secrets.token_hex(32) + "\n")
        return _parsed(path.read_text("ascii", errors="replace"), str(path))
    except OSError as error:
        raise Stop(
            f"{path}: the report’s key cannot be made or read ({error.strerror}). Set {VARIABLE} "
            "to 64 hex digits instead."
        ) from error


def _parsed(text: str, source: str) -> ReportKeys:
    keys = tuple(key.strip() for key in text.split(","))
    if not all(_KEY.fullmatch(key) for key in keys):
        raise Stop(f"{source}: a report’s key is 32 letters, digits, hyphens or more.")
    return ReportKeys(keys)
