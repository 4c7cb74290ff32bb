"""Words of messages: times, numbers and lists in Swedish, and what citizens wrote made harmless."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from lyhord import municipalities, times
from lyhord.labels import OTHER_TOPIC

MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)
TITLE = 120
"""The longest title, in characters."""
_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)\S+", re.IGNORECASE)
_HARMLESS = str.maketrans({"<": "‹", ">": "›", "`": "'", "«": '"', "»": '"'})
_JOINER = "\u2060"


def clock(moment: datetime, beside: datetime | None = None) -> str:
    """Write a time of Stockholm; the day is left out where it is that of the time `beside` it."""
    local = moment.astimezone(times.STOCKHOLM)
    hour = f"{local:%H.%M}"
    if beside is not None and times.local_day(beside) == times.local_day(moment):
        return hour
    return f"{day(moment)} kl. {hour}"


def day(moment: datetime) -> str:
    """Write a day of Stockholm, as `3 mars`."""
    local = moment.astimezone(times.STOCKHOLM)
    return f"{local.day} {MONTHS[local.month - 1]}"


def number(value: float, digits: int = 0) -> str:
    """Write a number with a comma, and thousands apart."""
    return f"{value:,.{digits}f}".replace(",", "\u00a0").replace(".", ",")


def usual(value: float) -> str:
    """Write an expected count: in whole posts, none of which is exact."""
    if value < 0.5:  # noqa: PLR2004 - what rounds to none
        return "nästan inga"
    return f"omkring {number(round(value))}"


def counted(count: int, one: str, many: str) -> str:
    """Write a count with its noun."""
    return f"{number(count)} {one if count == 1 else many}"


def listed(words: Sequence[str], most: int = 8) -> str:
    """Write a list with `och`; of a long one, how many are left out."""
    if len(words) > most:
        return f"{', '.join(words[:most])} och {len(words) - most} till"
    return " och ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def place(code: str) -> str:
    """Name a municipality."""
    return municipalities.name_of(code) or code


def about(topic: str | None, name: str) -> str:
    """Say what a rise is about, as it stands within a sentence."""
    if topic is None:
        return ""
    if topic == OTHER_TOPIC:
        return "övriga ämnen"
    # SFI stays SFI
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def cut(text: str, most: int) -> str:
    """Cut a text at a word's end where there is one near."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    word = kept.rfind(" ")
    return kept[: word if word > most // 2 else len(kept)].rstrip(" ,.;:–-") + "…"


def harmless(text: str, most: int) -> str:
    """Give what a citizen wrote as one line that no receiver runs, follows or calls anybody by.

    Control characters and turned directions go, links too; what chat services would take for
    markup, or for a call to everybody (`@channel`), is plain text.
    """
    kept = (each for each in text if unicodedata.category(each) != "Cf")
    known = (" " if unicodedata.category(each)[0] in "CZ" else each for each in kept)
    line = _LINK.sub("[länk]", " ".join("".join(known).split()))
    return cut(line.translate(_HARMLESS).replace("@", f"@{_JOINER}"), most)
