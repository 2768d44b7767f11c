"""Somebody who can be written to."""

from __future__ import annotations

from typing import NamedTuple


class Party(NamedTuple):
    """A name and a mail address: who sends or is sent a mail, who is invited to a meeting."""

    name: str
    email: str
