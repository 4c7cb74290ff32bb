"""The fields that a query can name: one table for the parser, the stores and the documentation."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from lyhord.labels import AUTHOR_ROLES, KINDS, SENTIMENTS, SOURCES, STANCES, TOPICS


class FieldKind(Enum):
    """How a field's values are written and compared."""

    KEYWORD = "keyword"
    """A name, whole and as it stands; `name*` finds what begins so."""
    FOLDED = "keyword, any case"
    """A name, whole, case aside: both the index and the query hold `str.casefold` of it."""
    ID = "id"
    """`source:id`, or the source's own id alone: the index holds both forms."""
    MUNICIPALITY = "municipality"
    """An SCB code; a query may give the name."""
    LABEL = "label"
    """One of a known set of labels."""
    INTEGER = "whole number"
    NUMBER = "number"
    TIME = "time"
    """RFC 3339, or a bare day, month or year of Europe/Stockholm; a UTC `datetime` in the tree."""
    BOOLEAN = "truth"
    """`true`, `ja`, `false` or `nej`."""
    TEXT = "text"
    """The post's text: the same as a word without a field."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name in a query, where the read-out post has it (dotted), and what it holds.

    Lists are passed through: `places.text` is the text of any of the places.
    """

    name: str
    kind: FieldKind
    path: str
    about: str

    @property
    def ordered(self) -> bool:
        """Whether ranges of it make sense."""
        return self.kind in {FieldKind.INTEGER, FieldKind.NUMBER, FieldKind.TIME}


def _table(*rows: tuple[str, FieldKind, str, str]) -> Mapping[str, Field]:
    return MappingProxyType(
        {name: Field(name, kind, path or name, about) for name, kind, path, about in rows}
    )


FIELDS = _table(
    ("source", FieldKind.LABEL, "", "the network or channel"),
    ("id", FieldKind.ID, "", "the post"),
    ("account", FieldKind.FOLDED, "", "the page or account that the post stands on"),
    ("municipality", FieldKind.MUNICIPALITY, "", "the municipality, by SCB code or name"),
    ("department", FieldKind.FOLDED, "", "the department that the account belongs to"),
    ("author", FieldKind.KEYWORD, "", "the author's pseudonym (`p_…`)"),
    ("author_role", FieldKind.LABEL, "", "who writes: a citizen or the municipality"),
    ("text", FieldKind.TEXT, "", "the text, as without a field"),
    ("truncated", FieldKind.BOOLEAN, "", "the text was cut at 100,000 characters"),
    ("url", FieldKind.KEYWORD, "", "the post's address"),
    ("created_at", FieldKind.TIME, "", "when the post was written"),
    ("edited_at", FieldKind.TIME, "", "when it was last edited"),
    ("fetched_at", FieldKind.TIME, "", "when Lyhörd fetched it"),
    ("thread_id", FieldKind.ID, "", "the thread, by its root's id"),
    ("in_reply_to", FieldKind.ID, "", "the post that it answers"),
    ("metrics.likes", FieldKind.INTEGER, "", "likes, also as `likes`"),
    ("metrics.shares", FieldKind.INTEGER, "", "shares, also as `shares`"),
    ("metrics.comments", FieldKind.INTEGER, "", "comments, also as `comments`"),
    ("metrics.views", FieldKind.INTEGER, "", "views, also as `views`"),
    ("redactions", FieldKind.FOLDED, "", "a kind of personal data that was masked"),
    ("lang", FieldKind.FOLDED, "", "the language, ISO 639-1"),
    ("topic", FieldKind.LABEL, "topics.label", "any of the post's topics"),
    ("sentiment", FieldKind.LABEL, "sentiment.label", "the attitude to the matter"),
    ("sentiment.score", FieldKind.NUMBER, "", "the attitude from -1 to 1"),
    ("kind", FieldKind.LABEL, "", "what the post asks of the municipality"),
    ("needs_answer", FieldKind.BOOLEAN, "", "the post needs an answer"),
    ("stance", FieldKind.LABEL, "", "for or against a named decision"),
    ("place", FieldKind.FOLDED, "places.text", "a place that the text names"),
    ("model", FieldKind.KEYWORD, "", "the version of the tagger"),
)  # fmt: skip

_ALIASES = {name.removeprefix("metrics."): name for name in FIELDS if name.startswith("metrics.")}


def countable() -> list[str]:
    """Give the names that posts can be counted by."""
    fields = [name for name, field in FIELDS.items() if field.kind is not FieldKind.TEXT]
    return ["day", "month", *fields]


def find(name: str) -> Field | None:
    """Look a field up by the name that a user typed: any case, `-` for `_`, `likes` alone."""
    name = name.casefold().replace("-", "_")
    return FIELDS.get(_ALIASES.get(name, name))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The labels that a query may name; settings can bring sources and topics of their own."""

    sources: tuple[str, ...] = tuple(SOURCES)
    topics: tuple[str, ...] = tuple(TOPICS)

    def labels(self, field: Field) -> tuple[str, ...]:
        """Give the known labels of a `LABEL` field."""
        return {
            "source": self.sources,
            "topic": self.topics,
            "author_role": tuple(AUTHOR_ROLES),
            "sentiment": tuple(SENTIMENTS),
            "kind": tuple(KINDS),
            "stance": tuple(STANCES),
        }[field.name]
