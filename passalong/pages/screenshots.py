"""Pictures of pages as a phone and a laptop show them, taken by the Chromium that is installed.

The pages are served from memory on this machine alone. A picture is as long as its page.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from passalong.headers import headers_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from PIL import Image

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_TALLEST = 8000
_PATIENCE = 60.0
_AT_ONCE = 3
_SHADES = 96
"""Colours in a picture: a page of text in one accent needs no more, and weighs a third."""
_MARK = (250, 250, 5)
"""Yellow, as a browser marks text: red and green at least, blue at most."""


class View(NamedTuple):
    """A page by its path in the site, at a width in CSS pixels, in a picture of at most ``height``.

    Of a longer page the picture shows the beginning, or the part where its first mark is.
    """

    path: str
    width: int
    height: int


def browser() -> str:
    """The path of an installed Chromium, empty if there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), "")


def take(program: str, files: Mapping[str, bytes | Path], views: Sequence[View]) -> list[bytes]:
    """A PNG of each view of a site; empty where ``program`` took no picture.

    ``files`` is the site by path, each file as its bytes or as where they lie.
    """
    with _served(files) as address, ThreadPoolExecutor(_AT_ONCE) as workers:
        return list(workers.map(lambda view: _picture(program, address, view), views))


def _picture(program: str, address: str, view: View) -> bytes:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder, "page.png")
        command = [
            program,
            "--headless=new",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),  # it refuses to run as root with one
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-sync",
            "--no-first-run",
            "--hide-scrollbars",
            "--force-color-profile=srgb",
            f"--user-data-dir={folder}/profile",
            f"--window-size={view.width},{_TALLEST}",
            f"--screenshot={file}",
            f"{address}/{view.path.removesuffix('index.html')}",
        ]
        try:
            subprocess.run(command, check=False, capture_output=True, timeout=_PATIENCE)  # noqa: S603
            return _trimmed(file.read_bytes(), view.height)
        except (OSError, subprocess.TimeoutExpired):
            return b""


def _trimmed(png: bytes, height: int) -> bytes:
    """The picture without the empty paper below the page, at most ``height`` high, small."""
    from PIL import Image, ImageChops  # noqa: PLC0415 - slow, and needed for pictures alone

    image = Image.open(io.BytesIO(png)).convert("RGB")
    paper = Image.new("RGB", image.size, image.getpixel((0, image.height - 1)))
    box = ImageChops.difference(image, paper).getbbox()
    bottom = min(image.height, box[3] + 48) if box else image.height
    top = 0
    if bottom > height:
        top = min(_start(_first_mark(image), height), bottom - height)
        bottom = top + height
    out = io.BytesIO()
    cut = image.crop((0, top, image.width, bottom))
    cut.quantize(_SHADES, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _start(mark: int, height: int) -> int:
    """Where a cut picture begins: at the top, if the first mark is well within it."""
    return 0 if mark < height * 3 // 4 else mark - height // 3


def _first_mark(image: Image.Image) -> int:
    """The row of the first marked text, 0 without any."""
    from PIL import ImageChops  # noqa: PLC0415 - as above

    red, green, blue = image.split()
    warm = ImageChops.darker(red.point(_at_least(_MARK[0])), green.point(_at_least(_MARK[1])))
    box = ImageChops.subtract(warm, blue.point(_at_least(_MARK[2]))).getbbox()
    return box[1] if box else 0


def _at_least(level: int) -> list[int]:
    """A table for one channel: white from ``level`` on, else black."""
    return [255 if value >= level else 0 for value in range(256)]


@contextmanager
def _served(files: Mapping[str, bytes | Path]) -> Iterator[str]:
    """Serves the files on a free port of this machine; the address without a slash at its end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = urlsplit(self.path).path.lstrip("/")
            name += "index.html" if not name or name.endswith("/") else ""
            found = files.get(name)
            data = found.read_bytes() if isinstance(found, Path) else found
            self.send_response(404 if data is None else 200)
            for key, value in headers_for(f"/{name}").items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_: object) -> None:
            """Nothing: pictures are taken quietly."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
