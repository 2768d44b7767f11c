"""A skeleton is compiled only from a template that treats everybody's values alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from passalong.errors import TemplateError
from passalong.pages.fill import Hole, Repeat, Skeleton, fill
from passalong.pages.skeleton import compile_skeleton, row_shapes
from passalong.pages.theme import Theme

Compile = Callable[[str], Skeleton]
SHAPES = row_shapes(["x"], ["y"])
VALUES = (
    "a",
    "van der Berg",
    "O'Brien & <b>“Söhne”</b>",
    "x" * 300,
    "0",
    "https://x.example/?a=1",
    "true",
    "  ",
)
ROWS: tuple[tuple[dict[str, str], ...], ...] = (
    ({"x": "1"},),
    ({"x": "<", "y": "2"}, {"x": "3"}),
    tuple({"x": str(i)} if i % 3 else {"x": str(i), "y": "&"} for i in range(20)),
)


class Template:
    """One template of a theme, compiled and rendered over a value ``x`` and rows ``rows``."""

    def __init__(self, folder: Path, text: str) -> None:
        (folder / "templates").mkdir()
        (folder / "templates" / "page.html").write_text(text, "utf-8")
        self.theme = Theme([folder])

    def render(self, values: Mapping[str, Any]) -> str:
        return self.theme.render("page.html", {**values, "known": "Known"})

    def compiled(self, fields: Sequence[str] = ("x", "rows")) -> Skeleton:
        return compile_skeleton(fields, {"rows": (SHAPES, {"x", "y"})}, self.render)

    def differences(self) -> list[tuple[object, object]]:
        """The filled pages that are not as Jinja renders them, and Jinja's."""
        pages = [(value, rows) for value in VALUES for rows in ROWS]
        whole = [[dict.fromkeys("xy", "") | row for row in rows] for _, rows in pages]
        jinja = [
            self.render({"x": value, "rows": rows}).encode()
            for (value, _), rows in zip(pages, whole, strict=True)
        ]
        filled = fill(self.compiled(), pages)
        return [pair for pair in zip(filled, jinja, strict=True) if pair[0] != pair[1]]


SERVED = """
{{ x }}
{{ x|e }}
{{ x|string }}
{{ x|bdi }}
{{ x|default('nobody') }}
{{ x or 'nobody' }}
{{ x ~ ', ' ~ known }}
{{ 'Dear ' + x }}
{{ known|bdi ~ x|bdi }}
{{ known|upper }}
<a href="/?q={{ x }}" title='{{ x }}'>{{ x }}</a>
{% if x %}there{% else %}away{% endif %}
{% if not x %}away{% endif %}
{% if x is defined and x %}there{% endif %}
{% set y = x %}{{ y }}
{% set y %}<b>{{ x }}</b>{% endset %}{{ y }}
{% macro say(a) %}<i>{{ a }}</i>{% endmacro %}{{ say(x) }}
{% for row in rows %}{{ row.x }}{% endfor %}
{% for row in rows %}<li>{{ row.x }}{% if row.y %} ({{ row.y }}){% endif %}</li>{% endfor %}
{% for row in rows %}{{ x }}: {{ row.x }}; {% endfor %}
{% for row in rows %}{{ row.y|bdi }}{% endfor %}
{% for row in rows %}-{% else %}nobody{% endfor %}
{% for row in rows %}{{ row.x }}{% endfor %} {% for row in rows %}{{ row.y }}{% endfor %}
{% for row in rows %}{{ row.x }}{% endfor %}{% for row in rows %}{{ row.y }}{% endfor %}
{% if rows %}some{% endif %}
{% for word in ('a', 'b') %}{{ loop.index }} {{ word }} {{ x }}{% endfor %}
""".strip().splitlines()


@pytest.mark.parametrize("text", SERVED)
def test_what_only_shows_values_fills_as_jinja_renders(tmp_path: Path, text: str) -> None:
    assert Template(tmp_path, f"<p>\n{text}\n</p>").differences() == []


LOOKS_INSIDE = """
{{ x|upper }}
{{ x|title }}
{{ x|capitalize }}
{{ x|length }}
{{ x|truncate(10) }}
{{ x|replace('a', 'b') }}
{{ x|trim }}
{{ x|striptags }}
{{ x|wordcount }}
{{ x|urlize }}
{{ x|int }}
{{ x|float }}
{{ x|first }}
{{ x|list }}
{{ x|join('-') }}
{{ x|tojson }}
{{ x|pprint }}
{{ x|indent }}
{{ x|center(80) }}
{{ x|wordwrap(3) }}
{{ x|abs }}
{{ x|filesizeformat }}
{{ x|e|length }}
{{ x|bdi|length }}
{{ (x ~ '')|length }}
{{ (x ~ known)|upper }}
{{ known|replace('K', x) }}
{{ [x, known]|sort }}
{{ [x] }}
{{ x[0] }}
{{ x[:3] }}
{{ x * 2 }}
{{ x % 2 }}
{{ x == 'a' }}
{{ known == x }}
{{ x < 'b' }}
{{ 'a' in x }}
{{ x in ['a'] }}
{{ {'a': 1}[x] }}
{{ x.upper() }}
{{ x.startswith('a') }}
{{ x.isascii() }}
{{ x.encode() }}
{{ x.__len__() }}
{{ '{:>9}'.format(x) }}
{% if x is lower %}a{% endif %}
{% if x is sequence %}a{% endif %}
{% if x == known %}a{% endif %}
{% for letter in x %}{{ letter }}{% endfor %}
{% set y %}{{ x }}{% endset %}{{ y|length }}
{{ rows }}
{{ rows|length }}
{{ rows|first }}
{{ rows[0].x }}
{{ rows|map(attribute='x')|join(', ') }}
{{ rows|reverse|list }}
{% for row in rows[:2] %}{{ row.x }}{% endfor %}
{% for row in rows|sort(attribute='x') %}{{ row.x }}{% endfor %}
{% for row in rows|list %}{{ row.x }}{% endfor %}
{% for row in rows %}{{ row }}{% endfor %}
{% for row in rows %}{{ row.x|upper }}{% endfor %}
{% for row in rows %}{{ loop.length }}{% endfor %}
{% for name, value in rows %}{{ name }}{% endfor %}
""".strip().splitlines()


@pytest.mark.parametrize("text", LOOKS_INSIDE)
def test_a_template_that_looks_into_a_value_is_refused_at_its_line(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(TemplateError, match="looks into") as refused:
        Template(tmp_path, f"<p>\n\n{text}</p>").compiled()
    assert (refused.value.template, refused.value.line) == ("page.html", 3)


def test_a_look_inside_is_said_where_it_is_even_through_a_partial(tmp_path: Path) -> None:
    template = Template(tmp_path, "<p>\n{% include '_part.html' %}</p>")
    (tmp_path / "templates" / "_part.html").write_text("one\ntwo\nthree {{ x|upper }}")
    with pytest.raises(TemplateError) as refused:
        template.compiled()
    assert (refused.value.template, refused.value.line) == ("_part.html", 3)


@pytest.mark.parametrize(
    "text",
    [
        "{{ x|safe }}",
        "{% autoescape false %}{{ x }}{% endautoescape %}",
        "{% for row in rows %}{{ row.y|safe }}{% endfor %}",
        "{{ (x ~ known)|safe }}",
    ],
)
def test_a_value_is_never_printed_raw(tmp_path: Path, text: str) -> None:
    with pytest.raises(TemplateError, match="without escaping"):
        Template(tmp_path, text).compiled()


@pytest.mark.parametrize("text", ["{{ x|e|forceescape }}", "{{ x|bdi|forceescape }}"])
def test_a_value_is_never_escaped_twice(tmp_path: Path, text: str) -> None:
    with pytest.raises(TemplateError, match="twice"):
        Template(tmp_path, text).compiled()


def test_a_percent_encoded_value_is_never_encoded_again(tmp_path: Path) -> None:
    from urllib.parse import quote  # noqa: PLC0415 - what a context might do, and must not

    template = Template(tmp_path, "{{ x }}")

    def twice(values: Mapping[str, Any]) -> str:
        return template.render({"x": quote(quote(str(values["x"]), safe=""), safe="")})

    with pytest.raises(TemplateError, match="twice"):
        compile_skeleton(["x"], {}, twice)


@pytest.mark.parametrize(
    "text",
    [
        "{% for row in rows %}{{ row.x }}{% if not loop.last %}, {% endif %}{% endfor %}",
        "{% for row in rows %}{% if not loop.first %}, {% endif %}{{ row.x }}{% endfor %}",
        "{% for row in rows %}{{ loop.index }}{% endfor %}",
        "{% for row in rows %}<li class='{{ loop.cycle('odd', 'even') }}'>{% endfor %}",
        "{% for row in rows %}{% if loop.index < 5 %}{{ row.x }}{% endif %}{% endfor %}",
    ],
)
def test_a_row_is_never_shown_by_its_place(tmp_path: Path, text: str) -> None:
    with pytest.raises(TemplateError, match=r"by its place|looks into"):
        Template(tmp_path, text).compiled()


@pytest.mark.parametrize(
    "text",
    [
        "{% for row in rows if row.y %}{{ row.x }}{% endfor %}",
        "{% for row in rows|selectattr('y') %}{{ row.x }}{% endfor %}",
    ],
)
def test_no_row_is_left_out(tmp_path: Path, text: str) -> None:
    with pytest.raises(TemplateError, match="leaves out rows"):
        Template(tmp_path, text).compiled()


def test_rows_do_not_nest(tmp_path: Path) -> None:
    text = "{% for row in rows %}{% for other in rows %}{{ other.x }}{% endfor %}{% endfor %}"
    with pytest.raises(TemplateError, match="inside a personal row"):
        Template(tmp_path, text).compiled()


def test_a_skeleton_is_static_bytes_holes_and_rows_by_the_values_they_have(tmp_path: Path) -> None:
    row = "[{{ row.x }}{% if row.y %}|{{ row.y }}{% endif %}]"
    text = f"<p>ä{{{{ x }}}}</p>{{% for row in rows %}}{row}{{% endfor %}}"
    x, y = Hole("rows.x", "html"), Hole("rows.y", "html")
    shapes = {("x",): (b"[", x, b"]"), ("x", "y"): (b"[", x, b"|", y, b"]")}
    parts = ("<p>ä".encode(), Hole("x", "html"), b"</p>", Repeat("rows", shapes))
    assert Template(tmp_path, text).compiled() == Skeleton(("x", "rows"), parts)


def test_rows_have_a_shape_for_every_set_of_values_they_may_have() -> None:
    assert row_shapes(["first", "name"], ["company"]) == [
        ("first", "name"),
        ("company", "first", "name"),
    ]
    assert len(row_shapes(["a"], ["b", "c", "d"])) == 8
