"""Markdown of stories and pages: what is missing, dead or lost is said at its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from passalong.content import frontmatter
from passalong.content.bodies import Body, check_pictures, check_tags, mask
from passalong.content.links import Surroundings, check_links, check_story_links
from passalong.content.problems import Problems
from tests.unit.content_samples import STORY, make, read, said, sign_off, write

PNG = b"\x89PNG\r\n\x1a\n"


def found_in(folder: Path, text: str, *, soft: bool = False) -> tuple[list[str], str]:
    """What is said of a text that stands in ``folder/case-studies``, and what becomes of it."""
    problems = Problems()
    body = Body(text, "x.md", 1, "/stories/x/", soft)
    around = Surroundings(
        folder,
        "https://friends.leeway.example",
        {"oakhurst.md": "oakhurst"},
        frozenset({"/", "/stories/", "/privacy/"}),
    )
    check_pictures(body, folder / "case-studies", folder, problems)
    check_links(body, around, problems)
    check_tags(body, problems)
    body = Body(body.text, "x.md", 1, "/stories/x/", soft)
    text = check_story_links(body, {"oakhurst": "oakhurst"}, {"stadtwerk"}, problems)
    return [str(problem).removeprefix("x.md:") for problem in problems.sorted()], text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {
            "case-studies/gate.png": PNG,
            "case-studies/two words.png": PNG,
            "img/quay.png": PNG,
            "files/summary.pdf": b"%PDF",
        },
    )
    write(tmp_path.parent, {"secret.png": PNG})
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [
        "![Gate](gate.png)",
        '![Gate](gate.png "At six")',
        "![Gate [at six]](gate.png)",
        "![Quay](/img/quay.png)",
        "![Two](two%20words.png)",
        "![Two](<two words.png>)",
        "[![Gate](gate.png)](https://leeway.example)",
        '<img src="gate.png" alt="Gate">',
        "[Oakhurst](/stories/oakhurst/)",
        "[Oakhurst](/stories/oakhurst/#before)",
        "[There](#before) [home](/) [why](/privacy/)",
        "[Write](mailto:a@b.example) [call](tel:+49123) [see](http://b.example/x_(y))",
        "`![](gone.png)` and ``[x](/gone/)``",
        "```\n![](gone.png)\n[x](/gone/)\n<script>\n```",
        "~~~html\n<iframe src='x'></iframe>",
        "<!-- ![](gone.png) <script> -->",
        "Five < six, <em>but</em> & so on.",
        '<iframe src="https://www.youtube.com/embed/abc"></iframe>',
    ],
)
def test_what_is_as_it_should_be_stays_and_nothing_is_said(folder: Path, text: str) -> None:
    assert found_in(folder, text) == ([], text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a\n\n![x](gone.png)", "3: the image gone.png is not there."),
        ("![x](../../secret.png)", "1: the image ../../secret.png is not there."),
        ("![x]()", "1: the image  is not there."),
        (
            "![x](https://cdn.example/a.png)",
            "1: the image https://cdn.example/a.png lies elsewhere, and pages load nothing from "
            "others. Copy it into the folder.",
        ),
        (
            "![ ](gate.png)",
            "1: the image has no words for people who cannot see it. "
            "Say what it shows: ![Trucks at the gate](gate.jpg).",
        ),
        ("a\n<img src='gone.png' alt='x'>", "2: the image gone.png is not there."),
        ("[x](/storys/)", "1: the link /storys/ leads nowhere. Did you mean “/stories/”?"),
        ("[x](/privacy)", "1: the link /privacy leads nowhere. It ends with a slash: /privacy/."),
        ("[x](gone.md)", "1: the link gone.md leads nowhere."),
        (
            "[x](/files/summary.pdf)",
            "1: the link /files/summary.pdf leads nowhere. "
            "Files to pass on are named under “assets”.",
        ),
        ("[x]()", "1: the link  is empty."),
        (
            "a\n[x](javascript:alert%281%29)",
            "2: the link javascript:alert(1) begins with javascript:, which is not safe.",
        ),
        ("[x](data:text/html,y)", "1: the link data:text/html,y begins with data:, which is not "),
        ('<a href="/gone/">x</a>', "1: the link /gone/ leads nowhere."),
        ("[x][y]\n\n[y]: /gone/", "3: the link /gone/ leads nowhere."),
        (
            "[x](/stories/oakhrst/)",
            "1: the link /stories/oakhrst/ leads nowhere. Did you mean “oakhurst”?",
        ),
        (
            "[x](/stories/stadtwerk/)",
            "1: warning: the link /stories/stadtwerk/ is left out: that story is not shown.",
        ),
        ("a\n<script>x</script>", "2: warning: script is left out."),
        (
            "<IFRAME\nSRC='https://x.example'>",
            "1: warning: iframe (https://x.example) is left out.",
        ),
        ('<b onclick="x()">y</b>', "1: warning: the attribute onclick is left out."),
        ("<form>\n<input name='a'></form>", "2: warning: input is left out."),
    ],
)
def test_what_is_wrong_is_said_at_its_line(folder: Path, text: str, problem: str) -> None:
    said_of_it, _ = found_in(folder, text)
    assert any(line.startswith(problem) for line in said_of_it), said_of_it


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a ![x](gone.png) b", "a  b"),
        ("a [see *this*](/gone/) b", "a see *this* b"),
        ("[![x](gone.png)](/gone/) b", " b"),
        ("[a\nb](/gone/) [c](/)", "a\nb [c](/)"),
        ("[x](oakhurst.md)", "[x](/stories/oakhurst/)"),
        ("[x](../oakhurst/#a)", "[x](/stories/oakhurst/#a)"),
        ("[x](https://friends.leeway.example/stories/oakhurst/)", "[x](/stories/oakhurst/)"),
        ("[x](/stories/stadtwerk/) y", "x y"),
    ],
)
def test_what_is_only_a_warning_is_mended(folder: Path, text: str, shown: str) -> None:
    said_of_it, mended = found_in(folder, text, soft=True)
    assert mended == shown
    assert all("warning" in line for line in said_of_it)


@given(st.text("`~<>![](a)/\n x-:&\"'"))
def test_no_text_is_too_odd_and_none_loses_a_line(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    assert len(mask(text)) == len(text)
    _, shown = found_in(tmp_path_factory.getbasetemp(), text, soft=True)
    assert shown.count("\n") == text.count("\n")


def test_a_text_that_nests_deeply_is_read_all_the_same(folder: Path) -> None:
    found_in(folder, "[" * 3000 + "]" * 3000 + "`" * 3000 + "<" * 3000 + "![" * 3000)
    found_in(folder, "[a](" * 2000)
    found_in(folder, "a" * 100_000 + "<a " * 2000)


def story(text: str) -> str:
    return STORY.replace("## Before\n\nShips waited.\n", text)


def test_an_image_in_a_story_needs_its_file_and_its_words(tmp_path: Path) -> None:
    folder = make(tmp_path / "content", story=story("## Before\n\n![](quay.png)\n"))
    assert said(folder) == [
        "case-studies/nordhavn.md:14: the image has no words for people who cannot see it. "
        "Say what it shows: ![Trucks at the gate](gate.jpg).",
        "case-studies/nordhavn.md:14: the image quay.png is not there.",
    ]


def test_a_story_without_a_text_is_an_error(tmp_path: Path) -> None:
    assert said(make(tmp_path / "content", story=story(""))) == [
        "case-studies/nordhavn.md:12: the story has no text."
    ]


@pytest.mark.parametrize(
    ("front", "problem"),
    [
        ("", "1: the front matter is not there: it stands between two lines"),
        ("---\ntitle: x\n", "1: the front matter is not closed: it stands between two lines"),
        (
            "---\na: b: c\n---\n",
            "2: this line cannot be read: a colon stands where none can. A value with a colon",
        ),
        ('---\ntitle: "x\n---\n', "2: this line cannot be read: a quotation mark is not closed."),
        ("---\nc: d\ntitle\na: b\n---\n", "3: this line cannot be read: there is no colon after"),
        ("---\nroles: [a, b\na: b\n---\n", "2: this line cannot be read: a bracket is not closed"),
        ("---\ntitle: @x\n---\n", "2: this line cannot be read: it holds a tab, or a value"),
        ("---\ntitle: 'It's'\n---\n", "2: this line cannot be read: something follows where"),
        ("---\n a: b\nc: d\n---\n", "3: this line cannot be read: it begins further left"),
        ("---\ntitle: *x\n---\n", "2: this line cannot be read: the value begins with an ast"),
        ('---\ntitle: "a\\q"\n---\n', "2: this line cannot be read: there is a backslash"),
        ("---\ntitle: | x\n---\n", "2: this line cannot be read: the value begins with a mark"),
        ("---\ntitle: , x\n---\n", "2: this line cannot be read: the value begins with a mark"),
        ("---\ntitle: - x\n---\n", "2: this line cannot be read: the value begins with a hyphen"),
        ("---\n%YAML\n---\n", "2: this line cannot be read. A value with any mark"),
        ("---\n- a\n---\n", "2: the front matter must be lines of the form “name: value”."),
        ("---\ntitle: a\ntitle: b\n---\nx", "3: title is there twice."),
        ("---\ntitle: [a]\n---\nx", "2: title must be text."),
        ("---\nmetrics: x\n---\nx", "2: metrics must be a list of tables"),
        ("---\nquote: x\n---\nx", "2: quote must be a table"),
        ("---\nmetrics: [{value: 1}]\n---\nx", "2: metrics.label is missing."),
        ("---\ncompany_size: 200-500\n---\nx", "2: company_size is “200-500”; it must be a number"),
        ("---\nlocale: English\n---\nx", "2: locale is “English”; it must be a language"),
        ("---\ndomain: https://x.example\n---\nx", "2: domain is “https://x.example”; it must"),
        ("---\ndate: May\n---\nx", "2: date is “May”; it must be a date"),
        ("---\nassets: [{file: a.pdf, label: A}]\n---\nx", "2: assets.file is “a.pdf”, and there"),
        ("---\na: &x [b]\nb: *x\n---\nx", "2: the front matter refers to another part of itself"),
        ("---\ntitle: Ends.\n---\nx", "2: warning: title ends with a full stop"),
        ("\n  \n", ": the file is empty."),
    ],
)
def test_front_matter_that_cannot_be_meant_is_an_error(
    tmp_path: Path, front: str, problem: str
) -> None:
    folder = make(tmp_path / "content", story=front or "# Title\n")
    wanted = f"case-studies/nordhavn.md{'' if problem.startswith(':') else ':'}{problem}"
    found = [str(problem) for problem in read(folder).problems]
    assert any(line.startswith(wanted) for line in found), found


def test_who_wrote_no_front_matter_is_shown_the_lines_to_paste(tmp_path: Path) -> None:
    folder = make(tmp_path / "content", story="# Ships wait less\n\nThey waited.\n")
    found = next(str(problem) for problem in read(folder).problems)
    pasted = "\n---\ntitle: …\ncustomer: …\nsummary: …\n---"
    assert found.endswith(pasted)
    write(folder, {"case-studies/nordhavn.md": f"{pasted[1:]}\n## Ships wait less\n\nx\n"})
    assert [line for line in said(folder) if "warning" not in line] == []


@pytest.mark.parametrize("loader", ["SafeLoader", "CSafeLoader"])
@pytest.mark.parametrize("front", ["a: b: c", 'a: "b', "a: [b\nc: d", "a: @b", "a: , b"])
def test_both_readers_of_front_matter_are_put_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, loader: str, front: str
) -> None:
    monkeypatch.setattr(frontmatter, "_Loader", getattr(yaml, loader))
    problems = Problems()
    assert frontmatter.read_document(f"---\n{front}\n---\n", "x.md", problems) is None
    assert str(problems.sorted()[0]).startswith("x.md:2: this line cannot be read: ")


def test_values_in_front_matter_are_what_was_typed(tmp_path: Path) -> None:
    text = story("## Before\n\nx\n").replace(
        "{value: 9, ", "{value: 6:10, before: NO, after: 0x1F, "
    )
    folder = make(tmp_path / "content", story=text.replace("industry: shipping", "industry: ~"))
    metric = read(folder).stories[0].metrics[2]
    assert (metric.value, metric.before, metric.after) == ("6:10", "NO", "0x1F")
    assert read(folder).stories[0].industry == ""


def test_a_withheld_story_is_checked_as_well(tmp_path: Path) -> None:
    folder = make(tmp_path / "content", story=story("![x](gone.png)\n"))
    (folder / "sign-offs.toml").unlink()
    assert any("gone.png" in line for line in said(folder))


def test_two_stories_that_name_each_other_are_fine(tmp_path: Path) -> None:
    folder = make(tmp_path / "content", story=story("[b](oakhurst.md)\n"))
    write(folder, {"case-studies/oakhurst.md": story("[a](../nordhavn/)\n")})
    write(folder, {"sign-offs.toml": sign_off(folder, "nordhavn", "oakhurst")})
    assert said(folder) == []
    assert [s.body for s in read(folder).stories] == [
        "[b](/stories/oakhurst/)\n",
        "[a](/stories/nordhavn/)\n",
    ]
