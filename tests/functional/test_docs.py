"""The documents tell the truth: commands, options, links and files are those that there are."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import build
from infra.aws.deploy import wanted_by
from infra.local.routes import template
from passalong.commands.deployed import ABOUT_LIVE
from passalong.hooks import first_hooks
from passalong.hooks import parsed as hooks_in
from passalong.webhooks import signature

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = (ROOT / "docs/commands.md").read_text("utf-8")
DEPLOYING = (ROOT / "docs/deploy.md").read_text("utf-8")
_CALL = re.compile(r"(?:^[ $]*|`)python build\.py ([^`\n…]+)", re.MULTILINE)
_LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)")
_MAKE = re.compile(r"(?:^ *\$? *|`)make ([a-z]+)\b(?=[`\n ]|$)", re.MULTILINE)


def leaves(
    parser: argparse.ArgumentParser, name: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that does something, by its whole name."""
    inner = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not inner:
        yield name, parser
    for action in inner:
        for choice, child in action.choices.items():
            yield from leaves(child, f"{name} {choice}".strip())


LEAVES = dict(leaves(build.parser()))


def section(name: str) -> str:
    """What docs/commands.md says under the heading of a command."""
    found = re.search(rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", COMMANDS, re.M | re.S)
    assert found, f"docs/commands.md has no heading “{name}”"
    return found[1]


def code_of(text: str) -> str:
    """Everything that is set as code: blocks, indented lines and spans."""
    blocks = re.findall(r"^```.*?^```", text, re.M | re.S)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return "\n".join([*blocks, *re.findall(r"^ {4}.*$", rest, re.M), *re.findall(r"`[^`]+`", rest)])


CALLS = sorted(
    {(doc.name, call) for doc in DOCS for call in _CALL.findall(code_of(doc.read_text("utf-8")))}
)
DEPLOYMENTS = sorted(
    {
        options
        for doc in DOCS
        for options in re.findall(r'make deploy DEPLOY="([^"]+)"', doc.read_text("utf-8"))
        if options != "--help"
    }
)


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_is_documented_with_every_option(name: str) -> None:
    said = section(name)
    options = [
        option
        for action in LEAVES[name]._actions
        for option in action.option_strings
        if option.startswith("--") and option != "--help"
    ]
    assert [option for option in options if f"`{option}" not in said] == []
    assert f"python build.py {name}" in said


@pytest.mark.parametrize("name", LEAVES)
def test_no_option_is_documented_that_there_is_not(name: str) -> None:
    known = {option for action in LEAVES[name]._actions for option in action.option_strings}
    assert set(re.findall(r"`(--[a-z-]+)", section(name))) <= known | {"--deep"}


def test_no_command_is_documented_that_there_is_not() -> None:
    headings = set(re.findall(r"^## (.+)$", COMMANDS, re.MULTILINE))
    assert headings - set(LEAVES) == {"For the engineer"}


def test_the_commands_that_are_about_what_is_live_are_those_that_are_listed() -> None:
    said = re.search(r"are about what is live there: (.+?)\. They", COMMANDS, re.S)
    assert said
    assert set(re.findall(r"`([a-z-]+)`", said[1])) == ABOUT_LIVE


def test_the_delivery_that_is_tried_while_deploying_is_signed_as_it_has_to_be(
    tmp_path: Path,
) -> None:
    script = re.search(r"^```sh\n(site=.*?)^```", DEPLOYING, re.M | re.S)
    assert script
    text = first_hooks()
    (tmp_path / "hooks").write_text(text)
    curl = 'curl() { printf "%s\\n" "$@"; }\n'  # what would be sent, an argument in a line
    done = subprocess.run(
        ["bash", "-euc", curl + script[1]], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    sent = done.stdout.splitlines()
    header = dict(one.split(": ", 1) for one in sent if one.startswith("webhook-"))
    body = sent[sent.index("-d") + 1].encode()
    (secret,) = hooks_in(text, "hooks").of("conversions")
    wanted = signature(secret, header["webhook-id"], int(header["webhook-timestamp"]), body)
    assert header["webhook-signature"] == wanted
    assert json.loads(body)["data"] == {"company": "A first try"}


@pytest.mark.parametrize(("doc", "call"), CALLS, ids=[f"{doc} {call}" for doc, call in CALLS])
def test_every_command_shown_can_be_typed(doc: str, call: str) -> None:
    words = shlex.split(call.partition(" > ")[0], comments=True)
    build.parser().parse_args([word.strip("[]") for word in words])


@pytest.mark.parametrize("options", DEPLOYMENTS)
def test_every_deployment_shown_can_be_typed(options: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    wanted = wanted_by(shlex.split(options))[0]
    assert wanted.main.keys() <= template(ROOT / "template.yaml")["Parameters"].keys()


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_make_target_shown_is_there(doc: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(_MAKE.findall(code_of(doc.read_text("utf-8")))) <= targets


def test_every_make_target_is_documented() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)) - {"help"}
    assert [target for target in targets if f"`make {target}`" not in COMMANDS] == []


def test_every_variable_of_the_environment_is_documented() -> None:
    sources = [*(ROOT / "passalong").rglob("*.py"), *(ROOT / "infra").rglob("*.py")]
    read = {
        name
        for path in sources
        for name in re.findall(r'"(PASSALONG_[A-Z_]+)"', path.read_text("utf-8"))
    }
    assert read
    assert [name for name in read if f"`{name}`" not in COMMANDS] == []


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_link_leads_to_a_file_and_a_heading(doc: Path) -> None:
    broken = []
    for target in _LINK.findall(
        re.sub(r"^```.*?^```", "", doc.read_text("utf-8"), flags=re.M | re.S)
    ):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (doc.parent / name).resolve() if name else doc
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert [target for target in broken if not target.startswith(("…", "/img", "/stories"))] == []


def anchors(file: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def test_the_layout_in_the_readme_is_the_layout() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme[readme.index("## For the engineer") : readme.index("**How a page")]
    first = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    named = re.findall(r"`([\w./*]+)`", "".join(first))
    assert named
    assert [name for name in named if not list(ROOT.glob(name.rstrip("/")))] == []


@pytest.mark.parametrize("picture", ["pages.png", "report.png"])
def test_a_picture_of_the_documents_is_light(picture: str) -> None:
    assert (ROOT / "docs/pictures" / picture).stat().st_size < 200_000


def test_a_theme_may_hold_what_its_document_says() -> None:
    text = (ROOT / "docs/theme.md").read_text("utf-8")
    site = ROOT / "site"
    templates = set(re.findall(r"`(_?[a-z]+\.html)`", text))
    assert templates == {path.name for path in (site / "templates").rglob("*.html")}
    css = (site / "assets/core.css").read_text("utf-8")
    properties = set(re.findall(r"`(--[a-z][a-z0-9-]*)`", text))
    assert [name for name in properties if f"{name}:" not in css] == []
