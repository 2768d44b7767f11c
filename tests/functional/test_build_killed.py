"""A build killed at any moment leaves every page whole; the next one makes the site a clean one."""

from __future__ import annotations

import random
import re
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.programs import LOGO, Files, Made, advocate, files, referee, story, write

PEOPLE = 150  # of each list
NAMED = re.compile(rb'(?:src|href|content)="(?:https://[^/"]+)?/(assets/[^"]+)"')
Tree = dict[str, bytes]


def variant(mark: str, colour: str, first: int) -> Files:
    """A program whose every page, preview image and logo differs with ``mark``.

    A few of its people are in no other variant; nobody is in its own ids.csv only.
    """
    everybody = range(first, first + PEOPLE)
    brand = {"colour": colour, "logo": "logos/own.svg", "name": f"Leeway {mark}"}
    return files(
        stories=[story(title=f"Nordhavn’s ships wait {mark}")],
        advocates=[advocate(f"a-{i}", f"Ana {mark} {i}", case_study="nordhavn") for i in everybody],
        referees=[
            referee(f"r-{i}", f"Tomas {i}", advocate=f"a-{i}", reason=f"{mark} {i}")
            for i in everybody
        ],
        program={"brand": brand},
        more={"logos/own.svg": LOGO.replace("80", f"8{first}", 1)},
    )


def not_whole(found: Tree, *variants: Tree) -> list[str]:
    """Pages that are as no variant has them, and pages of every variant that are gone."""
    broken = [
        path
        for path, data in found.items()
        if path.endswith(".html") and all(data != tree.get(path) for tree in variants)
    ]
    always = set.intersection(*(set(tree) for tree in variants))
    return broken + [path for path in always - found.keys() if path.endswith(".html")]


def dangling(found: Tree) -> set[str]:
    """Assets that a page names and that are not there."""
    named = {
        name.decode()
        for path, html in found.items()
        if path.endswith(".html")
        for name in NAMED.findall(html)
    }
    assert named
    return named - found.keys()


def killed(made: Made, after: float) -> bool:
    """Starts a build and kills it after so many seconds; whether it was still at work."""
    with subprocess.Popen(
        made.command("build"),
        env=made.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as child:
        try:
            _, complaints = child.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return True
    assert child.returncode == 0, complaints.decode()
    return False


def duration(made: Made) -> float:
    """Seconds that a whole build takes."""
    began = time.monotonic()
    assert not killed(made, 60)
    return time.monotonic() - began


@pytest.mark.parametrize("kills", [50, pytest.param(500, marks=pytest.mark.soak)])
def test_a_build_killed_at_any_moment_leaves_whole_pages_and_the_next_makes_them_clean(
    tmp_path: Path, kills: int
) -> None:
    made = Made(tmp_path / "content", tmp_path / "site", tmp_path / "var")
    variants = [variant("one", "#0b5d6b", 0), variant("two", "#6b0b5d", 2)]
    clean, register = [], []
    for number, content in enumerate(variants):
        write(made.content, content)
        (made.content / "ids.csv").unlink(missing_ok=True)
        site = replace(made, out=tmp_path / f"clean-{number}")
        site.build()
        clean.append(site.tree())
        register.append((made.content / "ids.csv").read_bytes())

    def switch(to: int) -> None:
        write(made.content, variants[to])
        (made.content / "ids.csv").write_bytes(register[to])

    longest = 0.0
    for to in (0, 1, 0):
        switch(to)
        longest = max(longest, duration(made))
    moments = random.Random(20261102)
    at_work = 0
    for number in range(kills):
        switch(to := (number + 1) % 2)
        at_work += killed(made, moments.uniform(0, longest))
        found = made.tree()
        assert not_whole(found, *clean) == [], f"kill {number}"
        assert dangling(found) == set(), f"kill {number}"
        if number % 10 == 9:
            assert duration(made)
            assert made.tree() == clean[to], f"kill {number}"
    assert at_work > kills / 10
    for to in (0, 1):
        switch(to)
        assert not killed(made, 60)
        assert made.tree() == clean[to]
