import html
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.sources.html_text import plain_text, text_of_html


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("bara text", "bara text"),
        ("rad ett\nrad två\r\nrad tre", "rad ett\nrad två\nrad tre"),
        ("<p>Ett</p><p>Två</p>", "Ett\n\nTvå"),
        ("<p>Ett\n  rad</p>\n\n<p>Två</p>", "Ett rad\n\nTvå"),
        ("Ett<br>två<br/>tre", "Ett\ntvå\ntre"),
        ("<ul><li>ett</li><li>två</li></ul>efter", "ett\ntvå\n\nefter"),
        ("<h2>Rubrik</h2>Text", "Rubrik\n\nText"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("v<b>att</b>en", "vatten"),
        ('<a href="https://example.org/">hit</a>', "hit"),
        ("&Aring;sa &amp; Bj&ouml;rn &#128167; &lt;3 &nbsp; x", "Åsa & Björn 💧 <3 x"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("<script>alert(1)</script>a<style>p{}</style>b<!-- c -->", "ab"),
        ("<p>öppen <b>fet <i>lutad", "öppen fet lutad"),
        ("a < b och c > d", "a < b och c > d"),
        ("&#99999999999999999999;", "\ufffd"),
        ('<img src=x onerror="alert(1)">bild', "bild"),
    ],
)
def test_markup_goes_and_paragraphs_stay(markup: str, text: str) -> None:
    assert text_of_html(markup) == text


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n")))
def test_escaped_text_comes_back(text: str) -> None:
    assert text_of_html(html.escape(text)) == plain_text(text)


@given(st.lists(st.sampled_from(["<p>", "</p>", "<b>", "<br>", "<li>", "x", "&lt;", " ", "<!--"])))
def test_no_blank_runs_are_left_whatever_the_markup(pieces: list[str]) -> None:
    text = text_of_html("".join(pieces))
    assert text == plain_text(text)
    assert "\n\n\n" not in text


@pytest.mark.parametrize(
    "piece",
    ["<", "<b>", "<div>", "<a ", '<a x="', "<!--", "&", "&#x", "</", "<br", " ", "\n", "<p>"],
)
def test_hostile_markup_takes_no_long_time(piece: str) -> None:
    began = time.process_time()
    text_of_html(piece * (100_000 // len(piece)))
    assert time.process_time() - began < 3
