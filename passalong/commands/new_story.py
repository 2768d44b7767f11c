"""``new story SLUG``: a case study as the questions of the interview that leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.commands.order import naming
from passalong.commands.starter import filled
from passalong.content.forms import is_slug
from passalong.errors import Stop

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def main(options: argparse.Namespace, root: Path) -> int:
    """Writes the file and says where it is."""
    path = new_story(options.content, options.slug, root / "site" / "starter" / "story.md")
    where = naming(options.content)
    print(f"""{path}: talk to your customer, and write down what they say.
No page shows it before it is signed off; this makes what they need for that:
  python build.py approval {options.slug}{where}""")
    return 0


def new_story(content: Path, slug: str, template: Path) -> Path:
    """Makes ``case-studies/SLUG.md``. Raises Stop where there is one, or the slug is no address."""
    if not is_slug(slug):
        raise Stop(
            f"“{slug}” cannot be an address: small letters, digits and hyphens, as blue-harbour."
        )
    if not content.is_dir():
        raise Stop(f"There is no folder {content}. “build.py init {content}” makes one.")
    path = content / "case-studies" / f"{slug}.md"
    words = {"slug": slug, "customer": slug.replace("-", " ").title()}
    path.parent.mkdir(exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(filled(template.read_text("utf-8"), words))
    except FileExistsError:
        raise Stop(f"{path} is there already, and nothing is overwritten.") from None
    return path
