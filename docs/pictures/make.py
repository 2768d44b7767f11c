"""Makes the picture of the README: the sample's own pages, on a laptop and on a phone.

From the repository's root, where a Chromium is installed::

    python docs/pictures/make.py

It builds the sample program in a temporary folder and photographs a referee's page and the page of
the advocate who made the introduction, each as the build wrote it.
"""

from __future__ import annotations

import io
import sys
import tempfile
from datetime import date
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from passalong.keyring import Key  # noqa: E402 - found once the root is on the path
from passalong.pages import screenshots  # noqa: E402
from passalong.pages.build import build  # noqa: E402
from passalong.pages.reading import Order, read  # noqa: E402
from passalong.tokens import Secret  # noqa: E402

REFEREE, ADVOCATE = "ref-2001", "adv-1001"
LAPTOP, PHONE = (1120, 1400), (390, 1330)
SIZE = (1680, 980)
GROUND, EDGE, SHADOW = "#e9e4d9", "#cfc7b8", "#b4aa99"
COLOURS = 64


def main() -> None:
    """Writes ``pages.png`` beside this file."""
    program = screenshots.browser()
    if not program:
        sys.exit("The picture is taken by Chromium, and there is none on PATH.")
    with tempfile.TemporaryDirectory() as folder:
        laptop, phone = photographs(Path(folder), program)
    sheet = Image.new("RGB", SIZE, GROUND)
    lay(sheet, laptop, (80, 72), 1040)
    lay(sheet, phone, (1190, 72), 390)
    out = Path(__file__).with_name("pages.png")
    small = sheet.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(out, "PNG", optimize=True)
    sys.stdout.write(f"{out.relative_to(ROOT)}: {out.stat().st_size // 1000} kB\n")


def photographs(folder: Path, program: str) -> tuple[Image.Image, Image.Image]:
    """The referee's page on a laptop and the advocate's on a phone."""
    order = Order(
        ROOT / "content",
        folder / "dist",
        ROOT / "site",
        folder / "var",
        bytes(32),
        (Key("picture", Secret(bytes(32)), date.today()),),
        date.today(),
    )
    build(order)
    holders = read(order).holders
    files: dict[str, bytes | Path] = {
        path.relative_to(order.out).as_posix(): path
        for path in order.out.rglob("*")
        if path.is_file()
    }
    views = [
        screenshots.View(f"p/{holders.key('referee', REFEREE)}/", *LAPTOP),
        screenshots.View(f"a/{holders.key('advocate', ADVOCATE)}/", *PHONE),
    ]
    taken = screenshots.take(program, files, views)
    laptop, phone = (Image.open(io.BytesIO(data)).convert("RGB") for data in taken)
    return laptop, phone


def lay(sheet: Image.Image, picture: Image.Image, place: tuple[int, int], width: int) -> None:
    """Lays a picture on the sheet at a width; it may run off the lower edge, as paper does."""
    height = round(picture.height * width / picture.width)
    shown = picture.resize((width, height), Image.Resampling.LANCZOS)
    left, top = place
    box = (left, top, left + width - 1, top + height - 1)
    shade = Image.new("L", sheet.size, 0)
    ImageDraw.Draw(shade).rectangle((left, top + 10, box[2], box[3] + 10), fill=150)
    sheet.paste(SHADOW, mask=shade.filter(ImageFilter.GaussianBlur(14)))
    sheet.paste(shown, place)
    ImageDraw.Draw(sheet).rectangle((left - 1, top - 1, box[2] + 1, box[3] + 1), outline=EDGE)


if __name__ == "__main__":
    main()
