"""Publishing in the hands of a test: a program, the stand-in it goes to, and who looks at that."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import build
from passalong.ledger.port import Ledger
from passalong.wiring import Wiring
from passalong.world import World
from tests.programs import Made, Row, advocate, files, referee, story, write
from tests.s3_stand_in import Asked, Cloud
from tests.worlds import ask

TO = "s3://site?region=eu-central-1&distribution=E123&bundle=s3://private/pass/bundle.json"
BUNDLE = "pass/bundle.json"
NAMED = re.compile(rb'(?:src|href|content)="(?:https://[^/"]+)?/(assets/[^"]+)"')


@dataclass
class Shop:
    """A program that is published to a stand-in."""

    made: Made
    cloud: Cloud
    capsys: pytest.CaptureFixture[str]
    named: dict[str, frozenset[str]] = field(default_factory=dict)
    """The assets that each page names that is live."""
    must_stay: set[str] = field(default_factory=set)

    def publish(self, *options: str, to: str = TO, waits: bool = False) -> dict[str, Any]:
        """What the command says it did."""
        status, said = self.try_to(*options, to=to, waits=waits)
        assert status == 0, said
        figures: dict[str, Any] = json.loads(said.splitlines()[-1])
        return figures

    def try_to(self, *options: str, to: str = TO, waits: bool = False) -> tuple[int, str]:
        """The status that the command ends with, and all that it says."""
        place = ["--content", str(self.made.content), "--out", str(self.made.out)]
        self.capsys.readouterr()
        place += [] if waits else ["--no-wait"]
        status = build.main(["publish", *place, "--json", "--to", to, *options])
        said = self.capsys.readouterr()
        return status, said.err + said.out

    def killed(self, after: int) -> bool:
        """Publishes in a process that ends at so many changes; whether it was still at work."""
        options = ["--no-wait", "--to", TO]
        environ = self.made.environment() | self.cloud.environment()
        left = after
        watch = self.cloud.watch
        with subprocess.Popen(
            self.made.command("publish", *options),
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as child:

            def count(asked: Asked) -> None:
                nonlocal left
                watch(asked)
                left -= 1
                if left == 0:
                    child.send_signal(signal.SIGKILL)

            self.cloud.watch = count
            said, _ = child.communicate(timeout=120)
        self.cloud.watch = watch
        assert child.returncode in (0, -signal.SIGKILL), said.decode()
        return child.returncode != 0

    def look(self, asked: Asked) -> None:
        """After each change: every page has what it names, the bundle is not older than pages."""
        if asked.bucket != "site":
            return
        live = self.cloud.buckets["site"]
        if asked.key.endswith(".html"):
            page = live[asked.key].data if asked.key in live else b""
            self.named[asked.key] = frozenset(name.decode() for name in NAMED.findall(page))
            mark = re.search(rb"Leeway (one|two)", page)
            if mark and asked.method == "PUT":
                bundle = self.cloud.buckets["private"][BUNDLE].data
                if mark[0] not in bundle:
                    self.cloud.wrong.append(f"{asked.key} is of a newer theme than the bundle")
        for path, assets in self.named.items():
            if missing := [*(assets - live.keys())]:
                self.cloud.wrong.append(f"{path} names {missing}")
        if missing := [*(self.must_stay - live.keys())]:
            self.cloud.wrong.append(f"an introduced person’s page is gone: {missing}")

    def world(self) -> World:
        """What the functions act on, over the stand-in."""
        environ = self.made.settings() | {
            "PASSALONG_BUNDLE": f"s3://private/{BUNDLE}?region=eu-central-1",
            "PASSALONG_SITE": "s3://site?region=eu-central-1",
        }
        return Wiring(environ).world()

    def introduce(self, name: str, by: str = "a-1") -> str:
        """Has an advocate name somebody; where the page lies that a function made for them."""
        world = self.world()
        with closing(world.ledger):
            row = world.known().advocate(by)
            assert row
            token = world.known().holders.advocate_token(row)
            said = ask(world, "introductions", token, name=name, company="Fjord Foods")
        assert said.status == 201, said.body
        url: str = said.json["url"]
        return url.removeprefix(f"{world.address}/") + "index.html"

    def ledger(self) -> Ledger:
        return self.world().ledger

    def pages(self) -> dict[str, bytes]:
        """What is live, but for assets: older ones stay for a while."""
        live = self.cloud.tree("site")
        return {path: data for path, data in live.items() if not path.startswith("assets/")}

    def is_the_build(self) -> bool:
        """Whether exactly the pages of the build are live, and every asset of it."""
        tree = self.made.tree()
        assets = {path for path in tree if path.startswith("assets/")}
        live = self.cloud.tree("site")
        built = {path: data for path, data in tree.items() if path not in assets}
        return self.pages() == built and all(live.get(path) == tree[path] for path in assets)


def shop(
    tmp_path: Path,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Shop]:
    made = Made(tmp_path / "content", tmp_path / "site", tmp_path / "var")
    for name, value in (made.settings() | cloud.environment()).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("LEDGER", raising=False)
    monkeypatch.delenv("PASSALONG_PUBLISH_TO", raising=False)
    found = Shop(made, cloud, capsys)
    cloud.watch = found.look
    yield found
    assert cloud.wrong == []


def fill(made: Made, people: int = 5, mark: str = "one", stories: int = 3, **words: str) -> None:
    """A program with so many people and stories; ``words`` are of stories, by slug."""
    told = [
        story(
            f"story-{i}",
            title=f"Ships wait less {i}",
            customer=f"Lines {i}",
            domain=f"lines{i}.example",
            body=f"## What changed\n\n{words.get(f'story_{i}', 'Nobody waits.')}\n",
        )
        for i in range(stories)
    ]
    advocates: list[Row] = [advocate(f"a-{i}", f"Ana Berg {i}") for i in range(people)]
    referees = [
        referee(f"r-{i}", f"Tomas Lund {i}", advocate=f"a-{i}", reason=f"{mark} {i}")
        for i in range(people)
    ]
    colour = {"one": "#0b5d6b", "two": "#6b0b5d"}[mark]
    brand = {"name": f"Leeway {mark}", "colour": colour}
    content = files(stories=told, advocates=advocates, referees=referees, program={"brand": brand})
    write(made.content, content)
