"""What publishing plans: nothing is missing at any step, and nothing goes that must stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from passalong.publishing.manifest import Entry, Manifest, Wanted, dump, load
from passalong.publishing.plan import (
    EVERYTHING,
    FREE_PATHS,
    KEEP_ASSETS,
    Introduced,
    invalidation,
    plan,
    removals,
    uris,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PATHS = [
    "index.html",
    "404.html",
    "stories/index.html",
    "stories/nordhavn/index.html",
    "assets/a.1.png",
    "assets/b.2.css",
    "a/ana/index.html",
    "r/code/index.html",
    "p/listed/index.html",
    "p/introduced/index.html",
    "p/since/index.html",
    "p/revoked/index.html",
]
VERSIONS = st.sampled_from(["1", "2"])
SITES = st.dictionaries(st.sampled_from(PATHS), VERSIONS)


def wanted(version: str) -> Wanted:
    return Wanted(f"digest {version}", f"md5 {version}")


def noted(versions: dict[str, str], **more: object) -> Manifest:
    files = {path: Entry(f"digest {one}", f"tag {one}") for path, one in versions.items()}
    return Manifest(files=files, **more)  # type: ignore[arg-type]


def turn(path: str) -> int:
    """The order in which files may appear: what is named before what names it."""
    if path.startswith("assets/"):
        return 0
    return 2 if path.startswith(("a/", "p/", "r/")) else 1


@st.composite
def situations(draw: st.DrawFn) -> tuple[dict[str, str], Manifest, dict[str, Wanted], Introduced]:
    """What is live, partly as noted and partly not; what should be; what the ledger says."""
    before, live = draw(SITES), draw(SITES)
    tags = {path: draw(st.sampled_from(["tag", "md5"])) + f" {one}" for path, one in live.items()}
    known = noted(
        before,
        coming=tuple(draw(st.sets(st.sampled_from(PATHS)))),
        introduced=("p/introduced/index.html",),
        renewed=draw(st.booleans()),
    )
    files = {path: wanted(one) for path, one in draw(SITES).items()}
    personal = st.sets(st.sampled_from([path for path in PATHS if path.startswith("p/")]))
    standing = draw(personal)
    return tags, known, files, Introduced(frozenset(standing), frozenset(draw(personal) - standing))


@given(situations())
def test_after_every_step_all_that_is_there_is_whole_and_at_the_end_it_is_the_site(
    situation: tuple[dict[str, str], Manifest, dict[str, Wanted], Introduced],
) -> None:
    live, known, files, introduced = situation
    puts = plan(live, known, files)
    gone = removals(live, known, files, introduced, NOW)
    turns = [turn(path) for path in puts.paths]
    assert turns == sorted(turns)
    there = dict(live)
    for path in puts.paths:
        there[path] = files[path].md5
    assert there.keys() >= files.keys()
    assert not {*gone.paths} & files.keys()
    assert not {*gone.paths} & introduced.standing
    if not known.renewed:
        assert "p/introduced/index.html" not in {*gone.paths} - introduced.gone
    for path in gone.paths:
        del there[path]
    ours = {*known.files, *known.coming}
    left = there.keys() - files.keys() - gone.kept - gone.retired.keys()
    assert not left & ours, "nothing of ours is left over"
    after = noted({}).__class__(
        files={path: Entry(one.digest, there[path]) for path, one in files.items()},
        introduced=tuple(gone.kept),
        retired=dict(gone.retired),
    )
    again = plan(there, after, files)
    assert again.paths == ()
    assert removals(there, after, files, introduced, NOW).retired == gone.retired


def test_a_file_is_known_by_its_note_and_without_one_by_its_bytes() -> None:
    files = {"index.html": wanted("1")}
    assert plan({"index.html": "tag 1"}, noted({"index.html": "1"}), files).paths == ()
    assert plan({"index.html": "md5 1"}, noted({}), files).paths == ()
    assert plan({"index.html": "other"}, noted({"index.html": "1"}), files).paths
    headers = Manifest(files={"index.html": Entry("other headers", "md5 1")})
    assert plan({"index.html": "md5 1"}, headers, files).paths == ("index.html",)


def test_assets_go_a_month_after_the_last_page_that_named_them() -> None:
    live, known = {"assets/old.png": "x"}, noted({"assets/old.png": "1"})
    first = removals(live, known, (), Introduced(), NOW)
    assert (first.assets, first.retired) == ((), {"assets/old.png": NOW})
    known = Manifest(retired=dict(first.retired))
    later = removals(live, known, (), Introduced(), NOW + KEEP_ASSETS - timedelta(seconds=1))
    assert later.assets == ()
    assert removals(live, known, (), Introduced(), NOW + KEEP_ASSETS).assets == ("assets/old.png",)
    back = removals(live, known, ("assets/old.png",), Introduced(), NOW + KEEP_ASSETS)
    assert (back.assets, back.retired) == ((), {})


def test_caches_are_told_of_the_folder_and_of_its_page_and_of_nothing_they_do_not_keep() -> None:
    assert uris(["stories/x/index.html"]) == ("/stories/x/", "/stories/x/index.html")
    assert uris(["index.html", "sitemap.xml"]) == ("/", "/index.html", "/sitemap.xml")
    assert uris(["a/key/index.html", "p/key/index.html", "assets/x.png", "404.html"]) == ()


def test_everything_is_forgotten_where_that_is_billed_less() -> None:
    many = [f"/stories/{i}/" for i in range(FREE_PATHS)]
    assert invalidation(many, 0) == tuple(sorted(many))
    assert invalidation([*many, "/"], 0) == (EVERYTHING,)
    assert invalidation(many[:10], FREE_PATHS - 10) == tuple(sorted(many[:10]))
    assert invalidation(many[:10], FREE_PATHS - 9) == (EVERYTHING,)
    assert invalidation(["/"], 5 * FREE_PATHS) == ("/",), "one path is as dear as all"


@given(situations())
def test_a_note_is_read_as_it_was_written(
    situation: tuple[dict[str, str], Manifest, dict[str, Wanted], Introduced],
) -> None:
    known = situation[1]
    assert load(dump(known)) == known
