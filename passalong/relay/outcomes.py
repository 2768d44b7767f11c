"""Why a delivery was not made, where that says more than that it failed.

Each message names the receiver as the program does, never its address: that may be a secret.
"""

from __future__ import annotations

from datetime import timedelta

from passalong.errors import PassalongError

NO_TIME = timedelta(0)


class Hopeless(PassalongError):
    """No attempt will ever do it: the delivery is dead at once, until somebody replays it."""


class Failed(PassalongError):
    """An attempt failed; the next one comes after its usual pause, and not before ``wait``."""

    def __init__(self, message: str, wait: timedelta = NO_TIME) -> None:
        super().__init__(message)
        self.wait = wait


class NotTried(PassalongError):
    """Whoever should take it was down a moment ago: nothing was tried, which is no attempt.

    It comes with the next round, and not before ``wait``.
    """

    def __init__(self, message: str, wait: timedelta = NO_TIME) -> None:
        super().__init__(message)
        self.wait = wait
