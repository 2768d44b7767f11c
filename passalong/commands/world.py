"""The world of the relay, for commands that work on the ledger as it does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from passalong.wiring import Wiring

if TYPE_CHECKING:
    from pathlib import Path


def opened(root: Path, out: Path | None = None) -> Wiring:
    """What the environment names, with the local folders beside ``root``."""
    var = os.environ.get("PASSALONG_VAR") or str(root / "var")
    site = {"PASSALONG_SITE": str(out)} if out else {}
    return Wiring({**site, **os.environ, "PASSALONG_VAR": var})
