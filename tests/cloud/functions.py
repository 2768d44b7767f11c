"""The functions of a stack, from their built folders, each as the template has it run."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.cloud.gate import Gate
from tests.cloud.stack import Stack
from tests.lambda_loop import Running, running


class Functions:
    """Called by their names in the template; each is started when it is first called, and does one
    thing at a time. ``faults`` is whatever went wrong.

    ``built`` are their folders, ``tools`` is a Python with Lambda's loop, ``gates`` lead to AWS.
    """

    def __init__(
        self, stack: Stack, built: Mapping[str, Path], tools: Path, gates: Mapping[str, Gate]
    ) -> None:
        self._stack, self._built, self._tools, self._gates = stack, built, tools, gates
        self._turns = {name: threading.Lock() for name in gates}
        self._up: dict[str, Running] = {}
        self._until = ExitStack()
        self.faults: list[str] = []

    def __call__(self, name: str, event: Mapping[str, Any]) -> Any:
        """What a function answers. Raises FunctionFailed."""
        with self._turns[name]:
            try:
                if name not in self._up:
                    self._up[name] = self._started(name)
                return self._up[name](event)
            except Exception:
                self.faults.append(traceback.format_exc())
                raise

    def stop(self) -> None:
        """Ends all of them."""
        self._until.close()

    def _started(self, name: str) -> Running:
        function = self._stack.properties(name)
        folder = self._built[name.lower()]
        environ = function["Environment"]["Variables"] | {
            "AWS_ENDPOINT_URL": self._gates[name].address
        }
        # There is no TLS here.
        environ["PASSALONG_ADDRESS"] = environ["PASSALONG_ADDRESS"].replace("https://", "http://")
        up = running(folder, function["Handler"], self._tools, folder.parent / "loop", environ)
        return self._until.enter_context(up)
