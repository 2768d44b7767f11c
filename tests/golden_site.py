"""The whole output of a tiny program, kept as text; ``make golden`` writes it anew.

What a reader of a change wants to see is what changed on the pages: so inline styles and scripts
are kept as a digest, and files that are no text as a line each in ``files.txt``.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from hashlib import blake2b
from pathlib import Path

from tests.programs import Made, advocate, files, referee, write

FOLDER = Path(__file__).parent / "golden"
OTHERS = "files.txt"
TEXTS = {".html", ".xml", ".txt"}
_INLINE = re.compile(r"(?<=<)(style|script)>(.+?)(?=</\1>)", re.DOTALL)
_ADMITTED = re.compile(r"sha256-[\w+/=]{44}")


def program() -> dict[str, str]:
    """One story, its advocate with somebody to be suggested, and somebody introduced."""
    return files(
        advocates=[advocate(case_study="nordhavn", show_name="yes")],
        referees=[
            referee("r-1", "Tomas Berg", reason="Bring Jonas the worst day you had."),
            referee("r-2", "Ingrid Aune", company="Havskjær", status="suggested"),
        ],
    )


def built(folder: Path) -> dict[str, str]:
    """The site of `program`, built in ``folder``, as it is kept."""
    made = Made(write(folder / "content", program()), folder / "site", folder / "var")
    made.build()
    texts, others = {}, []
    for path, data in sorted(made.tree().items()):
        if Path(path).suffix in TEXTS:
            texts[path] = without_inline(data.decode())
        else:
            others.append(f"{path} {len(data):,} bytes {digest(data)}\n")
    return texts | {OTHERS: "".join(others)}


def without_inline(page: str) -> str:
    """A page with the digest of each inline style and script in its place."""
    page = _INLINE.sub(lambda found: f"{found[1]}>{digest(found[2].encode())}", page)
    return _ADMITTED.sub("sha256-…", page)


def digest(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()


def kept() -> dict[str, str]:
    """The site as it was when ``make golden`` was last run."""
    return {
        path.relative_to(FOLDER).as_posix(): path.read_bytes().decode()
        for path in FOLDER.rglob("*")
        if path.is_file()
    }


def renew() -> None:
    """Keeps the site as it is built now."""
    with tempfile.TemporaryDirectory() as folder:
        site = built(Path(folder))
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, text in site.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


if __name__ == "__main__":
    renew()
