"""A built function under Lambda's own runtime loop, fed by a small stand-in of the Runtime API.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PATIENCE = 60.0
_BOOT = """
import sys
sys.path[:0], sys.argv[1:] = sys.argv[1:3], sys.argv[3:]
import runpy
runpy.run_module("awslambdaric", run_name="__main__", alter_sys=False)
"""
_LOOP = ("awslambdaric", "runtime_client*.so", "simplejson", "snapshot_restore_py.py")


class FunctionFailed(AssertionError):
    """A function did not start, or did not answer."""


class _Api(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.answers: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.ready = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of a function that was stopped while it waited."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Call(BaseHTTPRequestHandler):
    server: _Api
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """The next event, as soon as there is one."""
        self.server.ready.set()
        event = self.server.events.get()
        if event is None:
            self.close_connection = True
            return
        self._send(200, json.dumps(event).encode(), time.time() + PATIENCE)

    def do_POST(self) -> None:
        """An answer, or what went wrong."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        what = "error" if self.path.endswith("/error") else "answer"
        self.server.answers.put((what, json.loads(body or b"null")))
        self._send(202, b"{}")

    def _send(self, status: int, body: bytes, deadline: float = 0.0) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if deadline:
            self.send_header("Lambda-Runtime-Aws-Request-Id", "request-1")
            self.send_header("Lambda-Runtime-Deadline-Ms", str(int(deadline * 1000)))
            arn = "arn:aws:lambda:eu-central-1:000000000000:function:built"
            self.send_header("Lambda-Runtime-Invoked-Function-Arn", arn)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


class Running:
    """A function that is up; ``init`` is how long that took, in seconds."""

    def __init__(self, api: _Api, process: subprocess.Popen[bytes], init: float) -> None:
        self._api, self._process, self.init = api, process, init

    def __call__(self, event: Mapping[str, Any]) -> Any:
        """What the function answers to an event. Raises FunctionFailed."""
        self._api.events.put(dict(event))
        what, said = _next(self._api, self._process)
        if what == "error":
            raise FunctionFailed(json.dumps(said, indent=1))
        return said


@contextmanager
def running(
    folder: Path, handler: str, tools: Path, loop: Path, environ: Mapping[str, str]
) -> Iterator[Running]:
    """The function in a folder, from the files there alone and the loop's.

    ``tools`` is a Python that has the loop, ``loop`` an empty folder for it.
    """
    prepare_loop(tools, loop)
    api = _Api()
    threading.Thread(target=api.serve_forever, args=[0.01], daemon=True).start()
    given = {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
        "AWS_LAMBDA_FUNCTION_NAME": "built",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "LAMBDA_TASK_ROOT": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "_HANDLER": handler,
    }
    command = [str(tools), "-S", "-c", _BOOT, str(folder), str(loop), handler]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, env={**given, **environ}) as process:
        try:
            while not api.ready.wait(0.0005):
                _alive(api, process)
                if time.perf_counter() - began > PATIENCE:
                    raise FunctionFailed("the function does not come up")
            yield Running(api, process, time.perf_counter() - began)
        finally:
            api.events.put(None)
            process.kill()
            api.shutdown()
            api.server_close()


def prepare_loop(tools: Path, folder: Path) -> None:
    """Puts the loop, and nothing that lies beside it, where a function finds it."""
    folder.mkdir(exist_ok=True)
    for pattern in _LOOP:
        for path in _site(tools).glob(pattern):
            target = folder / path.name
            if not target.exists():
                target.symlink_to(path)


@cache
def _site(tools: Path) -> Path:
    where = "import awslambdaric, pathlib; print(pathlib.Path(awslambdaric.__file__).parents[1])"
    done = subprocess.run([tools, "-c", where], check=True, capture_output=True, text=True)
    return Path(done.stdout.strip())


def _alive(api: _Api, process: subprocess.Popen[bytes]) -> None:
    if not api.answers.empty():
        raise FunctionFailed(json.dumps(api.answers.get()[1], indent=1))
    if process.poll() is not None:
        raise FunctionFailed(f"the function ended with {process.returncode}")


def _next(api: _Api, process: subprocess.Popen[bytes]) -> tuple[str, Any]:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            return api.answers.get(timeout=0.5)
        except queue.Empty:
            if process.poll() is not None:
                raise FunctionFailed(f"the function ended with {process.returncode}") from None
    raise FunctionFailed("the function does not answer")
