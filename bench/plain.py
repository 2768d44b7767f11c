"""The same pages without skeletons: every one rendered by Jinja. ``-m bench.plain CONTENT OUT``.

Reads, checks and plans as the build does, from the same templates; what it leaves out is the
comparison with what was there before. The path secret, preview images included, is the build's own
(PASSALONG_PATH_SECRET, PASSALONG_VAR).
"""

from __future__ import annotations

import sys
from pathlib import Path

from passalong.commands.order import order
from passalong.given import frame_of, pieces_of
from passalong.pages.compiler import compile_site, render
from passalong.pages.reading import read
from passalong.pages.site import Site
from passalong.pages.state import Bound, Compiled
from passalong.plan import Planner

ROOT = Path(__file__).parent.parent


def write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def main(content: Path, out: Path) -> None:
    wanted = order(content, out, ROOT)
    editorial, people, holders = read(wanted)[:3]
    groups = Planner(editorial, people, holders).plan()
    compiled = Compiled(b"", editorial)
    compile_site(compiled, {}, content, wanted.site, wanted.var / "builds/images")
    for path, made in [*compiled.assets.items(), *compiled.public.items()]:
        write(out / path, made if isinstance(made, bytes) else made.read_bytes())
    site = Site(editorial, content, wanted.site)
    site.images = compiled.images
    for shape, group in groups.items():
        pieces = pieces_of(shape, site.piece)
        bound = Bound(frame_of(site.editorial, shape, pieces), pieces)
        for path, values in zip(group.paths, group.values, strict=True):
            write(out / path, render(site, bound, shape, values).encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
