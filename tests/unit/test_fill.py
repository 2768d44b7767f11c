"""A page filled from its skeleton is, byte for byte, the page that Jinja renders by itself."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markupsafe import escape

from passalong import content, sharing
from passalong.content.clean import tidy
from passalong.pages.compiler import compile_site, render
from passalong.pages.fill import Hole, Repeat, Skeleton, bind, fill
from passalong.pages.reading import read
from passalong.pages.site import Site
from passalong.pages.state import Compiled
from passalong.plan import Planner
from tests.naughty import NAUGHTY
from tests.programs import (
    SECRET_STORY,
    SITE,
    Made,
    Row,
    advocate,
    files,
    holders,
    referee,
    story,
    table,
    write,
)

LOCALES = ("en", "de", "ar", "zh")
PRIVACY = {f"pages/privacy.{code}.md": "# P\n\nText.\n" for code in LOCALES[1:]}
HOSTS = [
    {"id": "jonas", "name": "Jonas P.", "role": "Yards", "email": "jonas@leeway.example"},
    {
        "id": "ines",
        "name": "Inès & Söhne <b>",
        "role": "",
        "email": "ines+x@leeway.example",
        "bio": "“Plants”",
        "phone": "+33 1 99",
        "link": "https://meet.leeway.example/ines?a=1&b=2",
        "regions": ["France"],
        "languages": ["fr"],
    },
]


# --- Whole pages ------------------------------------------------------------------------------


class Workshop:
    """Makes everybody's pages twice, for one editorial content and any people."""

    def __init__(self, made: Made) -> None:
        self.made = made
        self.editorial = read(made.order()).editorial
        self.compiled = Compiled(b"", self.editorial)
        self.images = made.var / "builds/images"
        self.site = Site(self.editorial, made.content, SITE)

    def pages(
        self, advocates: Iterable[Row], referees: Iterable[Row]
    ) -> Iterator[tuple[str, bytes, bytes]]:
        """Path, filled page, and Jinja's own."""
        folder = self.made.content
        (folder / "advocates.csv").write_text(table(advocates), "utf-8", newline="")
        (folder / "referees.csv").write_text(table(referees), "utf-8", newline="")
        people = content.read_people(folder, self.editorial)
        assert [p for p in people.problems if p.severity == "error"] == []
        groups = Planner(self.editorial, people, holders()).plan()
        new = {s: group.values[0] for s, group in groups.items() if s not in self.compiled.shapes}
        if new or not self.compiled.public:
            compile_site(self.compiled, new, folder, SITE, self.images)
        self.site.images = self.compiled.images
        for shape, group in groups.items():
            filled = fill(self.compiled.skeleton(shape), group.values)
            for path, values, data in zip(group.paths, group.values, filled, strict=True):
                yield (
                    path,
                    data,
                    render(self.site, self.compiled.shapes[shape], shape, values).encode(),
                )


@pytest.fixture(scope="module")
def workshops(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workshop]:
    """Programs with stories (one of them anonymised), without any, and without a reward."""
    program = {"booking": {"hosts": HOSTS, "agenda": ["Ten <minutes>", "“Five” & a half"]}}
    stories = [
        story(),
        story(**SECRET_STORY),
        story("bare", title="Bare & <plain>", quote=None, metrics=None, company_size=None),
        story("german", title="Bei Kaltwasser wird’s pünktlich", locale="de", industry="grocery"),
    ]
    shared = {"locales": LOCALES[1:], "advocates": [], "referees": [], "more": PRIVACY}
    contents = {
        "stories": files(
            stories=stories,
            program=program,
            sign_offs={"solvane": {"scope": "anonymised"}},
            **shared,  # type: ignore[arg-type]
        ),
        "no stories": files(stories=[], program=program, **shared),  # type: ignore[arg-type]
        "no reward": files(program=program | {"reward": None}, **shared),  # type: ignore[arg-type]
    }
    made = {}
    for name, files_of in contents.items():
        folder = tmp_path_factory.mktemp("fill")
        made[name] = Workshop(Made(write(folder / "content", files_of), folder / "out", folder))
    return made


anything = st.one_of(
    st.sampled_from(NAUGHTY),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text("<>&\"'%{}\\/+ \u00a0;#=`\u202e\ue000\uf8fd\uf8fe\uf7ff\0", max_size=20),
    st.builds("{}{}".format, st.text("ab<&", min_size=1, max_size=3), st.sampled_from(NAUGHTY)),
)
name = anything.filter(tidy)
optional = st.one_of(st.just(""), anything)
ours = st.sampled_from(["", "Nordhavn Lines", "Solvane Chemicals", "Kestrel Ferries"])
common = {
    "company": st.one_of(ours, anything),
    "role": optional,
    "industry": st.sampled_from(["", "shipping", "chemicals", "grocery"]),
    "company_size": st.sampled_from(["", "400", "200-500", "1000+"]),
    "region": st.sampled_from(["", "France", "Nordics"]),
    "locale": st.sampled_from(["", *LOCALES, "de-AT", "fr"]),
}
advocates = st.fixed_dictionaries(
    common
    | {
        "name": name,
        "kind": st.sampled_from(["customer", "partner", "contact"]),
        "status": st.sampled_from(["active", "paused", "moved", "left"]),
        "case_study": st.sampled_from(["", "nordhavn", "solvane", "bare", "german"]),
        "context": optional,
        "owner": st.sampled_from(["", "jonas", "ines"]),
        "reward": st.one_of(st.sampled_from(["", "none"]), anything),
        "show_name": st.sampled_from(["", "yes", "no"]),
    }
)
referees = st.fixed_dictionaries(
    common
    | {"name": name, "reason": optional, "status": st.sampled_from(["suggested", "confirmed"])}
)
people = st.tuples(
    st.lists(advocates, min_size=1, max_size=8), st.lists(referees, min_size=2, max_size=16)
)
HOSTILE = advocate(name="<script>", company="&#34;", role='"', context="'\ue000%3C", reward="%s")
NAMED = advocate(case_study="solvane", show_name="yes")
BARE = advocate(name="山", company="", role="")


def rows(known: tuple[list[Row], list[Row]], slugs: Container[str]) -> tuple[list[Row], list[Row]]:
    """The people as rows of the two lists, in turn each advocate's; no story that there is not."""
    return (
        [
            row
            | {
                "id": f"a-{i}",
                "case_study": slug if (slug := row.get("case_study", "")) in slugs else "",
            }
            for i, row in enumerate(known[0])
        ],
        [
            row | {"id": f"r-{i}", "advocate": f"a-{i % len(known[0])}"}
            for i, row in enumerate(known[1])
        ],
    )


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["stories", "no stories", "no reward"]), people)
@example("stories", ([HOSTILE, NAMED], [referee(name="</title>", reason="\u202e\uf8ff ]]>")]))
@example("no stories", ([BARE], [referee(status="suggested", company="")]))
def test_a_filled_page_is_jinjas_own_byte_for_byte(
    workshops: dict[str, Workshop], kind: str, known: tuple[list[Row], list[Row]]
) -> None:
    workshop = workshops[kind]
    made = list(workshop.pages(*rows(known, workshop.editorial.public_slugs)))
    assert [path for path, filled, rendered in made if filled != rendered] == []
    confirmed = [row for row in known[1] if row["status"] == "confirmed"]
    assert len(made) == 2 * len(known[0]) + len(confirmed)


def test_every_naughty_string_in_every_place_fills_as_jinja_renders(
    workshops: dict[str, Workshop],
) -> None:
    def at(position: int) -> str:
        return NAUGHTY[position % len(NAUGHTY)]

    everybody = [
        advocate(
            f"a-{i}",
            text,
            company=at(i + 1),
            role=at(i + 2),
            context=at(i + 3),
            reward=at(i + 4),
            show_name="yes",
            case_study="",
        )
        for i, text in enumerate(NAUGHTY)
    ]
    named = [
        referee(
            f"r-{i}",
            text,
            advocate=f"a-{i}",
            company=at(i + 5),
            reason=at(i + 6),
            status=("suggested", "confirmed")[i % 2],
        )
        for i, text in enumerate(NAUGHTY)
    ]
    different = [
        path
        for path, filled, rendered in workshops["stories"].pages(everybody, named)
        if filled != rendered
    ]
    assert different == []


# --- Skeletons, filled ------------------------------------------------------------------------

PLAIN = Skeleton(("a", "b"), (b"<p>", Hole("a", "html"), b"|", Hole("b", "url"), b"</p>"))
PAIR = Repeat(
    "row",
    {
        ("x",): (b"(", Hole("row.x", "html"), b")"),
        ("x", "y"): (b"[", Hole("row.x", "html"), Hole("row.y", "url"), b"]"),
    },
)
LIST = Skeleton(("a", "row"), (Hole("a", "html"), PAIR, b"."))
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.tuples(text, text), max_size=8))
def test_values_are_escaped_as_markupsafe_and_rfc_3986_say(values: list[tuple[str, str]]) -> None:
    expected = [f"<p>{escape(a)}|{sharing.quote(b)}</p>".encode() for a, b in values]
    assert list(fill(PLAIN, values)) == expected


@given(text, text)
def test_a_value_bound_for_good_fills_the_same_as_one_of_each_page(a: str, b: str) -> None:
    (whole,) = fill(PLAIN, [(a, b)])
    assert list(fill(bind(PLAIN, {"a": a}), [(b,)])) == [whole]
    assert list(fill(bind(PLAIN, {"b": b}), [(a,)])) == [whole]
    assert bind(PLAIN, {"a": a, "b": b}).parts == (whole,)


def test_binding_leaves_the_other_fields_in_their_order() -> None:
    assert bind(PLAIN, {"a": "x"}).fields == ("b",)
    assert bind(PLAIN, {}) == PLAIN


def test_a_row_is_written_in_the_shape_of_the_values_it_has() -> None:
    page = ("<", ({"x": "1"}, {"y": "/", "x": "&"}, {"x": "3"}))
    assert list(fill(LIST, [page])) == [b"&lt;(1)[&amp;%2F](3)."]


def test_pages_of_one_skeleton_may_have_different_numbers_of_rows() -> None:
    pages = [("a", ()), ("b", ({"x": "1"},)), ("c", ({"x": "1"}, {"x": "2"}))]
    assert list(fill(LIST, pages)) == [b"a.", b"b(1).", b"c(1)(2)."]


def test_a_row_may_show_values_of_its_page() -> None:
    shared = Skeleton(
        ("a", "row"), (Repeat("row", {("x",): (Hole("a", "url"), Hole("row.x", "html"))}),)
    )
    page = ("ä", ({"x": "1"}, {"x": "2"}))
    assert list(fill(shared, [page])) == [b"%C3%A41%C3%A42"]
    assert bind(shared, {"row": page[1], "a": "ä"}).parts == (b"%C3%A41%C3%A42",)
    assert list(fill(bind(shared, {"a": "ä"}), [(page[1],)])) == [b"%C3%A41%C3%A42"]


def test_no_pages_are_filled_from_no_values() -> None:
    assert list(fill(PLAIN, [])) == []


def test_a_page_without_holes_is_its_static_bytes() -> None:
    assert list(fill(Skeleton((), (b"<p>as it is</p>",)), [(), ()])) == [b"<p>as it is</p>"] * 2
