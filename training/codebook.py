"""`python -m training.codebook`: the codebook's figures from docs/nlp.md, and docs/codebook.md."""

import re
from pathlib import Path

from lyhord.codebook import CERTAINTY, NAMES, Codebook, Tag, codebook

DOCS = Path(__file__).parents[1] / "docs"
FIGURES, PAGE = DOCS / "nlp.md", DOCS / "codebook.md"
_UNSEEN = "| | rules alone | writer not seen | aim |"
_HELD_OUT = r"\| ([\d,]+) posts \| model \| rules alone \| aim \|"
_MEASURED = {
    "topic": "topic, accuracy",
    "sentiment": "sentiment, macro F1",
    "kind": "kind, accuracy",
    "needs_answer": "needs_answer, F1",
    "stance": "stance, macro F1",
    "places": "places, exact spans, F1",
}
"""Which row of the tables tells how sure a tag is."""

_INTRODUCTION = """\
# The codebook
What the tags mean, in the words of those who read the figures and code samples. The page `/kodbok`
shows the same, with a municipality's own topics. Made by `make codebook` of
`lyhord/data/codebook.toml` and, for the figures, of [nlp.md](nlp.md), which tells more of them."""
_HOW_SURE = """\
*Unseen*: {unseen:,} posts, many of them hard on purpose, each writer judged by models that saw no
text of that writer. *Held out*: {held_out:,} everyday posts that nothing was trained on or chosen
by. All of them are invented: on posts of your own it can be better or worse. `lyhord sample` draws
some of them to be coded by hand, and `lyhord agreement` tells how far that agrees with the tags
([analysis.md](analysis.md))."""


def figures(text: str) -> str:
    """Give the data file of how sure the tags are, from the tables of docs/nlp.md.

    Raises:
        ValueError: the page has no such table or row.

    """
    count = re.search(r"([\d,]+) posts by \d+ writers", text)
    header = re.search(_HELD_OUT, text)
    if not (count and header and _UNSEEN in text):
        raise ValueError(f"{FIGURES.name} lacks a table that the codebook's figures are in")
    unseen, held_out = _table(text, _UNSEEN), _table(text, header[0])
    labels = _label_by_label(text)
    lines = ["# Made by `make codebook` of the tables in docs/nlp.md: do not edit.", ""]
    lines += [f"unseen_posts = {_whole(count[1])}", f"held_out_posts = {_whole(header[1])}"]
    for tag, row in _MEASURED.items():
        if row not in unseen or row not in held_out:
            raise ValueError(f"{FIGURES.name} does not tell {row!r} in both tables")
        # Places are found by rules: their figure stands in the column of these.
        seldom = unseen[row][1] or unseen[row][0]
        measure = row.split(", ")[-1]
        lines += ["", f"[{tag}]", f'measure = "{measure}"']
        lines += [f"unseen = {_figure(seldom)}", f"held_out = {_figure(held_out[row][0])}"]
        if tag in labels:
            lines += ["", f"[{tag}.labels]"]
            lines += [f"{label} = {labels[tag][label]}" for label in NAMES[tag]]
    return "\n".join(lines) + "\n"


def page(book: Codebook) -> str:
    """Write the codebook as a page of the documentation."""
    parts = [
        _INTRODUCTION,
        "## How sure",
        _HOW_SURE.format(unseen=book.unseen_posts, held_out=book.held_out_posts),
        _rows(
            ("tag", "measure", "unseen", "held out"),
            [
                (f"`{tag.field}`", each.measure, f"{each.unseen:.3f}", f"{each.held_out:.3f}")
                for tag in book.tags
                for each in [tag.sureness]
            ],
        ),
        *(_section(tag) for tag in book.tags),
    ]
    return "\n\n".join(parts) + "\n"


def _section(tag: Tag) -> str:
    measured = any(entry.f1 for entry in tag.entries)
    head = ("label", "name", "meaning", *(["F1, unseen"] if measured else []))
    rows = [
        (
            f"`{entry.label}`",
            entry.name,
            entry.definition,
            *([f"{entry.f1:.2f}" if entry.f1 else ""] if measured else []),
        )
        for entry in tag.entries
    ]
    return f"## {tag.title} (`{tag.field}`)\n{tag.about}\n\n{_rows(head, rows)}"


def _rows(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _table(text: str, header: str) -> dict[str, list[str]]:
    """Read a table: the cells behind each row's name."""
    body = text[text.index(header) :].partition("\n\n")[0]
    rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in body.split("\n"))
    return {name: cells for name, *cells in rows}


def _label_by_label(text: str) -> dict[str, dict[str, str]]:
    """Read the F1 of each label, by tag."""
    found = re.search(r"Label by label \(F1\): (.+?)\.\n\n", text, re.DOTALL)
    if not found:
        raise ValueError(f"{FIGURES.name} does not tell the F1 label by label")
    read = {}
    for part in " ".join(found[1].split()).split("; "):
        tag, _, rows = part.partition(": ")
        pairs = (row.rsplit(" ", 1) for row in rows.split(", "))
        read[tag] = {label: _figure(value) for label, value in pairs}
    return read


def _figure(text: str) -> str:
    """Write `.79` as `0.79`."""
    return f"0{text}" if text.startswith(".") else text


def _whole(text: str) -> int:
    return int(text.replace(",", ""))


def main() -> None:
    """Write the figures' data file and the page."""
    CERTAINTY.write_text(figures(FIGURES.read_text(encoding="utf-8")), encoding="utf-8")
    PAGE.write_text(page(codebook()), encoding="utf-8")
    print(f"{CERTAINTY}\n{PAGE}")


if __name__ == "__main__":
    main()
