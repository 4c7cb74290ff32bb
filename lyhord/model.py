"""The model: what a post is, what Lyhörd says about it, and what a refusal records."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from operator import itemgetter
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from lyhord.times import format_utc

AuthorRole = Literal["citizen", "municipality", "unknown"]
SentimentLabel = Literal["negative", "neutral", "positive"]
Kind = Literal[
    "question",
    "request",
    "report",
    "complaint",
    "suggestion",
    "thanks",
    "praise",
    "information",
    "other",
]
Stance = Literal["for", "against", "none"]
Count = Annotated[int, Field(ge=0, le=2**53)]
Time = Annotated[datetime, PlainSerializer(format_utc, return_type=str, when_used="json")]


class Frozen(BaseModel):
    """A record that never changes; unknown fields are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Metrics(Frozen):
    """How often a post was liked, shared, commented and viewed, where the source tells."""

    likes: Count | None = None
    shares: Count | None = None
    comments: Count | None = None
    views: Count | None = None


class Post(Frozen):
    """One version of one post, as it stands on the log: validated, pseudonymised, masked.

    `id`, `thread_id` and `in_reply_to` are the source's own ids, without `source:`; what is read
    out carries the full form. A tombstone (`deleted`) has no text and may lack the time of
    creation and the municipality. Times are UTC.
    """

    source: str
    id: str
    account: str | None = None
    municipality: str | None = None
    department: str | None = None
    author: str | None = None
    author_role: AuthorRole = "unknown"
    text: str = ""
    truncated: bool = False
    url: str | None = None
    created_at: Time | None = None
    edited_at: Time | None = None
    deleted_at: Time | None = None
    fetched_at: Time
    thread_id: str | None = None
    in_reply_to: str | None = None
    metrics: Metrics = Metrics()
    deleted: bool = False
    redactions: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The post's name everywhere: `source:id`."""
        return f"{self.source}:{self.id}"

    @property
    def version(self) -> "Version":
        """Where this version stands among the versions of its post."""
        return version_of(self.model_dump(mode="json"))


def pack(post: Mapping[str, Any]) -> bytes:
    """Give the fields of a valid post, in their order, as the JSON that `model_dump_json` gives."""
    return orjson.dumps(post, default=vars, option=orjson.OPT_UTC_Z)


_content = itemgetter(
    *(name for name in sorted(Post.model_fields) if name not in ("fetched_at", "metrics"))
)
"""What makes a version another one; how often and when it was seen does not."""

Version = tuple[datetime, bool, str]
"""Total order of a post's versions: (version time, deleted, content hash)."""


def version_of(post: Mapping[str, Any]) -> Version:
    """Tell where a version, as JSON gives it, stands among the versions of its post."""
    times = filter(None, (post["edited_at"], post["deleted_at"], post["created_at"]))
    latest = max(map(datetime.fromisoformat, times), default=None)
    packed = orjson.dumps(_content(post))
    latest = latest or datetime.fromisoformat(post["fetched_at"])
    return (latest, post["deleted"], hashlib.blake2b(packed, digest_size=8).hexdigest())


class Label(Frozen):
    """A label and how sure the tagger is, 0 to 1."""

    label: str
    score: float


class Sentiment(Frozen):
    """The writer's attitude to the matter: a label and a score from -1 to 1."""

    label: SentimentLabel
    score: float


class Place(Frozen):
    """A place named in the text; `start` and `end` are character offsets in the masked text."""

    text: str
    kind: Literal["street", "district", "locality", "municipality", "county", "poi", "nature"]
    start: int
    end: int
    municipality: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: Literal["street", "district", "locality", "municipality"] | None = None


class Entity(Frozen):
    """A named person, organisation or other thing in the text."""

    text: str
    kind: str
    start: int
    end: int


class Tags(Frozen):
    """What enrich says of a post.

    `lemmas` is the search text of `lyhord.swedish`; `fingerprint` is equal or near for texts that
    are near-duplicates; `model` names the tagger's version.
    """

    lang: str
    topic: str
    topics: tuple[Label, ...] = ()
    sentiment: Sentiment
    kind: Kind
    needs_answer: bool
    stance: Stance = "none"
    places: tuple[Place, ...] = ()
    entities: tuple[Entity, ...] = ()
    lemmas: str
    fingerprint: str
    model: str


class Tagged(Frozen):
    """A post with its tags: what [tagged] carries and the store keeps. Tombstones have no tags."""

    post: Post
    tags: Tags | None = None


READOUT_FIELDS = (*Post.model_fields, *Tags.model_fields)
"""The names of the fields that are read out, in order."""


class Rejection(Frozen):
    """Why one record was set aside: who refused it, when, where it stood, and the reason.

    `origin` is an absolute path, `-` for standard input, or a source's name; `line` is the
    physical line (from 1) in a file. The record itself is not kept: it may hold personal data
    that nothing has masked.
    """

    stage: Literal["ingest", "enrich", "index"]
    origin: str
    line: int | None = None
    key: str | None = None
    reason: str
    at: Time
