"""A build killed at any moment leaves whole pages, and the next one makes a clean site."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from bench.sites import edit_story
from bench.workload import write_workload

ROOT = Path(__file__).parents[2]
NAMED = re.compile(rb'(?:src|href|content)="(?:https://[^/"]+)?(/assets/[^"]+)"')
Tree = dict[str, bytes]


class Folder:
    """A content folder, the sites built of it, and what is remembered of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.content = root / "content"
        memory = {"PASSALONG_VAR": str(root / "var"), "PASSALONG_PATH_SECRET": "5ec2e7" * 12}
        self.environment = {**os.environ, **memory}

    def start(self, site: Path) -> subprocess.Popen[bytes]:
        command = ("build.py", "build", "--content", str(self.content), "--out", str(site))
        return subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL
        )

    def build(self, site: Path) -> Tree:
        assert self.start(site).wait() == 0
        return tree(site)


def tree(site: Path) -> Tree:
    """Every file that a reader could ask for."""
    files = (path for path in site.rglob("*") if path.is_file())
    return {
        str(path.relative_to(site)): path.read_bytes()
        for path in files
        if not path.name.startswith(".")
    }


def not_whole(found: Tree, before: Tree, after: Tree) -> list[str]:
    return [path for path, data in found.items() if data not in (before.get(path), after.get(path))]


def dangling(found: Tree) -> set[str]:
    named = {
        match.decode().lstrip("/")
        for path, html in found.items()
        if path.endswith(".html")
        for match in NAMED.findall(html)
    }
    return named - found.keys()


@pytest.mark.parametrize("kills", [4, pytest.param(50, marks=pytest.mark.soak)])
def test_a_killed_build_leaves_whole_pages_and_the_next_one_makes_it_clean(
    tmp_path: Path, kills: int
) -> None:
    folder = Folder(tmp_path)
    write_workload(folder.content, 200)
    site = tmp_path / "site"
    before = folder.build(site)
    seed = random.randrange(10**9)
    rng = random.Random(seed)
    for number in range(1, kills + 1):
        edit_story(folder.content, number)
        started = time.monotonic()
        after = folder.build(tmp_path / "clean")
        longest = time.monotonic() - started
        building = folder.start(site)
        with suppress(subprocess.TimeoutExpired):
            building.wait(rng.uniform(0, longest))
        building.kill()
        building.wait()
        found = tree(site)
        assert not_whole(found, before, after) == [], f"seed {seed}, kill {number}"
        assert dangling(found) == set(), f"seed {seed}, kill {number}"
        assert folder.build(site) == after, f"seed {seed}, kill {number}"
        before = after
        shutil.rmtree(tmp_path / "clean")
