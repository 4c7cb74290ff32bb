"""The enrich stage: posts as JSON become tagged posts as JSON; what cannot be tagged is refused."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from lyhord.model import Rejection
from lyhord.ports import Record
from services.enrich.nlp.texts import Text, with_masked

if TYPE_CHECKING:
    from services.enrich.tagger import Tagger


def stage(
    posts: Sequence[tuple[str, bytes]], tagger: "Tagger"
) -> tuple[list[Record], list[Rejection]]:
    """Tag posts.

    Args:
        posts: (key, post as JSON) each.
        tagger: what understands them.

    Returns:
        Tagged posts as records for the log, in order, and what was refused.

    """
    try:
        return _tagged(posts, tagger), []
    except Exception as problem:  # noqa: BLE001 - one poisonous post must not stop the others
        if len(posts) == 1:
            return [], [_refusal(posts[0][0], problem)]
    records: list[Record] = []
    rejections: list[Rejection] = []
    for post in posts:
        tagged, refused = stage([post], tagger)
        records += tagged
        rejections += refused
    return records, rejections


def _tagged(posts: Sequence[tuple[str, bytes]], tagger: "Tagger") -> list[Record]:
    """Give posts, as JSON, with their tags, as JSON (`Tagged`); tombstones get none."""
    read = [orjson.loads(value) for _, value in posts]
    living = [post for post in read if not post["deleted"]]
    said = iter(
        tagger.tag_masked(
            [Text(post["text"], post["author_role"], post["municipality"]) for post in living]
        )
    )
    records = []
    for (key, value), post in zip(posts, read, strict=True):
        whole: Any = orjson.Fragment(value)
        told = None
        if not post["deleted"]:
            text, tags = next(said)
            told = orjson.Fragment(tags.model_dump_json())
            if text != post["text"]:
                whole = with_masked(post, text)
        records.append(Record(key, orjson.dumps({"post": whole, "tags": told})))
    return records


def _refusal(key: str, problem: Exception) -> Rejection:
    return Rejection(
        stage="enrich",
        origin=key.partition(":")[0],
        key=key,
        reason=f"could not be tagged: {type(problem).__name__}",
        at=datetime.now(UTC),
    )
