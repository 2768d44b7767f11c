"""The JavaScript at the edge, run by Node.js: one process for as many requests as there are."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Rewrite = Callable[[str], str]
"""From the path that is asked for to the one that CloudFront asks S3 for, both percent-encoded."""

_LOOP = """
const handler = new Function(process.argv[1] + "\\nreturn handler;")();
const lines = require("readline").createInterface({ input: process.stdin });
lines.on("line", (line) => console.log(JSON.stringify(handler(JSON.parse(line)))));
"""
_QUERY = {"v": {"value": "linkedin"}}


@contextmanager
def rewriting(node: str, code: str) -> Iterator[Rewrite]:
    """The function of this code, until the end of the block."""
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([node, "-e", _LOOP, code], **pipes) as process:
        turn = threading.Lock()
        asked, said = process.stdin, process.stdout
        assert asked
        assert said

        def rewrite(uri: str) -> str:
            request: Any = {"method": "GET", "uri": uri, "querystring": _QUERY}
            request |= {"headers": {}, "cookies": {}}
            with turn:
                print(json.dumps({"version": "1.0", "request": request}), file=asked, flush=True)
                answer = json.loads(said.readline())
            assert answer | {"uri": uri} == request, "it changes more than the path"
            return str(answer["uri"])

        try:
            yield rewrite
        finally:
            asked.close()
