"""`lyhord topics`: what a topics file would change in a file of posts."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, TextIO

import orjson

from lyhord.errors import Rejected
from lyhord.labels import TOPICS
from lyhord.privacy.masking import mask
from services.cli import output
from services.cli.tagging import SOME_REJECTED, read_line
from services.enrich.nlp.texts import Text
from services.enrich.tagger import Tagger
from services.ingest.sources.lines import read_lines

_SHOWN = 70
"""Characters of a post that a line shows."""
_AT_ONCE = 500


class _Change(NamedTuple):
    """A post that would get other topics, the main ones first."""

    line: int
    id: str | None
    text: str
    before: list[str]
    after: list[str]


def run_topics(file: Path, posts: BinaryIO, out: TextIO, *, json: bool) -> int:
    """Tag posts with the topics in force and with those of a file; give the exit code.

    Raises:
        Misuse: a topics file cannot be read as topics.

    """
    settings = output.settings()
    now = Tagger.load(topics_file=settings.topics, names="off")
    then = Tagger.load(topics_file=file, names="off")
    sums = Counter[str](), Counter[str]()
    refused: list[str] = []
    count = changed = 0
    for texts in _batches(posts, refused):
        pairs = zip(
            now.tag_all(text for _, _, text in texts),
            then.tag_all(text for _, _, text in texts),
            strict=True,
        )
        for (line, post, text), (old, new) in zip(texts, pairs, strict=True):
            count += 1
            before, after = [each.label for each in old.topics], [each.label for each in new.topics]
            sums[0].update(before)
            sums[1].update(after)
            if before != after:
                changed += 1
                _tell(_Change(line, post, text.text, before, after), out, json=json)
    for message in refused:
        output.complain(message)
    if not json:
        _summarise(sums, out)
    output.say(f"{changed:,} of {count:,} posts would get other topics")
    return SOME_REJECTED if refused else 0


def _batches(posts: BinaryIO, refused: list[str]) -> Iterator[list[tuple[int, str | None, Text]]]:
    texts: list[tuple[int, str | None, Text]] = []
    for number, line in read_lines(posts):
        if line is None or not line.strip():
            continue
        try:
            row = read_line(line)
            if row.get("deleted") is True:
                continue
            if not isinstance(row.get("text"), str):
                raise Rejected("text: is missing, or no text")
        except Rejected as refusal:
            refused.append(f"{getattr(posts, 'name', '-')}:{number}: {refusal}")
            continue
        post = row.get("id")
        masked = mask(row["text"]).text  # as the posts will come that it is to sort
        text = Text(masked, row.get("author_role", "unknown"), row.get("municipality"))
        texts.append((number, None if post is None else str(post), text))
        if len(texts) == _AT_ONCE:
            yield texts
            texts = []
    yield texts


def _tell(change: _Change, out: TextIO, *, json: bool) -> None:
    if json:
        out.write(orjson.dumps(change._asdict()).decode() + "\n")
        return
    text = " ".join(change.text.split())
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    out.write(f"{change.line}: {', '.join(change.before)} → {', '.join(change.after)}: {short}\n")


def _summarise(sums: tuple[Counter[str], Counter[str]], out: TextIO) -> None:
    before, after = sums
    out.write("\nposts of each topic, now and then:\n")
    for label in [*TOPICS, *sorted(after.keys() - TOPICS.keys())]:
        difference = after[label] - before[label]
        mark = f"  {difference:+d}" if difference else ""
        out.write(f"{label:20} {before[label]:7,} {after[label]:7,}{mark}\n")
