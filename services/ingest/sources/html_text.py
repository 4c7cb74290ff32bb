"""HTML to plain text: paragraphs and line breaks stay, markup, scripts and styles go."""

import html
import re

import nh3

_BLOCKS = frozenset(
    {
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "blockquote", "hr", "table"),
        *("ul", "ol", "dl", "dt", "dd", "div", "section", "article", "aside", "address"),
        *("header", "main", "nav", "footer", "figure", "figcaption"),
    }
)
_LINES = frozenset({"br", "li", "tr"})
_CELLS = frozenset({"td", "th"})
_DROPPED = frozenset({"script", "style", "template", "iframe", "object", "noscript", "svg"})
_TAG = re.compile(r"</?([a-z0-9]+)[^<>]*>")
_SPACES = re.compile(r"[^\S\n]+")
_WHITESPACE = re.compile(r"\s+")
_GAP = re.compile(r"\n{3,}")


def text_of_html(markup: str) -> str:
    """Make plain text of HTML, however broken it is.

    Markup without any tag is taken as text with entities, whose line breaks count.
    """
    cleaned = nh3.clean(
        markup,
        tags=set(_BLOCKS | _LINES | _CELLS),
        clean_content_tags=set(_DROPPED),
        attributes={},
    )
    if "<" in markup:
        cleaned = _WHITESPACE.sub(" ", cleaned)
    return plain_text(html.unescape(_TAG.sub(_gap, cleaned)))


def plain_text(text: str) -> str:
    """Tidy text: single spaces, no space at a line's ends, one blank line between paragraphs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = (line.strip() for line in _SPACES.sub(" ", text).split("\n"))
    return _GAP.sub("\n\n", "\n".join(lines)).strip()


def _gap(tag: re.Match[str]) -> str:
    if tag[1] in _BLOCKS:
        return "\n\n"
    if tag[1] in _CELLS:
        return " "
    return "\n" if tag[0][1] != "/" else ""
