"""A built site over HTTP as the edge serves it: its headers, compressed, one page for 404."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from passalong.headers import headers_for

TEXT = (".html", ".svg", ".xml", ".txt", ".css", ".js")


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serves ``site`` on a free port of 127.0.0.1; yields its address without a last slash."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = unquote(urlsplit(self.path).path)
            name += "index.html" if name.endswith("/") else ""
            status = 200 if (site / name[1:]).is_file() else 404
            name = name if status == 200 else "/404.html"
            data = (site / name[1:]).read_bytes()
            headers = dict(headers_for(name))
            if name.endswith(TEXT):
                data = gzip.compress(data, 6)
                headers["Content-Encoding"] = "gzip"
            self.send_response(status)
            for key, value in (headers | {"Content-Length": str(len(data))}).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self) -> None:
            """Takes what a page sends, as an endpoint with nothing to say does."""
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
