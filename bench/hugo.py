"""A Hugo site that makes the pages of a build: ``-m bench.hugo CONTENT OUT FOLDER``.

OUT is the output of a finished build of CONTENT, the only one that PASSALONG_VAR remembers. FOLDER
becomes a Hugo site whose data are the same skeletons and the same values, so that Hugo has nothing
to do but to escape the values, join the parts and write the files; the stories' Markdown is its own
to read. That is less work than templates in Hugo's usual style are, and so a hard anchor.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from passalong.commands.order import order
from passalong.pages.build import read
from passalong.pages.fill import Hole, Repeat, Skeleton
from passalong.pages.plan import Planner
from passalong.pages.state import Compiled, load
from passalong.tokens import PathKeys

ROOT = Path(__file__).parent.parent
CONFIGURATION = """\
baseURL = "https://friends.workload.example/"
locale = "en"
title = "Workload"
disableKinds = ["home", "section", "taxonomy", "term", "rss", "sitemap", "robotstxt", "404"]
disableHugoGeneratorInject = true
"""
# A part is the name of static bytes, {f: field, m: mode}, or {f: field, shapes: {names: parts}}.
PERSON = """\
{{- $static := hugo.Data.static -}}
{{- $values := .Params.values -}}
{{- range index hugo.Data.skeletons .Params.skeleton -}}
{{- if not (reflect.IsMap .) -}}
{{- index $static . | safeHTML -}}
{{- else if .shapes -}}
{{- $shapes := .shapes -}}
{{- range index $values .f -}}
{{- $row := . -}}
{{- range index $shapes .shape -}}
{{- if not (reflect.IsMap .) -}}
{{- index $static . | safeHTML -}}
{{- else -}}
{{- $value := index (cond .row $row $values) .f -}}
{{- if eq .m "url" }}{{ replace (urlquery $value) "+" "%20" | safeHTML }}{{ else }}{{ $value }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- else -}}
{{- $value := index $values .f -}}
{{- if eq .m "url" }}{{ replace (urlquery $value) "+" "%20" | safeHTML }}{{ else }}{{ $value }}
{{- end -}}
{{- end -}}
{{- end -}}
"""
STORY = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><main><h1>{{ .Title }}</h1>{{ .Content }}</main></body></html>
"""
PEOPLE = """\
{{ range hugo.Data.people }}
{{ $.AddPage (dict "path" .path "title" "Person" "layout" "person" "params" .) }}
{{ end }}
"""


class Statics:
    """Static texts, each kept once under a short name."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def name(self, text: bytes) -> str:
        return self.names.setdefault(text.decode(), f"s{len(self.names)}")

    def by_name(self) -> dict[str, str]:
        return {name: text for text, name in self.names.items()}


def parts_of(parts: Iterable[bytes | Hole | Repeat], statics: Statics, rows: str = "") -> list[Any]:
    """The parts as data; holes whose field begins with ``rows`` belong to a row."""
    found: list[Any] = []
    for part in parts:
        if isinstance(part, bytes):
            found.append(statics.name(part))
        elif isinstance(part, Hole):
            own = bool(rows) and part.field.startswith(rows)
            field = part.field.removeprefix(rows) if own else part.field
            found.append({"f": field, "m": part.mode, "row": own})
        else:
            shapes = {
                " ".join(names): parts_of(row, statics, f"{part.field}.")
                for names, row in part.shapes.items()
            }
            found.append({"f": part.field, "shapes": shapes})
    return found


def value_of(value: object) -> object:
    if isinstance(value, str):
        return value
    return [row | {"shape": " ".join(sorted(row))} for row in value]  # type: ignore[attr-defined]


def write_site(
    folder: Path, content: Path, skeletons: Mapping[Any, Skeleton], groups: Mapping[Any, Any]
) -> None:
    """The site for ``groups`` (paths and values) of the pages that each skeleton serves."""
    statics = Statics()
    named: dict[str, list[Any]] = {}
    people = []
    for number, (shape, group) in enumerate(groups.items()):
        skeleton = skeletons[shape]
        named[f"k{number}"] = parts_of(skeleton.parts, statics)
        for path, values in zip(group.paths, group.values, strict=True):
            fields = zip(skeleton.fields, map(value_of, values), strict=True)
            page = path.removesuffix("/index.html")
            people.append({"path": page, "skeleton": f"k{number}", "values": dict(fields)})
    files: dict[str, str] = {
        "hugo.toml": CONFIGURATION,
        "layouts/person.html": PERSON,
        "layouts/single.html": STORY,
        "content/_content.gotmpl": PEOPLE,
        "data/people.json": json.dumps(people, ensure_ascii=False),
        "data/skeletons.json": json.dumps(named),
        "data/static.json": json.dumps(statics.by_name(), ensure_ascii=False),
    }
    for story in sorted((content / "case-studies").glob("*.md")):
        files[f"content/stories/{story.name}"] = story.read_text("utf-8")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def main(content: Path, out: Path, folder: Path) -> None:
    wanted = order(content, out, ROOT)
    memory = next((wanted.var / "builds").glob("*/compiled"))
    compiled: Compiled = load(memory, Compiled)
    _, people = read(wanted, compiled.editorial)
    keys = PathKeys(wanted.secret, compiled.editorial.program.id)
    groups = Planner(compiled.editorial, people, keys).plan()
    write_site(folder, content, compiled.skeletons, groups)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
