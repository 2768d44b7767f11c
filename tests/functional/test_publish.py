"""``build.py publish`` to a bucket: only what changed, in an order that leaves nothing missing."""

from __future__ import annotations

import io
import json
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

import build
from passalong.commands import publish, publishable
from passalong.errors import Problem
from passalong.events import REVOKED, Event
from passalong.headers import headers_for
from tests.programs import Made, files, path_of, tree, write
from tests.publishing import BUNDLE, TO, Shop, fill, shop
from tests.s3_stand_in import LOST, Asked, Cloud, cloud

CURSOR_GOES, CURSOR_IS_BACK = "\x1b[?25l", "\x1b[?25h"


@pytest.fixture
def there() -> Iterator[Cloud]:
    with cloud() as made:
        yield made


@pytest.fixture(name="shop")
def a_shop(
    tmp_path: Path,
    there: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Shop]:
    yield from shop(tmp_path, there, monkeypatch, capsys)


def revoke(shop: Shop, subject: str) -> None:
    ledger, at = shop.ledger(), datetime.now(UTC)
    ledger.revoke(Event(secrets.token_hex(16), "leeway", REVOKED, at), subject)
    ledger.close()


# --- What goes up -------------------------------------------------------------------------------


def test_everything_goes_up_with_the_headers_of_its_kind(shop: Shop) -> None:
    fill(shop.made)
    done = shop.publish()
    assert done["put"] == len(shop.made.tree())
    assert shop.is_the_build()
    for path, stored in shop.cloud.buckets["site"].items():
        told = headers_for(path)
        found = stored.content_type, stored.cache_control
        assert found == (told["Content-Type"], told["Cache-Control"]), path


@pytest.mark.parametrize("people", [90, pytest.param(3300, marks=pytest.mark.soak)])
def test_three_changed_files_are_three_puts_and_their_own_invalidation(
    shop: Shop, people: int
) -> None:
    fill(shop.made, people)
    shop.cloud.watch = lambda _asked: None  # looks at every page after every request
    assert shop.publish()["put"] > 3 * people
    shop.cloud.asked.clear()
    fill(shop.made, people, story_0="All is new.", story_1="This, too.", story_2="And this.")
    done = shop.publish()
    assert (done["put"], done["removed"], done["bundle"]) == (3, 0, False)
    assert shop.cloud.count("PUT", "site") == 3
    [paths] = shop.cloud.invalidated
    folders = [f"/stories/story-{i}/" for i in range(3)]
    assert sorted(paths) == sorted([*folders, *(f"{folder}index.html" for folder in folders)])
    assert shop.is_the_build()


def test_nothing_changed_is_nothing_written(shop: Shop) -> None:
    fill(shop.made)
    shop.publish()
    shop.cloud.asked.clear()
    assert shop.publish()["put"] == 0
    assert {one.method for one in shop.cloud.asked} <= {"GET", "HEAD"}


def test_private_pages_are_invalidated_nowhere_for_nobody_keeps_them(shop: Shop) -> None:
    fill(shop.made)
    shop.publish()
    referees = (shop.made.content / "referees.csv").read_text("utf-8")
    write_only(shop.made, "referees.csv", referees.replace("one 1", "other words"))
    done = shop.publish()
    assert done["put"] == 1
    assert done["bundle"]
    assert shop.cloud.invalidated == []


def write_only(made: Made, name: str, text: str) -> None:
    (made.content / name).write_text(text, "utf-8")


def test_a_dry_run_lists_everything_and_changes_nothing(shop: Shop) -> None:
    fill(shop.made)
    status, said = shop.try_to("--dry-run")
    assert status == 0
    assert all(f"put {shop.made.out / path}" in said for path in shop.made.tree())
    assert {one.method for one in shop.cloud.asked} <= {"GET", "HEAD"}
    shop.publish()
    revoke(shop, "advocate:a-4")
    before = shop.cloud.tree("site"), shop.cloud.tree("private")
    status, said = shop.try_to("--dry-run")
    assert status == 0
    assert f"remove /{path_of('advocate', 'a-4')}" in said
    assert f"invalidate /{path_of('share', 'a-4')}" in said
    assert (shop.cloud.tree("site"), shop.cloud.tree("private")) == before


def test_who_is_revoked_loses_page_and_link(shop: Shop) -> None:
    fill(shop.made)
    shop.publish()
    revoke(shop, "advocate:a-4")
    assert shop.publish()["removed"] >= 2
    assert path_of("advocate", "a-4") not in shop.pages()
    assert path_of("share", "a-4") not in shop.pages()
    assert shop.is_the_build()


def test_assets_of_an_older_version_stay_for_whoever_has_it_open(shop: Shop) -> None:
    fill(shop.made)
    shop.publish()
    before = {path for path in shop.cloud.tree("site") if path.startswith("assets/")}
    fill(shop.made, mark="two")
    shop.publish()
    after = {path for path in shop.cloud.tree("site") if path.startswith("assets/")}
    assert before < after
    assert shop.is_the_build()


def test_a_file_that_somebody_else_put_there_stays(shop: Shop) -> None:
    fill(shop.made)
    shop.publish()
    shop.cloud.put("site", "ads.txt", b"none")
    shop.publish()
    assert "ads.txt" in shop.pages()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_every_part_that_may_take_long_shows_how_far_it_is(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(shop.made)
    for part in ("Pages", "Reading", "Looking", "Files"):
        monkeypatch.setitem(publish._LONG, part, 1)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    place = ["--content", str(shop.made.content), "--out", str(shop.made.out)]
    shop.cloud.fault = lambda asked: 403 if asked.key.startswith("a/") else 0
    assert build.main(["publish", *place, "--no-wait", "--to", TO]) == 1
    said = terminal.getvalue()
    assert all(part in said for part in ("Pages", "Reading", "Looking", "Files"))
    assert said.count(CURSOR_GOES) == said.count(CURSOR_IS_BACK) >= 4


# --- Introduced people --------------------------------------------------------------------------


def test_an_introduced_persons_page_is_made_by_the_published_bundle_and_stays(shop: Shop) -> None:
    fill(shop.made)
    shop.publish()
    path = shop.introduce("Ida Lund")
    stored = shop.cloud.buckets["site"][path]
    assert stored.cache_control == headers_for(path)["Cache-Control"]
    shop.must_stay.add(path)
    made = stored.data
    assert shop.publish()["put"] <= 1  # the advocate’s own page may speak of it
    assert shop.pages()[path] == made, "the next build makes the same bytes"
    assert shop.is_the_build()


def test_a_new_theme_renders_introduced_pages_anew(shop: Shop) -> None:
    fill(shop.made)
    shop.publish()
    path = shop.introduce("Ida Lund")
    shop.must_stay.add(path)
    fill(shop.made, mark="two")
    shop.publish()
    assert b"Leeway two" in shop.pages()[path]
    assert b"Leeway one" not in shop.pages()[path]


def test_who_is_introduced_while_a_site_goes_up_keeps_their_page_in_the_new_theme(
    shop: Shop,
) -> None:
    fill(shop.made)
    shop.publish()
    fill(shop.made, mark="two")
    paths: list[str] = []
    watch = shop.cloud.watch

    def meanwhile(asked: Asked) -> None:
        watch(asked)
        if asked.bucket == "site" and not paths:
            paths.append("")
            shop.cloud.buckets["private"], now = before, shop.cloud.buckets["private"]
            paths[0] = path = introduced_at_once(shop)
            shop.cloud.buckets["private"] = now
            assert b"Leeway one" in shop.cloud.tree("site")[path]
            shop.must_stay.add(path)

    before = dict(shop.cloud.buckets["private"])
    shop.cloud.watch = meanwhile
    shop.publish()
    assert b"Leeway two" in shop.pages()[paths[0]]
    assert shop.is_the_build()


def test_who_is_introduced_by_a_function_that_has_the_old_theme_yet_gets_the_new_one_at_last(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(shop.made)
    shop.publish()
    old = dict(shop.cloud.buckets["private"])
    fill(shop.made, mark="two")
    waited: list[float] = []
    paths: list[str] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 1:
            shop.cloud.buckets["private"], now = old, shop.cloud.buckets["private"]
            paths.append(shop.introduce("Ida Lund"))
            shop.cloud.buckets["private"] = now
            assert b"Leeway one" in shop.pages()[paths[0]]

    clock = SimpleNamespace(sleep=sleep, perf_counter=time.perf_counter)
    monkeypatch.setattr("passalong.commands.publish.time", clock)
    shop.publish(waits=True)
    assert 50 < waited[0] < 66
    assert b"Leeway two" in shop.pages()[paths[0]]
    assert shop.is_the_build()


def test_nobody_waits_where_words_and_looks_are_as_before(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    clock = SimpleNamespace(sleep=waited.append, perf_counter=time.perf_counter)
    monkeypatch.setattr("passalong.commands.publish.time", clock)
    fill(shop.made)
    shop.publish(waits=True)
    fill(shop.made, people=6)
    assert shop.publish(waits=True)["put"] > 0
    assert waited == []


def introduced_at_once(shop: Shop) -> str:
    """Introduces while the stand-in holds its lock: what a function does is done without it."""
    found: list[str] = []
    shop.cloud.lock.release()
    try:
        watch, shop.cloud.watch = shop.cloud.watch, lambda _asked: None
        thread = threading.Thread(target=lambda: found.append(shop.introduce("Ida Lund")))
        thread.start()
        thread.join()
        shop.cloud.watch = watch
    finally:
        shop.cloud.lock.acquire()
    return found[0]


def test_the_page_of_an_introduced_person_who_was_revoked_goes(shop: Shop) -> None:
    fill(shop.made)
    shop.publish()
    path = shop.introduce("Ida Lund")
    person = introduced_id(shop)
    shop.publish()
    revoke(shop, f"referee:{person}")
    shop.publish()
    assert path not in shop.pages()
    assert shop.is_the_build()


def introduced_id(shop: Shop) -> str:
    ledger = shop.ledger()
    [person] = ledger.people()
    ledger.close()
    return person.id


def test_with_another_ledger_introduced_pages_are_left_alone_and_it_is_said(shop: Shop) -> None:
    fill(shop.made)
    shop.publish()
    path = shop.introduce("Ida Lund")
    shop.publish()
    (shop.made.var / "ledger.db").rename(shop.made.var / "elsewhere.db")
    for rest in shop.made.var.glob("ledger.db-*"):
        rest.unlink()
    status, said = shop.try_to()
    assert status == 0
    assert "1 page of an introduced person was left alone" in said
    assert path in shop.pages()


# --- What is refused ----------------------------------------------------------------------------


def refused(shop: Shop, *options: str) -> str:
    before = shop.cloud.tree("site"), shop.cloud.tree("private")
    status, said = shop.try_to(*options)
    assert status == 1
    assert (shop.cloud.tree("site"), shop.cloud.tree("private")) == before
    return said


def test_another_path_secret_is_refused_unless_it_is_meant(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(shop.made)
    shop.publish()
    old = path_of("advocate", "a-1")
    monkeypatch.setenv("PASSALONG_PATH_SECRET", bytes(range(64, 96)).hex())
    said = refused(shop)
    assert "path secret" in said
    assert "--new-links" in said
    shop.publish("--new-links")
    assert old not in shop.pages()
    assert shop.is_the_build()
    shop.publish()


def test_the_manifest_tells_nothing_of_the_secret_and_lies_with_the_bundle(shop: Shop) -> None:
    fill(shop.made)
    shop.publish()
    private = shop.cloud.tree("private")
    assert set(private) == {BUNDLE, "pass/published.json"}
    known = json.loads(private["pass/published.json"])
    assert bytes(range(32)).hex() not in private["pass/published.json"].decode()
    assert known["version"] == json.loads(private[BUNDLE])["version"]
    assert "published.json" not in " ".join(shop.cloud.tree("site"))


@pytest.mark.parametrize(
    "host", ["d111111abcdef8.cloudfront.net", "site.s3.eu-central-1.amazonaws.com", "x.github.io"]
)
def test_a_name_that_anybody_can_have_is_refused_unless_it_is_meant(shop: Shop, host: str) -> None:
    write(shop.made.content, files(program={"base_url": f"https://{host}"}))
    assert "--any-domain" in refused(shop)
    shop.publish("--any-domain")


def test_content_with_mistakes_is_refused(shop: Shop) -> None:
    fill(shop.made)
    write_only(shop.made, "advocates.csv", "id,nmae\n1,2\n")
    assert "nothing was published" in refused(shop)


def test_a_page_with_a_fault_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(shop.made)
    shop.made.build()  # so that the folder is ours
    fault = Problem("index.html", 0, "a link leads nowhere: /nowhere/")
    monkeypatch.setattr(publishable, "deep_problems", lambda *_: (fault,))
    said = refused(shop)
    assert "a link leads nowhere" in said
    assert "1 fault in the pages" in said


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("", "Say where to publish"),
        ("ftp://somewhere", "this is neither"),
        ("s3://site?region=x", "bundle"),
        ("s3://site?bundle=s3://site/bundle.json", "another bucket"),
        ("s3://site/folder?bundle=s3://private/b.json", "whole bucket"),
        ("s3://site?bundle=s3://private", "names no object"),
        ("s3://site?colour=red&bundle=s3://private/b.json", "no option colour"),
        ("folder:///", "names no folder"),
    ],
)
def test_a_place_that_is_none_is_said(shop: Shop, to: str, says: str) -> None:
    fill(shop.made)
    status, said = shop.try_to(to=to)
    assert status == 1
    assert says in said


# --- When things go wrong -----------------------------------------------------------------------


def test_requests_that_fail_for_a_moment_are_made_again(shop: Shop) -> None:
    fill(shop.made)
    count = iter(range(10**6))
    shop.cloud.fault = lambda _asked: (503, 0, LOST, 0, 0)[next(count) % 5]
    shop.publish()
    shop.cloud.fault = lambda _asked: 0
    assert shop.is_the_build()


def test_a_place_that_refuses_is_said_and_the_next_run_finishes(shop: Shop) -> None:
    fill(shop.made)
    shop.cloud.fault = lambda asked: 403 if asked.key == "index.html" else 0
    status, said = shop.try_to()
    assert status == 1
    assert "AccessDenied" in said
    shop.cloud.fault = lambda _asked: 0
    done = shop.publish()
    assert done["put"] < len(shop.made.tree()), "what was up already is not put again"
    assert shop.is_the_build()


def test_a_run_that_was_overtaken_stops(shop: Shop) -> None:
    fill(shop.made)
    shop.publish()
    fill(shop.made, mark="two")
    watch = shop.cloud.watch

    def meanwhile(asked: Asked) -> None:
        watch(asked)
        if asked.key == "pass/published.json":
            shop.cloud.put("private", "pass/published.json", b"{}")

    shop.cloud.watch = meanwhile
    status, said = shop.try_to()
    assert status == 1
    assert "Somebody else publishes" in said
    assert shop.cloud.count("PUT", "site") == len(shop.cloud.tree("site")), "the first time's alone"


# --- A folder -----------------------------------------------------------------------------------


def test_a_folder_is_made_the_build_and_what_is_private_lies_elsewhere(
    shop: Shop, tmp_path: Path
) -> None:
    www, private = tmp_path / "www", tmp_path / "private/bundle.json"
    to = f"folder://{www}?bundle={private}"
    fill(shop.made)
    shop.publish(to=to)
    assert tree(www) == shop.made.tree()
    assert private.is_file()
    assert oct(private.parent.stat().st_mode)[-3:] == "700"
    (www / "ads.txt").write_text("none")
    (www / ".passalong~half").write_text("killed")
    before = {path: path.stat().st_mtime_ns for path in www.rglob("*.html")}
    fill(shop.made, story_0="All is new.")
    assert shop.publish(to=to)["put"] == 1
    changed = [path for path, at in before.items() if path.stat().st_mtime_ns != at]
    assert changed == [www / "stories/story-0/index.html"]
    assert tree(www) == shop.made.tree() | {"ads.txt": b"none"}


def test_a_folder_without_a_word_on_the_bundle_keeps_it_in_the_local_folder(
    shop: Shop, tmp_path: Path
) -> None:
    fill(shop.made)
    shop.publish(to=f"folder://{tmp_path / 'www'}")
    assert tree(tmp_path / "www") == shop.made.tree()
    assert len([*(shop.made.var / "published").glob("*/bundle.json")]) == 1
    status, said = shop.try_to(to=f"folder://{tmp_path / 'www'}?bundle={tmp_path}/www/b.json")
    assert status == 1
    assert "among the pages" in said
