"""The built site over HTTP on this machine, as the edge would serve it."""

from __future__ import annotations

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from passalong.headers import headers_for

from passalong.tokens import normalise

if TYPE_CHECKING:
    from pathlib import Path

_RELOAD = b'<script src="/_reload.js"></script></body>'


class Preview(Protocol):
    """What the server shows besides the site's own files."""

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

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server


class _Handler(BaseHTTPRequestHandler):
    root: Path
    shown: Preview
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server_version = "Passalong"

    def do_GET(self) -> None:
        """A page or a file; anything unknown is the one neutral page."""
        address = urlsplit(self.path)
        path = unquote(address.path)
        if path == "/_version":
            seen = int(address.query) if address.query.isdigit() else 0
            self._answer(200, json.dumps(self.shown.wait(seen)).encode(), "application/json")
        elif path == "/_reload.js":
            self._answer(200, self.shown.reload_script(), "text/javascript; charset=utf-8")
        elif path == "/_people/":
            self._answer(200, self.shown.everybody().encode(), "text/html; charset=utf-8")
        else:
            self._file(path)

    do_HEAD = do_GET  # noqa: N815 - http.server calls it so

    def _file(self, path: str) -> None:
        name = _folded(path)
        if name.endswith("/"):
            name += "index.html"
        file = (self.root / name.lstrip("/")).resolve()
        inside = file.is_relative_to(self.root.resolve()) and "/." not in name
        if inside and file.is_dir():
            file /= "index.html"
        status = HTTPStatus.OK
        if not inside or not file.is_file():
            status, file, name = HTTPStatus.NOT_FOUND, self.root / "404.html", "/404.html"
        try:
            data = file.read_bytes()
        except OSError:
            data = b"The site is not built yet."
        self._answer(status, data, "", name)

    def _answer(self, status: int, data: bytes, kind: str, name: str = "") -> None:
        headers = {"Content-Type": kind, "Cache-Control": "no-store"} if kind else headers_for(name)
        if "text/html" in headers["Content-Type"]:
            data = data.replace(b"script-src ", b"script-src 'self' ", 1)
            if b"script-src" not in data[:2000]:
                data = data.replace(b"; img-src", b"; script-src 'self'; img-src", 1)
            data = data.replace(b"</body>", _RELOAD, 1)
            headers = headers | {"Cache-Control": "no-store"}
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing: an address is somebody's private page."""


def _folded(path: str) -> str:
    """The path with the code or key in it as it was issued, however it was copied."""
    parts = path.split("/")
    if len(parts) > 2 and parts[1] in ("a", "p", "r"):
        parts[2] = normalise(parts[2])
        return "/".join(parts)
    return path
