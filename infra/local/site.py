"""The built site over HTTP on this machine, as the edge would serve it."""

from __future__ import annotations

import json
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

from passalong.headers import headers_for
from passalong.tokens import normalise

if TYPE_CHECKING:
    from pathlib import Path

_MISSING = "404.html"
_NOT_YET = b"<!doctype html><title>Passalong</title><body><p>The site is not built yet.</p></body>"


class Preview(Protocol):
    """What the server shows besides the site's own files."""

    version: int
    """Counts up with every build."""

    def wait(self, seen: int) -> dict[str, object]:
        """The newest build, as soon as it is newer than ``seen``."""

    def everybody(self) -> str:
        """The local list of everybody's pages, as HTML."""

    def reload_script(self) -> bytes:
        """The script that shows a new build, or what is wrong, without a press."""


def make_server(folder: Path, preview: Preview, port: int) -> ThreadingHTTPServer:
    """A server of ``folder`` on 127.0.0.1; raises OSError where the port is taken."""

    class Handler(_Handler):
        root = folder
        shown = preview

    return _Server(("127.0.0.1", port), Handler)


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

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of a browser that went away before its answer was ready."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    root: Path
    shown: Preview
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server_version = "Passalong"

    def do_GET(self) -> None:
        """A page or a file; anything unknown is the one neutral page."""
        address, _, query = self.path.partition("?")
        path = unquote(address)
        if path == "/_version":
            seen = int(query) if query.isdecimal() and len(query) < 20 else 0
            self._preview("_version.json", json.dumps(self.shown.wait(seen)).encode())
        elif path == "/_reload.js":
            self._preview("_reload.js", self.shown.reload_script())
        elif path == "/_people/":
            version = self.shown.version
            self._preview("_people/", alive(self.shown.everybody().encode(), version))
        else:
            self._file(path)

    do_HEAD = do_GET  # noqa: N815 - http.server calls it so

    def _preview(self, name: str, data: bytes) -> None:
        self._answer(HTTPStatus.OK, data, headers_for(f"/p/{name}", secure=False))

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
        self._answer(status, data, headers)

    def _answer(self, status: HTTPStatus, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for key, value in (headers | {"Content-Length": str(len(data))}).items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing: an address is somebody's private page."""


def alive(page: bytes, version: int) -> bytes:
    """A page of build ``version`` with the script that shows the next one, and leave to run it."""
    if b"script-src " in page[:2000]:
        page = page.replace(b"script-src ", b"script-src 'self' ", 1)
    else:
        page = page.replace(b"; img-src", b"; script-src 'self'; img-src", 1)
    return page.replace(b"</body>", b'<script src="/_reload.js?%d"></script></body>' % version, 1)
