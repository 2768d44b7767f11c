"""The sample program as tests look at it: copied, signed off, built and served on this machine."""

from __future__ import annotations

import csv
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local.backstage import Backstage
from infra.local.serve import Late, Live
from infra.local.site import make_server
from passalong.content.signoffs import record
from tests.programs import ROOT, TODAY, Made, path_of

NAMED = ("nordhavn", "kaltwasser", "brightmarket", "albers", "mossgate", "hollfeld", "oakhurst",
         "vercors", "carbery", "ibarra", "rheinlack", "tamarack", "greenloop")  # fmt: skip
ANONYMISED = ("solvane",)


@dataclass(frozen=True)
class Site:
    """A program that is served: ``address`` has no slash at its end."""

    address: str
    made: Made
    backstage: Backstage | None = None

    def url(self, path: str) -> str:
        return self.address + path


@contextmanager
def serving(made: Made, *, follows: bool = True) -> Iterator[Site]:
    """Builds a program and serves it on a free port, relay and all, as ``build.py serve`` does.

    Where it ``follows``, what people decide is built; else their pages stay as they are.
    """
    live = Live(made.order(bundle=made.var / "bundle.json"))
    live.rebuild()
    assert not live.problems, live.problems
    api = Late()
    server = make_server(made.out, live, 0, api)
    address = f"http://127.0.0.1:{server.server_port}"
    backstage = api.behind = Backstage(live.order, ROOT / "template.yaml", address, made.settings())
    changed = live.follow if follows else _nothing
    relay = threading.Thread(target=backstage.run, args=(changed,), daemon=True)
    for thread in relay, threading.Thread(target=server.serve_forever, daemon=True):
        thread.start()
    try:
        yield Site(address, made, backstage)
    finally:
        server.shutdown()
        server.server_close()
        backstage.stop()
        relay.join()


def _nothing() -> None:
    """What is decided is not built."""


# --- The programs -----------------------------------------------------------------------------


def sample(folder: Path) -> Made:
    """A copy in which every story is signed off for good and one referee is not quoted."""
    made = Made(folder / "content", folder / "out", folder / "var")
    shutil.copytree(ROOT / "content", made.content, ignore=shutil.ignore_patterns("ids.csv"))
    sign(made)
    edit_row(made.content / "referees.csv", "ref-2002", reason="")
    return made


def without_stories(folder: Path) -> Made:
    """A copy in which no story is signed off: every page must do without."""
    made = sample(folder)
    (made.content / "sign-offs.toml").write_text("")
    return made


def arabic(folder: Path) -> Made:
    """A copy that speaks Arabic, names, a story and all; the other stories stay as they are."""
    made = sample(folder)
    shutil.rmtree(made.content / "messages")
    for page in (made.content / "pages").glob("*.de.md"):
        page.unlink()
    (made.content / "pages/privacy.md").write_text(f"# الخصوصية\n\n{_SENTENCE}\n", "utf-8")
    program = made.content / "program.toml"
    text = program.read_text("utf-8").partition("[locales.de")[0]
    before, _, experiment = text.partition("[[experiments]]")  # whose second message is gone
    text = before + experiment[experiment.index("\n[") :]
    program.write_text(_set(text, " = ", _ARABIC), "utf-8")
    story = made.content / "case-studies/nordhavn.md"
    front, mark, body = story.read_text("utf-8").partition("\n---\n")
    story.write_text(_set(front, ": ", _ARABIC_STORY) + mark + f"## الصباح\n\n{_SENTENCE}\n" + body)
    edit_row(made.content / "advocates.csv", "adv-1001", name="ليلى الحداد", locale="ar")
    edit_row(made.content / "referees.csv", "ref-2001", name="سامي يوسف", reason=_SENTENCE)
    sign(made)
    return made


_SENTENCE = "كل شاحنة وكل سفينة تعرف ساعتها (حتى 31 %)، والجميع يرى الخطة نفسها."
_ARABIC = {
    "locale": "ar",
    "overview": _SENTENCE,
    "ask": "مدير عمليات أمام بوابته طابور كل صباح",
    "shipping": "مدير عمليات لدى شركة نقل يعمل فيها بين 200 و2000 شخص",
    "advocate": "مقعد في يوم الميناء السنوي في هامبورغ",
    "referee": "لا شيء، فالسعر واحد للجميع",
    "disclosure": "للشفافية: إن التقيتم بهم دعوني إلى يوم الميناء في هامبورغ.",
}
_ARABIC_STORY = {
    "locale": "ar",
    "title": "سفن Nordhavn تنتظر أقل بنسبة 31 %",
    "summary": _SENTENCE,
}


def _set(text: str, between: str, values: dict[str, str]) -> str:
    """``text`` with the first setting of each of these names set to its value."""
    for name, value in values.items():
        setting = f'{name}{between}"{value}"'
        text = re.sub(rf"^{name}{between}.*$", lambda _, s=setting: s, text, count=1, flags=re.M)  # type: ignore[misc]
        assert setting in text
    return text


def sign(made: Made) -> None:
    """Records that every story was signed off as it stands."""
    record(made.content, NAMED, "Their board", "", TODAY, "named", None)
    record(made.content, ANONYMISED, "Their board", "", TODAY, "anonymised", None)


def edit_row(file: Path, person: str, **values: str) -> None:
    """Changes values of the person with this id in a list."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    (row,) = [row for row in rows if row["id"] == person]
    row.update(values)
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# --- Their pages ------------------------------------------------------------------------------


def personal(kind: str, person: str) -> str:
    """The address of somebody's page, from its slash."""
    return "/" + path_of(kind, person).removesuffix("index.html")


PAGES = {
    "program": "/",
    "program in German": "/de/",
    "stories": "/stories/",
    "story": "/stories/nordhavn/",
    "anonymised story": "/stories/solvents-belgium/",
    "German story": "/stories/kaltwasser/",
    "story with a table": "/stories/rheinlack/",
    "referee": personal("referee", "ref-2001"),
    "referee who is not quoted": personal("referee", "ref-2002"),
    "German referee": personal("referee", "ref-2007"),
    "advocate with story and suggestions": personal("advocate", "adv-1001"),
    "advocate without either": personal("advocate", "adv-1040"),
    "advocate with a long name": personal("advocate", "adv-1035"),
    "named share": personal("share", "adv-1001"),
    "unnamed share": personal("share", "adv-1002"),
    "partner's share": "/r/hofberatung/",
    "privacy": "/privacy/",
    "report": "/report/",
    "missing": "/no/such/page/",
    "people": "/_people/",
}
"""One address of each kind of page of the sample, and of each variety that looks different."""

GERMAN = {
    "program in German",
    "German story",
    "story with a table",
    "German referee",
    "advocate with a long name",
    "partner's share",
}

WITHOUT_STORIES = {
    name: PAGES[name] for name in ("program", "stories", "referee", "named share")
} | {"advocate": PAGES["advocate with story and suggestions"]}

ARABIC = {
    name: PAGES[name]
    for name in (
        *("program", "stories", "story", "referee", "named share"),
        *("privacy", "report", "missing"),
    )
} | {
    "advocate": PAGES["advocate with story and suggestions"],
    "story in English": "/stories/mossgate/",
}
