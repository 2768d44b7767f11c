"""A Hugo site that makes the pages of a build: ``-m bench.hugo CONTENT OUT FOLDER``.

OUT is the output of a finished build of CONTENT, the only one that PASSALONG_VAR remembers. FOLDER
becomes a Hugo site with a template for each skeleton and the same values as data, so that Hugo has
nothing to do but to escape the values and write the files; the stories' Markdown is its own to
read. That is less work than templates in Hugo's usual style are, and so a hard anchor.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from passalong import given
from passalong.commands.order import order
from passalong.pages.fill import Hole, Repeat, Skeleton
from passalong.pages.reading import read
from passalong.pages.state import Compiled, load
from passalong.plan import Planner

ROOT = Path(__file__).parent.parent
CONFIGURATION = """\
baseURL = "https://friends.workload.example/"
locale = "en"
title = "Workload"
disableKinds = ["home", "section", "taxonomy", "term", "rss", "sitemap", "robotstxt", "404"]
disableHugoGeneratorInject = true
"""
STORY = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><main><h1>{{ .Title }}</h1>{{ .Content }}</main></body></html>
"""
PEOPLE = """\
{{ range hugo.Data.people }}
{{ $.AddPage (dict "path" .path "title" "Person" "layout" .layout "params" .) }}
{{ end }}
"""
SCRIPT = re.compile(r"(<script>)(.*?)(</script>)", re.DOTALL)


def layout(skeleton: Skeleton) -> str:
    """The skeleton as one of Hugo's templates: its text, and an action for each hole."""
    head = "{{- $page := .Params.values -}}{{- $given := index hugo.Data.given .Params.given -}}"
    return head + actions(skeleton.parts)


def actions(parts: Iterable[bytes | Hole | Repeat], rows: str = "") -> str:
    """Text and actions; a hole whose field begins with ``rows`` belongs to a row."""
    text = ""
    for part in parts:
        if isinstance(part, bytes):
            text += SCRIPT.sub(as_action, part.decode())
        elif isinstance(part, Hole):
            own = bool(rows) and part.field.startswith(rows)
            field = "$row." + word(part.field.removeprefix(rows)) if own else value(part.field)
            encoded = f'{{{{ replace (urlquery {field}) "+" "%20" | safeURL }}}}'
            text += encoded if part.mode == "url" else f"{{{{ {field} }}}}"
        else:
            text += f"{{{{ range $row := {value(part.field)} }}}}"
            for number, (names, row) in enumerate(part.shapes.items()):
                begin = "else if" if number else "if"
                text += f'{{{{ {begin} eq $row.shape "{" ".join(names)}" }}}}'
                text += actions(row, f"{part.field}.")
            text += "{{ end }}{{ end }}"
    return text


def as_action(script: re.Match[str]) -> str:
    """A script as a quoted value: Hugo would leave out comments that stand in its text."""
    return f"{script[1]}{{{{ {json.dumps(script[2], ensure_ascii=False)} | safeJS }}}}{script[3]}"


def word(field: str) -> str:
    return field.replace(".", "_")


def value(field: str) -> str:
    return f"{'$given' if field in given.NAMES else '$page'}.{word(field)}"


def values_of(values: Mapping[str, object]) -> dict[str, object]:
    """Values as data; each row says of what shape it is."""
    return {
        word(name): found if isinstance(found, str) else rows_of(found)
        for name, found in values.items()
    }


def rows_of(rows: Any) -> list[dict[str, str]]:
    return [row | {"shape": " ".join(sorted(row))} for row in rows]


def write_site(folder: Path, content: Path, compiled: Compiled, groups: Mapping[Any, Any]) -> None:
    """The site for ``groups`` (paths and values) of the pages of each Shape."""
    frames = {frame: f"k{number}" for number, frame in enumerate(compiled.frames)}
    shapes, people = {}, []
    for number, (shape, group) in enumerate(groups.items()):
        bound = compiled.shapes[shape]
        shapes[f"g{number}"] = values_of(bound.given)
        common = {"layout": frames[bound.frame], "given": f"g{number}"}
        for path, values in zip(group.paths, group.values, strict=True):
            own = values_of(dict(zip(shape.present, values, strict=True)))
            people.append(common | {"path": path.removesuffix("/index.html"), "values": own})
    files = {
        "hugo.toml": CONFIGURATION,
        "layouts/single.html": STORY,
        "content/_content.gotmpl": PEOPLE,
        "data/people.json": json.dumps(people, ensure_ascii=False),
        "data/given.json": json.dumps(shapes, ensure_ascii=False),
    }
    for frame, skeleton in compiled.frames.items():
        files[f"layouts/{frames[frame]}.html"] = layout(skeleton)
    for story in sorted((content / "case-studies").glob("*.md")):
        files[f"content/stories/{story.name}"] = story.read_text("utf-8")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def main(content: Path, out: Path, folder: Path) -> None:
    wanted = order(content, out, ROOT)
    memory = next((wanted.var / "builds").glob("*/compiled"))
    compiled: Compiled = load(memory, Compiled)
    _, people, holders = read(wanted, compiled.editorial)[:3]
    groups = Planner(compiled.editorial, people, holders).plan()
    write_site(folder, content, compiled, groups)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
