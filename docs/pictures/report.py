"""Makes the picture of the report in the guide: the first screen of the sample's, over its year.

While ``python build.py demo`` serves it, with the address that it prints, where a Chromium is
installed::

    python docs/pictures/report.py 'http://127.0.0.1:8000/report/#…'
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from passalong.pages import screenshots  # noqa: E402 - found once the root is on the path

SIZE = (1280, 900)
COLOURS = 64
PERIOD = "365"
OPTIONS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]


def main() -> None:
    """Writes ``report.png`` beside this file."""
    program = screenshots.browser()
    if not program or len(sys.argv) != 2:
        sys.exit("Say the report's address, as the demo prints it; Chromium has to be on PATH.")
    taken = Image.open(io.BytesIO(photograph(program, sys.argv[1]))).convert("RGB")
    small = taken.quantize(COLOURS, dither=Image.Dither.NONE)
    out = Path(__file__).with_name("report.png")
    small.save(out, "PNG", optimize=True)
    sys.stdout.write(f"{out.relative_to(ROOT)}: {out.stat().st_size // 1000} kB\n")


def photograph(program: str, address: str) -> bytes:
    """The first screen, once the page's script has put the year in place."""
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=program,
            args=[*OPTIONS, "--disable-background-networking"],
            ignore_default_args=["--headless", "--headless=old"],
        )
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        page.goto(address)
        with page.expect_response("**/api/report"):
            page.select_option("select[name=period]", PERIOD)
        page.locator("h1", has_text=f"{PERIOD} days").wait_for()
        page.mouse.click(2, 2)  # nothing has the focus
        taken = page.screenshot()
        browser.close()
    return taken


if __name__ == "__main__":
    main()
