"""How the page shows texts, addresses and times."""

from collections.abc import Sequence
from datetime import date, datetime

from lyhord import times


def passages(text: str, marks: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Cut a text into passages, each with whether it is marked."""
    cut, at = [], 0
    for start, end in sorted(marks):
        cut += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [(part, marked) for part, marked in [*cut, (text[at:], False)] if part]


def safe_url(url: str | None) -> str | None:
    """Give an address that may be linked to: the web's, never `javascript:` and the like."""
    return url if url and url.lower().startswith(("https://", "http://")) else None


def local(moment: str) -> str:
    """Write a time as Stockholm's clocks show it, to the minute."""
    return datetime.fromisoformat(moment).astimezone(times.STOCKHOLM).strftime("%Y-%m-%d %H:%M")


def is_day(text: str) -> bool:
    """Tell whether a text is a day as a browser's field for days holds it."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def decimal(figure: float, digits: int) -> str:
    """Write a figure with a decimal comma."""
    return f"{figure:.{digits}f}".replace(".", ",")
