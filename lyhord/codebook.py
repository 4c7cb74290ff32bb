"""The codebook: what each tag and label means, in Swedish, and how sure the tagger is of it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from lyhord import labels
from lyhord.own_topics import OwnTopic

_DATA = Path(__file__).parent / "data"
WORDS, CERTAINTY = _DATA / "codebook.toml", _DATA / "certainty.toml"
NAMES: Mapping[str, Mapping[str, str]] = {
    "topic": labels.TOPICS,
    "sentiment": labels.SENTIMENTS,
    "kind": labels.KINDS,
    "needs_answer": labels.NEEDS_ANSWER,
    "stance": labels.STANCES,
    "places": labels.PLACE_KINDS,
}
"""The tags that the codebook defines, in its order, with what their labels are called."""
OWN_TOPIC = "Kommunens eget ämne."
"""What is said of a topic of the municipality's that its file does not describe."""


class Entry(NamedTuple):
    """A label: its code, its name, what it means, and its F1 where that was measured."""

    label: str
    name: str
    definition: str
    f1: float | None


class Sureness(NamedTuple):
    """How often a tag is right, from 0 to 1, by `measure` (`accuracy`, `F1` or `macro F1`).

    `unseen` is of texts that are hard on purpose, each writer judged by models that saw no text of
    that writer; `held_out` of everyday texts that nothing was trained on or chosen by.
    """

    measure: str
    unseen: float
    held_out: float


class Tag(NamedTuple):
    """A tag: the field, its title, what it says of a post, its labels and how sure it is."""

    field: str
    title: str
    about: str
    entries: tuple[Entry, ...]
    sureness: Sureness


class Codebook(NamedTuple):
    """The tags, and of how many posts the figures `unseen` and `held_out` are."""

    tags: tuple[Tag, ...]
    unseen_posts: int
    held_out_posts: int


def codebook(own: Mapping[str, OwnTopic] | None = None) -> Codebook:
    """Give the codebook, with a municipality's own topics last among the topics, or in place.

    A topic that replaces a built-in one has no figure: it is not what was measured.
    """
    words, figures = _read(WORDS), _read(CERTAINTY)
    tags = tuple(
        Tag(
            field,
            words[field]["title"],
            _line(words[field]["about"]),
            tuple(_entries(field, words[field]["labels"], figures[field], own or {})),
            Sureness(*(figures[field][name] for name in Sureness._fields)),
        )
        for field in NAMES
    )
    return Codebook(tags, figures["unseen_posts"], figures["held_out_posts"])


def _entries(
    field: str, words: Mapping[str, str], figures: Mapping[str, Any], own: Mapping[str, OwnTopic]
) -> list[Entry]:
    f1 = figures.get("labels", {})
    made = {
        label: Entry(label, name, _line(words[label]), f1.get(label))
        for label, name in NAMES[field].items()
    }
    if field == "topic":
        for label, topic in own.items():
            made[label] = Entry(label, topic.name, _line(topic.description or OWN_TOPIC), None)
    return [*made.values()]


def _line(text: str) -> str:
    return " ".join(text.split())


@cache
def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
