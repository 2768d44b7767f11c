"""The built site and its functions over HTTP on this machine, as the edge would serve them."""

from __future__ import annotations

import json
import os
import sys
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlsplit

from infra.local.gateway import LARGEST, Request, refusal
from infra.local.wire import Wire
from passalong.headers import headers_for
from passalong.tokens import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from infra.local.gateway import Answer
    from infra.local.mailbox import Found

    Api = Callable[[Request], Answer]

_MISSING = "404.html"
_API = "/api/"
_MAIL = "/_mail/"
_NOT_YET = b"<!doctype html><title>Passalong</title><body><p>The site is not built yet.</p></body>"


class Preview(Protocol):
    """What the server shows besides the site's own files."""

    version: int
    """Counts up with every build."""

    def wait(self, seen: int) -> dict[str, object]:
        """The newest build, as soon as it is newer than ``seen``."""

    def everybody(self) -> str:
        """The local list of everybody's pages, as HTML."""

    def mail(self, path: str) -> Found | None:
        """What a path below /_mail/ shows, if there is something."""

    def reload_script(self) -> bytes:
        """The script that shows a new build, or what is wrong, without a press."""


def make_server(
    folder: Path, preview: Preview, port: int, api: Api | None = None, patience: float = 10.0
) -> ThreadingHTTPServer:
    """A server of ``folder`` on 127.0.0.1; raises OSError where the port is taken.

    ``api`` answers whatever is asked below /api/; a request has ``patience`` seconds to arrive.
    """
    seconds = patience

    class Handler(_Handler):
        root = folder
        shown = preview
        functions = staticmethod(api) if api else None
        patience = seconds

    return _Server(("127.0.0.1", port), Handler)


def is_ours(host: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a Host header names this machine, or what PASSALONG_ADDRESS says of it.

    Another name that leads here is a stranger's, whose page would read everybody's (DNS rebinding).
    """
    name = urlsplit(f"//{host}").hostname or ""
    known = urlsplit(environ.get("PASSALONG_ADDRESS", "")).hostname
    return name in ("127.0.0.1", "localhost", "::1", "") or name == known


def file_of(root: Path, path: str) -> Path | None:
    """The file of the site in ``root`` that a URL's decoded ``path`` shows; None if there is none.

    A folder shows its index. Hidden files and whatever lies outside ``root`` are no part of it.
    """
    name = _folded(path)
    if "\0" in name or any(part.startswith(".") for part in name.split("/")):
        return None
    file = root / (name + "index.html" if name.endswith("/") else name).lstrip("/")
    try:
        if file.is_dir():
            file /= "index.html"
        inside = file.resolve().is_relative_to(root.resolve())
        return file if inside and file.is_file() else None
    except OSError:  # a name longer than any file's
        return None


def _folded(path: str) -> str:
    """The path with the code or key in it as it was issued, however it was copied."""
    parts = path.split("/")
    if len(parts) > 2 and parts[1] in ("a", "p", "r"):
        parts[2] = normalise(parts[2])
        return "/".join(parts)
    return path


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of a browser that went away before it had read its answer."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(Wire):
    root: Path
    shown: Preview
    functions: Api | None

    def dispatch(self) -> None:
        """Functions get every method; pages and files are read only."""
        if not is_ours(self.headers.get("Host", "")):
            answer = refusal(HTTPStatus.MISDIRECTED_REQUEST, "Misdirected Request")
            self.send(answer.status, answer.headers, answer.body)
            return
        address, _, query = self.path.partition("?")
        path = unquote(address)
        if self.functions and path.startswith(_API):
            self._api(self.functions)
        elif self.command in ("GET", "HEAD"):
            self._page(path, query)
        else:
            answer = refusal(HTTPStatus.METHOD_NOT_ALLOWED, "Method Not Allowed")
            self.send(answer.status, [*answer.headers, ("Allow", "GET, HEAD")], answer.body)

    def _api(self, functions: Api) -> None:
        answer = functions(
            Request(
                self.command,
                self.path,
                tuple(self.headers.items()),
                self.body(LARGEST),
                self.client_address[0],
                self.request_version,
            )
        )
        self.send(answer.status, answer.headers, answer.body)

    def _page(self, path: str, query: str) -> None:
        """A page or a file; anything unknown is the one neutral page."""
        if path == "/_version":
            seen = int(query) if query.isdecimal() and len(query) < 20 else 0
            self._preview("_version.json", json.dumps(self.shown.wait(seen)).encode())
        elif path == "/_reload.js":
            self._preview("_reload.js", self.shown.reload_script())
        elif path == "/_people/":
            version = self.shown.version
            self._preview("_people/", alive(self.shown.everybody().encode(), version))
        elif path.startswith(_MAIL) and (found := self.shown.mail(path)):
            version = self.shown.version
            data = alive(found.data, version) if found.is_page else found.data
            self.send(HTTPStatus.OK, found.headers.items(), data)
        else:
            self._file(path)

    def _preview(self, name: str, data: bytes) -> None:
        self.send(HTTPStatus.OK, headers_for(f"/p/{name}", secure=False).items(), data)

    def _file(self, path: str) -> None:
        version = self.shown.version
        file = file_of(self.root, path)
        status = HTTPStatus.OK if file else HTTPStatus.NOT_FOUND
        headers = headers_for(path, found=file is not None, secure=False)
        try:
            data = (file or self.root / _MISSING).read_bytes()
        except OSError:
            data = _NOT_YET
        if "text/html" in headers["Content-Type"]:
            data = alive(data, version)
            headers["Cache-Control"] = "no-store"  # or a new build would not be seen
        self.send(status, headers.items(), data)


def alive(page: bytes, version: int) -> bytes:
    """A page of build ``version`` with the script that shows the next one, and leave to run it."""
    if b"script-src " in page[:2000]:
        page = page.replace(b"script-src ", b"script-src 'self' ", 1)
    else:
        page = page.replace(b"; img-src", b"; script-src 'self'; img-src", 1)
    return page.replace(b"</body>", b'<script src="/_reload.js?%d"></script></body>' % version, 1)
