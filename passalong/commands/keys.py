"""``keys``: the keys that sign the pages' tokens: list them, bring in a new one, retire the oldest.

A new key signs from the next build on. The oldest can retire once no page is signed with it.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from passalong import keyring
from passalong.errors import Stop
from passalong.pages import state

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from passalong.keyring import Key


def main(options: argparse.Namespace, root: Path) -> int:
    """Lists, rotates or retires, as the options say."""
    var = Path(os.environ.get("PASSALONG_VAR") or root / "var")
    if options.what == "rotate":
        _rotate(var)
    elif options.what == "retire":
        _retire(var)
    else:
        print("\n".join(listed(keyring.signing_keys(var, os.environ), set(signers(var)))))
    return 0


def listed(keys: Sequence[Key], in_use: set[str]) -> list[str]:
    """A line for each key, oldest first: its name, when it was made, what it does."""
    lines = []
    for key in keys:
        does = "signs" if key == keys[-1] else "verifies"
        pages = ", signed the pages of a build" if key.id in in_use else ""
        lines.append(f"{key.id}  {f'made {key.made}, ' if key.made else ''}{does}{pages}")
    return lines


def _rotate(var: Path) -> None:
    keys = keyring.change(var, os.environ, lambda now: keyring.rotate(now, date.today()))
    old = ", ".join(key.id for key in keys[:-1])
    print(f"""Key {keys[-1].id} signs from now on; {old} still verifies. Next:
  python build.py build
Publish what it makes. Once no page with an old token is open anywhere:
  python build.py keys retire""")


def _retire(var: Path) -> None:
    in_use = signers(var)
    if unknown := in_use.get(""):
        raise Stop(
            "It is not known which key signed the pages of an earlier build. Build first; or, if "
            f"its site is nowhere any more, remove {unknown}."
        )
    before = keyring.signing_keys(var, os.environ)
    try:
        after = keyring.change(var, os.environ, lambda now: keyring.retire(now, in_use))
    except Stop as refused:
        if folder := in_use.get(before[0].id):
            kept = f"{folder} remembers them: remove it if their site is nowhere any more."
            raise Stop(f"{refused} {kept}") from None
        raise
    gone = ", ".join(key.id for key in before if key not in after)
    print(f"Key {gone} is retired: whatever it signed is refused from now on.")


def signers(var: Path) -> dict[str, Path]:
    """From the id of each key that signed the pages of a build to the folder that remembers it.

    The id is empty where another version of the code wrote what is remembered.
    """
    builds = sorted((var / "builds").glob("*/state"))
    found = [(state.load(path, state.State), path.parent) for path in builds]
    return {built.signed_by if built else "": folder for built, folder in found}
