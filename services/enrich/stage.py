"""The enrich stage: posts as JSON become tagged posts as JSON; what cannot be tagged is refused."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

from lyhord.model import Rejection
from lyhord.ports import Record

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
    records: list[Record] = []
    rejections: list[Rejection] = []
    for key, value in posts:
        try:
            records.append(Record(key, tag_post(value, tagger)))
        except Exception as problem:  # noqa: BLE001 - one poisonous post must not stop the others
            rejections.append(
                Rejection(
                    stage="enrich",
                    origin=key.partition(":")[0],
                    key=key,
                    reason=f"could not be tagged: {type(problem).__name__}",
                    at=datetime.now(UTC),
                )
            )
    return records, rejections


def tag_post(value: bytes, tagger: "Tagger") -> bytes:
    """Give a post, as JSON, with its tags, as JSON (`Tagged`); tombstones get none."""
    post = orjson.loads(value)
    tags = None
    if not post["deleted"]:
        found = tagger.tag(
            post["text"], author_role=post["author_role"], municipality=post["municipality"]
        )
        tags = orjson.Fragment(found.model_dump_json())
    return orjson.dumps({"post": orjson.Fragment(value), "tags": tags})
