"""A text to be tagged, and what is to be done about the names in it."""

from typing import Literal, NamedTuple

from lyhord.model import AuthorRole

Names = Literal["find", "mask", "off"]
"""Names are found; found, and those of private persons masked; or not looked for."""
NAMES = "namn"
"""What `Post.redactions` calls names that were masked."""


class Text(NamedTuple):
    """A text to tag, as masked; `municipality` is the post's own (SCB code)."""

    text: str
    author_role: AuthorRole = "unknown"
    municipality: str | None = None
