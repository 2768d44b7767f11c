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
from passalong.pages import given
from passalong.pages.build import read
from passalong.pages.fill import Hole, Repeat
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
# A part is the name of static bytes, or a field: {f: name, m: mode, of: page | given | row}, or one
# with rows: {f: name, of: page | given, shapes: {names: parts}}.
VALUE = """\
{{- $value := index (index $from .of) .f -}}
{{- if eq .m "url" }}{{ replace (urlquery $value) "+" "%20" | safeHTML }}{{ else }}{{ $value }}
{{- end -}}
"""
PERSON = f"""\
{{{{- $static := hugo.Data.static -}}}}
{{{{- $page := .Params.values -}}}}
{{{{- $given := index hugo.Data.given .Params.given -}}}}
{{{{- $from := dict "page" $page "given" $given -}}}}
{{{{- range index hugo.Data.skeletons .Params.skeleton -}}}}
{{{{- if not (reflect.IsMap .) -}}}}
{{{{- index $static . | safeHTML -}}}}
{{{{- else if .shapes -}}}}
{{{{- $shapes := .shapes -}}}}
{{{{- range index (index $from .of) .f -}}}}
{{{{- $from := dict "page" $page "given" $given "row" . -}}}}
{{{{- range index $shapes .shape -}}}}
{{{{- if not (reflect.IsMap .) -}}}}
{{{{- index $static . | safeHTML -}}}}
{{{{- else -}}}}
{VALUE}
{{{{- end -}}}}
{{{{- end -}}}}
{{{{- end -}}}}
{{{{- else -}}}}
{VALUE}
{{{{- end -}}}}
{{{{- end -}}}}
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
    """The parts as data; a hole whose field begins with ``rows`` belongs to a row."""
    found: list[Any] = []
    for part in parts:
        if isinstance(part, bytes):
            found.append(statics.name(part))
        elif isinstance(part, Hole):
            own = bool(rows) and part.field.startswith(rows)
            of = "row" if own else source_of(part.field)
            field = part.field.removeprefix(rows) if own else part.field
            found.append({"f": field, "m": part.mode, "of": of})
        else:
            shapes = {
                " ".join(names): parts_of(row, statics, f"{part.field}.")
                for names, row in part.shapes.items()
            }
            found.append({"f": part.field, "of": source_of(part.field), "shapes": shapes})
    return found


def source_of(field: str) -> str:
    return "given" if field in given.NAMES else "page"


def values_of(values: Mapping[str, object]) -> dict[str, object]:
    """Values as data; each row says of what shape it is."""
    return {
        name: value if isinstance(value, str) else rows_of(value) for name, value in values.items()
    }


def rows_of(rows: Any) -> list[dict[str, str]]:
    return [row | {"shape": " ".join(sorted(row))} for row in rows]


def write_site(folder: Path, content: Path, compiled: Compiled, groups: Mapping[Any, Any]) -> None:
    """The site for ``groups`` (paths and values) of the pages of each Shape."""
    statics = Statics()
    frames = {frame: f"k{number}" for number, frame in enumerate(compiled.frames)}
    skeletons = {frames[f]: parts_of(s.parts, statics) for f, s in compiled.frames.items()}
    shapes, people = {}, []
    for number, (shape, group) in enumerate(groups.items()):
        bound = compiled.shapes[shape]
        shapes[f"g{number}"] = values_of(bound.given)
        common = {"skeleton": frames[bound.frame], "given": f"g{number}"}
        for path, values in zip(group.paths, group.values, strict=True):
            own = values_of(dict(zip(shape.present, values, strict=True)))
            people.append(common | {"path": path.removesuffix("/index.html"), "values": own})
    data = {"people": people, "skeletons": skeletons, "given": shapes, "static": statics.by_name()}
    files = {
        "hugo.toml": CONFIGURATION,
        "layouts/person.html": PERSON,
        "layouts/single.html": STORY,
        "content/_content.gotmpl": PEOPLE,
    }
    for name, value in data.items():
        files[f"data/{name}.json"] = json.dumps(value, ensure_ascii=False)
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
    write_site(folder, content, compiled, groups)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
