"""A text to be tagged, and what is to be done about the names in it."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from lyhord.model import AuthorRole

Names = Literal["find", "mask", "off"]
"""Names are found; found, and those of private persons masked; or not looked for."""
_NAMES = "namn"
"""What `Post.redactions` calls names that were masked."""


class Text(NamedTuple):
    """A text to tag, as masked; `municipality` is the post's own (SCB code)."""

    text: str
    author_role: AuthorRole = "unknown"
    municipality: str | None = None


def with_masked(post: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Give a post's fields with the text as it is to be kept, and that names were masked in it."""
    redactions = sorted({*post.get("redactions", ()), _NAMES})
    return {**post, "text": text, "redactions": redactions}
