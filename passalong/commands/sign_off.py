"""``sign-off``: record that a customer agreed to a case study, as its text is today."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from passalong import content
from passalong.commands.order import naming, need_folder, say
from passalong.content import signoffs
from passalong.editorial import SignOff
from passalong.errors import Stop

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from passalong.editorial import Editorial

_SCOPES = {"named": "under its name", "anonymised": "without its name"}


def main(options: argparse.Namespace, root: Path) -> int:
    """Records the sign-offs that the options name, and says what they are good for."""
    folder: Path = options.content
    need_folder(folder)
    today = date.today()
    until = _day(options.until)
    if until and until < today:
        raise Stop(f"--until {until} is past; the sign-off would end before it begins.")
    slugs = list(dict.fromkeys(options.slugs))
    signoffs.story_digests(folder, slugs)
    signed = {slug: SignOff(slug, "approved", scope=options.scope) for slug in slugs}
    editorial = content.read_editorial(folder, today, root / "site", signed)
    for slug in slugs:
        _refuse_unready(editorial, slug, folder)
    signoffs.record(folder, slugs, options.by, options.authority, today, options.scope, until)
    who = ", ".join(filter(None, (options.by, options.authority)))
    ends = f"until {until}" if until else "without an end"
    for slug in slugs:
        address = f"{editorial.program.base_url}/stories/{editorial.public_slugs[slug]}/"
        print(f"{slug}: signed off today by {who}, {_SCOPES[options.scope]}, {ends}: {address}")
    print(f"""Recorded in {folder / signoffs.FILE}. The next build shows it:
  python build.py build{naming(folder)}
If a word of it changes, it is withheld until somebody signs it off again.""")
    return 0


def _refuse_unready(editorial: Editorial, slug: str, folder: Path) -> None:
    """Raises Stop where a sign-off would not last: its text cannot be shown as it is."""
    if slug not in editorial.public_slugs:
        raise Stop(f"{slug} is not signed off: {_why(editorial.withheld[slug])}")
    public = editorial.public_slugs[slug]
    file = next(story.file for story in editorial.stories if story.slug == public)
    errors = [p for p in editorial.problems if p.file == file and p.severity == "error"]
    if errors:
        say(errors, folder)
        raise Stop(
            f"{slug} is not signed off: mending this changes its text, and a sign-off holds for "
            "the text as it is."
        )


def _why(reason: str) -> str:
    if "anonymised" in reason:
        return f"{reason}. Give its front matter “anonymous” with a customer: see docs/content.md."
    return f"{reason}. “build.py check” says why."


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Stop(f"--until {text} is not a day; write it as 2027-05-02.") from None
