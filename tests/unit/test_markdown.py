"""Markdown of stories: what becomes of it, what is lost, and that nothing in it can run."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passalong.pages.markdown import Converted, Heading, Lost, Words, convert

ENGLISH = Words()
VOID = {"br", "hr", "img"}
RUNS = {"script", "style", "iframe", "object", "embed", "form", "svg", "link", "meta", "base"}


def resolve(src: str) -> str | None:
    return None if "missing" in src or "://" in src else f"/assets/{src}"


def link(href: str) -> str | None:
    return None if "missing" in href else f"/stories/{href.removesuffix('.md')}/"


def converted(body: str, words: Words = ENGLISH) -> Converted:
    return convert(body, resolve=resolve, link=link, size=lambda _: (640, 480), words=words)


def html(body: str) -> str:
    return converted(body).html


class Reader(HTMLParser):
    """Collects tags and attributes, and fails where an element is not closed as it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(markup: str) -> Reader:
    reader = Reader()
    reader.feed(markup)
    reader.close()
    assert reader.open == []
    return reader


# Text.


def test_paragraphs_emphasis_quotes_and_code_are_kept() -> None:
    assert html("One *two* **three** `a < b`\n\n> four") == (
        "<p>One <em>two</em> <strong>three</strong> <code>a &lt; b</code></p>\n"
        "<blockquote>\n<p>four</p>\n</blockquote>\n"
    )


def test_typography_is_the_authors() -> None:
    assert html('"It\'s 5 -- 6..."') == '<p>"It\'s 5 -- 6..."</p>\n'


def test_a_list_needs_no_empty_line_before_it_and_nests_by_two_spaces() -> None:
    tags = read(html("We counted:\n- trucks\n  - late ones\n- ships")).tags
    assert tags == ["p", "ul", "li", "ul", "li", "li"]


def test_a_numbered_list_starts_where_it_says() -> None:
    assert '<ol start="4">' in html("4. four\n5. five")


def test_code_in_a_fence_is_shown_as_written() -> None:
    assert html("```html\n<script>x</script>\n```") == (
        "<pre><code>&lt;script&gt;x&lt;/script&gt;\n</code></pre>\n"
    )


@pytest.mark.parametrize(
    ("body", "bold"),
    [("**重点：**说明", "重点："), ("前**「重点」**后", "「重点」"), ("**結果。**次に", "結果。")],
)
def test_emphasis_beside_chinese_punctuation_is_emphasis(body: str, bold: str) -> None:
    assert f"<strong>{bold}</strong>" in html(body)


def test_emphasis_marks_between_latin_letters_follow_commonmark() -> None:
    assert html("2 * 3 * 4 and a**b** snake_case_name") == (
        "<p>2 * 3 * 4 and a<strong>b</strong> snake_case_name</p>\n"
    )


def test_nothing_gives_nothing() -> None:
    assert converted("  \n\n") == Converted("", (), ())


# Headings.


def test_headings_start_at_the_second_level_and_skip_none() -> None:
    result = converted("# One\n\n### Two\n\n# Three\n\n## Four")
    assert [(heading.text, heading.level) for heading in result.toc] == [
        ("One", 2),
        ("Two", 3),
        ("Three", 2),
        ("Four", 3),
    ]
    assert read(result.html).tags == ["h2", "h3", "h2", "h3"]


def test_a_heading_has_an_id_of_its_own() -> None:
    result = converted("## The *berth* plan\n\n## The berth plan\n\n## 问题与挑战\n\n## 🙂")
    assert result.toc == (
        Heading("h-the-berth-plan", "The berth plan", 2),
        Heading("h-the-berth-plan-1", "The berth plan", 2),
        Heading("h-问题与挑战", "问题与挑战", 2),
        Heading("h-section", "🙂", 2),
    )
    assert '<h2 id="h-the-berth-plan">The <em>berth</em> plan</h2>' in result.html


def test_an_empty_heading_is_dropped() -> None:
    result = converted("## \n\ntext\n\n<h3> </h3>\n\n## **&nbsp;**")
    assert result.toc == ()
    assert "<h" not in result.html


def test_ids_of_the_source_are_not_taken_over() -> None:
    assert "id=" not in html('<p id="main">x</p>\n\n<div id="toc">y</div>')


# Links.


def test_a_link_to_another_site_says_nothing_of_its_opener() -> None:
    assert html("[x](https://a.example/?b=1&c=2)") == (
        '<p><a href="https://a.example/?b=1&amp;c=2" rel="noopener">x</a></p>\n'
    )


def test_a_relative_link_leads_to_the_sites_own_address() -> None:
    assert html("[x](mossgate.md)") == '<p><a href="/stories/mossgate/">x</a></p>\n'


def test_mail_and_telephone_are_links() -> None:
    assert 'href="mailto:a@b.example"' in html("<a@b.example>")
    assert 'href="tel:+49%2040"' in html('<a href="tel:+49 40">x</a>')


def test_a_link_to_a_heading_finds_it_by_the_name_github_gives_it() -> None:
    assert '<a href="#h-the-plan-1">' in html("[x](#the-plan-1)\n\n## The plan\n\n## The plan")


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("missing.md", "link (missing.md)"),
        ("#nowhere", "link (#nowhere)"),
        ("javascript:alert(1)", "link"),
        ("JaVaScRiPt&colon;alert(1)", "link"),
        ("data:text/html,x", "link"),
        ("vbscript:x", "link"),
        ("https://user:password@a.example/", "link (https://user:password@a.example/)"),
        ("https://", "link"),
    ],
)
def test_a_link_that_leads_nowhere_good_is_text_and_lost(target: str, what: str) -> None:
    result = converted(f"\n\nsee [this]({target})")
    assert result.html == "<p>see this</p>\n"
    assert result.lost == (Lost(3, what),)


def test_a_link_without_words_is_no_link() -> None:
    assert html("a[](https://a.example/)b") == "<p>ab</p>\n"


# Images.


def test_an_image_has_its_address_its_size_and_its_words() -> None:
    assert html("![A quay](quay.png)") == (
        '<p><img src="/assets/quay.png" alt="A quay" width="640" height="480" loading="lazy"></p>\n'
    )


def test_an_image_of_unknown_size_has_none() -> None:
    result = convert("![A](a.png)", resolve=resolve, link=link)
    assert "width" not in result.html


def test_a_missing_image_is_lost_with_its_line() -> None:
    result = converted("one\n\n![A](a.png)\ntwo\n![B](missing.png)\n\n<img src='missing.gif'>")
    assert result.lost == (Lost(5, "image (missing.png)"), Lost(7, "image (missing.gif)"))
    assert "missing" not in result.html


def test_a_missing_image_leaves_its_words_to_the_link_around_it() -> None:
    assert html("[![Film](missing.png)](https://a.example/)") == (
        '<p><a href="https://a.example/" rel="noopener">Film</a></p>\n'
    )


def test_an_image_without_words_is_named() -> None:
    result = converted("text\n![](a.png)")
    assert result.without_alt == (Lost(2, "image (a.png)"),)


def test_an_image_inside_its_address_is_lost() -> None:
    result = converted("![x](data:image/png;base64,AAAA)")
    assert (result.html, result.lost) == ("", (Lost(1, "image"),))


# Tables.


def test_a_table_scrolls_by_keyboard_and_aligns_by_class() -> None:
    result = html("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |")
    assert result.startswith(
        '<div class="scroll" role="region" tabindex="0" aria-label="Table 1"><table>'
    )
    assert result.endswith("</table></div>\n")
    assert '<td class="ta-left">1</td>\n<td class="ta-center">2</td>' in result
    assert '<th class="ta-right">c</th>' in result
    assert "style" not in result


def test_tables_are_called_in_the_storys_language() -> None:
    table = "| a |\n|---|\n| 1 |"
    result = converted(f"{table}\n\ntext\n\n{table}", Words(table="Tabelle {number}"))
    assert re.findall('aria-label="([^"]+)"', result.html) == ["Tabelle 1", "Tabelle 2"]


def test_a_header_cell_without_words_is_a_plain_cell() -> None:
    assert "<td></td>\n<th>b</th>" in html("|   | b |\n|---|---|\n| 1 | 2 |")


# Raw HTML.


def test_what_a_browser_could_run_is_gone_and_named() -> None:
    result = converted(
        "one\n\n<script>\nalert(1)\n</script>\n\n<style>p{color:red}</style>\n\n"
        '<form action="/x"><input name=a><button>go</button></form>\n\ntwo'
    )
    assert read(result.html).text.split() == ["one", "two"]
    assert result.lost == (
        Lost(3, "script"),
        Lost(7, "style"),
        Lost(9, "button"),
        Lost(9, "form"),
        Lost(9, "input"),
    )


def test_event_and_style_attributes_are_gone() -> None:
    assert html('<p onclick="x()" style="color:red" class="big">a</p>') == "<p>a</p>\n"


def test_what_is_only_shown_as_code_is_not_lost() -> None:
    result = converted("`<script>` and\n\n    <iframe src=x>\n\n<!-- <object> -->")
    assert result.lost == ()
    assert "&lt;script&gt;" in result.html


@pytest.mark.parametrize(
    "tag", ["iframe", "video", "object", "script", "svg", "textarea", "select"]
)
def test_a_forgotten_end_tag_takes_nothing_else_along(tag: str) -> None:
    result = converted(f"one\n\n<div><{tag} src=x></div>\n\ntwo <{tag}> three\n\n## Four")
    assert {"two", "three", "Four"} <= set(read(result.html).text.split())
    assert [(lost.line, lost.what.split()[0]) for lost in result.lost] == [(3, tag), (5, tag)]


def test_the_line_of_raw_html_counts_its_own_lines() -> None:
    body = "<div>\n<p>\n<iframe\nsrc='https://maps.example/'></iframe>\n</p>\n</div>\ntext"
    assert converted(body).lost == (Lost(3, "iframe (https://maps.example/)"),)


@pytest.mark.parametrize(
    ("raw", "valid"),
    [
        ("<ul>a<li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<li>a</li>", "<div>a</div>"),
        ("<div><em><div>a</div></em></div>", "<div><div>a</div></div>"),
        ("<h2><div>a</div></h2>", '<h2 id="h-a">a</h2>'),
        ("<section><center>a</center></section>", "<div><div>a</div></div>"),
        ('<ol start="x"><li>a</ol>', "<ol><li>a</li></ol>"),
        ("<p></p><p>a</p>", "<p>a</p>"),
        ("<span>a</span><font color=red>b</font>", "<p>ab</p>"),
        ("<figure>a<figcaption>b</figcaption></figure>", None),
        ("<figure><figcaption>b</figcaption>a</figure>", "<figure><div>b</div>a</figure>"),
    ],
)
def test_raw_html_becomes_valid(raw: str, valid: str | None) -> None:
    assert html(raw).strip() == (valid or raw)


def test_a_table_written_by_hand_becomes_valid() -> None:
    raw = (
        "<table><tr></tr><tr><th></th><td colspan=0 rowspan=2>a</td></tr><caption>b</caption>"
        "<thead><tr><th>c</th></tr></thead></table>"
    )
    assert html(raw).partition("<table>")[2] == (
        '<tbody><tr><td></td><td rowspan="2">a</td></tr></tbody>'
        "<tbody><tr><th>c</th></tr></tbody></table></div>\n"
    )


# Films.


@pytest.mark.parametrize(
    ("src", "page", "site"),
    [
        (
            "https://www.youtube.com/embed/abc_D-1?rel=0",
            "www.youtube.com/watch?v=abc_D-1",
            "YouTube",
        ),
        ("//www.youtube-nocookie.com/embed/abc", "www.youtube.com/watch?v=abc", "YouTube"),
        (
            "https://www.youtube.com/embed/videoseries?list=PL1",
            "www.youtube.com/playlist?list=PL1",
            "YouTube",
        ),
        ("https://player.vimeo.com/video/12?h=ab&amp;x=1", "vimeo.com/12/ab", "Vimeo"),
        ("https://fast.wistia.net/embed/iframe/ab1", "fast.wistia.net/embed/iframe/ab1", "Wistia"),
        ("https://www.loom.com/embed/ab1?sid=2", "www.loom.com/share/ab1", "Loom"),
    ],
)
def test_a_known_player_becomes_a_link(src: str, page: str, site: str) -> None:
    result = converted(f'<div>\n<iframe src="{src}" allowfullscreen></iframe>\n</div>')
    assert f'<p class="video"><a href="https://{page}" rel="noopener">Video ({site})</a></p>' in (
        result.html
    )
    assert result.lost == ()


def test_a_film_is_called_by_its_title() -> None:
    frame = '<iframe title="How it <b> &amp; why" src="https://www.loom.com/embed/a"></iframe>'
    result = converted(frame, Words(video="Film: {title}, {site}"))
    assert "Film: How it &lt;b&gt; &amp; why, Loom" in result.html


@pytest.mark.parametrize(
    "src",
    [
        "https://maps.example/x",
        "https://www.youtube.com.evil.example/embed/abc",
        "https://www.youtube.com/embed/a/b",
        "https://player.vimeo.com/video/x",
        "javascript://www.youtube.com/embed/abc",
        "https://[youtube.com/embed/a",
        "",
    ],
)
def test_any_other_frame_is_lost(src: str) -> None:
    result = converted(f"text\n\n<iframe src='{src}'></iframe>")
    assert result.html == "<p>text</p>\n"
    assert result.lost == (Lost(3, f"iframe ({src})" if src else "iframe"),)


# Whatever the text.

PIECES = st.sampled_from(
    [
        *"<>\"'=/&;#*_`|[]()!\\ \n-x",
        "<script>",
        "</script>",
        "<script src=//evil.example>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<math><mtext></table><mglyph><style><!--</style>",
        "<img title='--><img src onerror=alert(1)>'>",
        '<a href="javascript:alert(1)">',
        "<a href=' java\tscript:alert(1)'>",
        "[x](javascript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "![x](x 'onerror=alert(1)')",
        '<div style="background:url(javascript:alert(1))">',
        "<iframe srcdoc='<script>alert(1)</script>'>",
        '<iframe src="https://www.youtube.com/embed/a" title="</a><script>">',
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<!-- -->",
        "<!--",
        "<![CDATA[",
        "<?php",
        "<textarea>",
        "<plaintext>",
        "<table><tr><td>",
        "</td></tr></table>",
        "<ul><li>",
        "<b><p>",
        "<p data-line='x' onmouseover=x>",
        "<a data-line=9999999999 href=x>",
        "\n\n",
        "\n# ",
        "\n- ",
        "\n```\n",
        "\n| a | b |\n|--:|---|\n| 1 | 2 |\n",
        "&#0;",
        "&#xD800;",
        "\u202e",
        "\x00",
        "\ud800",
    ]
)
SOUP = st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join)


@given(SOUP)
@settings(deadline=None, max_examples=400)
def test_no_text_makes_anything_that_can_run(body: str) -> None:
    reader = read(html(body))
    assert not RUNS & set(reader.tags)
    for tag, name, value in reader.attributes:
        assert not name.startswith("on")
        assert name not in {"style", "srcdoc", "srcset", "target", "data-line"}
        if name in {"href", "src"}:
            assert re.match(r"(https?://|mailto:|tel:|/|#)", value, re.IGNORECASE), (tag, value)


@given(SOUP)
@settings(deadline=None)
def test_ids_are_unique_and_levels_have_no_gap(body: str) -> None:
    result = converted(body)
    ids = [value for _, name, value in read(result.html).attributes if name == "id"]
    assert ids == [heading.id for heading in result.toc]
    assert len(set(ids)) == len(ids)
    levels = [1, *(heading.level for heading in result.toc)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


@given(st.lists(st.text("abcäß字 ", min_size=1), min_size=1))
@settings(deadline=None)
def test_no_word_of_plain_text_gets_lost(paragraphs: list[str]) -> None:
    body = "\n\n".join(paragraph.strip() for paragraph in paragraphs)
    assert read(html(body)).text.split() == body.split()
