"""A place in the query's text, and how it moves."""

import re
from dataclasses import dataclass

from lyhord.query.tree import QUOTES, SEPARATORS

END = rf"(?=[{SEPARATORS}{QUOTES}()]|$)"
"""A pattern for the place where a word ends."""

_SPACE = re.compile(rf"[{SEPARATORS}]*")


@dataclass(slots=True)
class Cursor:
    """The text and an offset in it, which never rests on a separator."""

    text: str
    position: int = 0

    def __post_init__(self) -> None:
        self.advance(self.position)

    def advance(self, position: int) -> None:
        """Move to a place, and past the separators there."""
        space = _SPACE.match(self.text, position)
        self.position = space.end() if space else position

    def looking_at(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Match a pattern here without moving."""
        return pattern.match(self.text, self.position)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Match a pattern here, and move behind it where it fits."""
        found = pattern.match(self.text, self.position)
        if found:
            self.advance(found.end())
        return found

    @property
    def here(self) -> str:
        """The character here; empty at the end."""
        return self.text[self.position : self.position + 1]
