"""Telling: an alert, or one thing in many municipalities, as a Swedish message in plain text."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from lyhord import times
from lyhord.alerting.alerts import Alert
from lyhord.alerting.rules import BUILT_IN
from lyhord.labels import TOPICS
from services.alert.wording import (
    TITLE,
    about,
    clock,
    counted,
    cut,
    harmless,
    listed,
    number,
    place,
    usual,
)

_POSTS, _PLACES, _TERMS = 5, 5, 8
_QUOTE, _WORD, _KEY = 200, 60, 200
_ADDRESS = re.compile(r"https?://[!-;=?-~]{1,300}", re.ASCII)
Look = Callable[[str], Mapping[str, Any] | None]
"""Gives a post's read-out form by `source:id` (`Store.get`), or None."""


def _blind(_: str) -> None:
    return None


class Words(NamedTuple):
    """What messages are written with: the topics' names, and how to look a post up."""

    topics: Mapping[str, str] = TOPICS
    look: Look = _blind


PLAIN = Words()


class Told(NamedTuple):
    """A message's title, at most 120 characters, and its body."""

    title: str
    body: str


def opened(rows: Sequence[Alert], words: Words, *, full: bool = True) -> Told:
    """Tell that something rises, or has risen: the rows of one incident, one or many."""
    if all(row.end for row in rows):
        title = f"Över nu: {_many(rows, words)}, {_span(rows)}"
    else:
        title = f"{_many(rows, words)} sedan {clock(_start(rows))}"
    return _message(title, rows, words, full=full)


def growing(rows: Sequence[Alert], words: Words, before: int, *, full: bool = True) -> Told:
    """Tell that it has grown, from so many posts as the message before told."""
    title = f"Växer: {_many(rows, words)} sedan {clock(_start(rows))}"
    told = _message(title, rows, words, full=full)
    return told._replace(body=f"Förra meddelandet gällde {_posts(before)}.\n{told.body}")


def closed(rows: Sequence[Alert], words: Words, *, full: bool = True) -> Told:
    """Tell that it is over."""
    title = f"Över: {_many(rows, words)}, {_span(rows)}"
    if not full:
        return Told(cut(title, TITLE), f"{_sum(rows)} {_answered(rows)}")
    lines = [_sum(rows), *_by_place(rows), _answered(rows)]
    return Told(cut(title, TITLE), "\n".join(lines))


def headline(rows: Sequence[Alert], words: Words) -> str:
    """Tell it in one line, for a list."""
    when = _span(rows) if all(row.end for row in rows) else f"sedan {clock(_start(rows))}"
    return cut(f"{_many(rows, words)}, {when} ({_posts(_observed(rows))})", 2 * TITLE)


def _message(title: str, rows: Sequence[Alert], words: Words, *, full: bool) -> Told:
    title = cut(title, TITLE)
    if not full:
        spam = " Kan vara en kampanj." if _spam(rows) else ""
        return Told(title, f"{_sum(rows)} {_answered(rows)}{spam}")
    lines = [_sum(rows), _writers(rows)]
    lines += _by_place(rows)
    lines += _spam(rows)
    lines += _terms(rows)
    lines += _places(rows)
    lines.append(_answered(rows))
    lines += _examples(rows, words)
    rules = sorted({row.rule for row in rows} - {BUILT_IN})
    if rules:
        lines.append(f"Regel: {listed([harmless(rule, _WORD) for rule in rules])}.")
    return Told(title, "\n".join(lines))


def _many(rows: Sequence[Alert], words: Words) -> str:
    """Say what and where, as a title begins."""
    first = rows[0]
    topic = about(first.topic, words.topics.get(first.topic or "", first.topic or ""))
    what = f"många skriver om {cut(topic, 50)}" if topic else "ovanligt många inlägg"
    codes = _codes(rows)
    where = place(codes[0]) if len(codes) == 1 else f"{len(codes)} kommuner"
    sentence = f"{what} i {where}"
    return sentence[:1].upper() + sentence[1:]


def _codes(rows: Sequence[Alert]) -> list[str]:
    return list(dict.fromkeys(row.municipality for row in rows))


def _start(rows: Sequence[Alert]) -> datetime:
    return min(row.start for row in rows)


def _span(rows: Sequence[Alert]) -> str:
    start, end = _start(rows), max(row.end or row.start for row in rows)
    same = times.local_day(start) == times.local_day(end)
    return f"{clock(start)}{'–' if same else ' – '}{clock(end, beside=start)}"


def _observed(rows: Sequence[Alert]) -> int:
    return sum(row.observed for row in rows)


def _posts(count: int) -> str:
    return counted(count, "inlägg", "inlägg")


def _sum(rows: Sequence[Alert]) -> str:
    expected = usual(sum(row.expected for row in rows))
    return f"{_posts(_observed(rows))} sedan {clock(_start(rows))}, där {expected} var att vänta."


def _writers(rows: Sequence[Alert]) -> str:
    people = counted(sum(row.authors for row in rows), "person", "personer")
    texts = counted(sum(row.distinct_texts for row in rows), "text", "olika texter")
    return f"{people} har skrivit, {texts}."


def _by_place(rows: Sequence[Alert]) -> list[str]:
    codes = _codes(rows)
    if len(codes) == 1:
        return []
    sums = {code: _observed([row for row in rows if row.municipality == code]) for code in codes}
    codes.sort(key=lambda code: (-sums[code], place(code)))
    return [f"Kommuner: {listed([f'{place(code)} ({number(sums[code])})' for code in codes], 30)}."]


def _spam(rows: Sequence[Alert]) -> list[str]:
    if not all(row.suspected_spam for row in rows):
        return []
    return ["Kan vara en kampanj: få skribenter, eller texter som nästan är kopior av varandra."]


def _terms(rows: Sequence[Alert]) -> list[str]:
    terms = dict.fromkeys(harmless(term, _WORD) for row in rows for term in row.terms[:_TERMS])
    return [f"Ord som utmärker inläggen: {', '.join(list(terms)[:_TERMS])}."] if terms else []


def _places(rows: Sequence[Alert]) -> list[str]:
    named = sorted((each for row in rows for each in row.places), key=lambda each: -each.posts)
    told = [
        f"{harmless(each.text, _WORD)} ({_posts(each.posts)}, först {harmless(each.first, _KEY)})"
        for each in named[:_PLACES]
    ]
    return [f"Platser: {', '.join(told)}."] if told else []


def _answered(rows: Sequence[Alert]) -> str:
    """Say who has answered."""
    codes = _codes(rows)
    first: dict[str, datetime] = {}
    for row in rows:
        if row.answered_at is not None:
            earliest = first.get(row.municipality, row.answered_at)
            first[row.municipality] = min(earliest, row.answered_at)
    if not first:
        return "Vem har svarat: ingen kommun än." if len(codes) > 1 else "Vem har svarat: ingen än."
    told = [
        f"{place(code)} ({clock(first[code])})" for code in sorted(first, key=first.__getitem__)
    ]
    if len(codes) > 1:
        return f"Vem har svarat: {listed(told)}, {len(first)} av {len(codes)} kommuner."
    [code] = codes
    return f"Vem har svarat: {place(code)}, första gången {clock(first[code])}."


def _examples(rows: Sequence[Alert], words: Words) -> list[str]:
    """Show some posts, from as many of the rows as there is room for."""
    most = max((len(row.posts) for row in rows), default=0)
    turns = (row.posts[at] for at in range(most) for row in rows if at < len(row.posts))
    keys = list(dict.fromkeys(turns))[:_POSTS]
    return ["", "Inlägg:", *(_example(key, words) for key in keys)] if keys else []


def _example(key: str, words: Words) -> str:
    post = words.look(key)
    if post is None or post.get("deleted"):
        return f"– {harmless(key, _KEY)}"
    quote = harmless(post.get("text") or "", _QUOTE)
    parts = [f"«{quote}»"] if quote else []
    parts.append(harmless(key, _KEY))
    url = post.get("url") or ""
    if _ADDRESS.fullmatch(url):
        parts.append(url)
    return "– " + " ".join(parts)
