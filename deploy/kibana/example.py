"""Example data: invented posts, threads, alerts and sources, as Lyhörd writes them.

For the tests, the pictures and the benchmark. The same seed gives the same posts, counted back
from `now`; the last hours hold a leak that many write about.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any, NamedTuple

import orjson
from elasticsearch import Elasticsearch

from benchmarks.filling import index
from deploy.kibana import example_words as words
from lyhord import municipalities, swedish, times
from lyhord.adapters.elastic_store import Cluster, ElasticStore
from lyhord.adapters.elastic_store.showing import show_alerts, show_sources
from lyhord.alerting.alerts import Alert
from lyhord.analysis.alerting import alerts
from lyhord.analysis.coverage import coverage
from lyhord.heartbeats import Pulse

DAYS = 400
"""How far back the posts go."""
_FORGOTTEN = 21
"""Days after which everything has been answered."""
_LEAK_FROM, _LEAK = timedelta(hours=5), 90
_SCORES = {"negative": -0.7, "neutral": 0.0, "positive": 0.7}
LEAK_AT, LEAK_TOPIC = "1880", "vatten_avlopp"
"""The municipality of the leak, and what is written about it."""


class Where(NamedTuple):
    """What the posts of a conversation share: network, municipality's code, department, topic."""

    source: str
    place: str
    department: str
    topic: str


def posts(count: int, now: datetime, *, seed: int = 1) -> Iterator[bytes]:
    """Give about `count` tagged posts, as the enrich stage sends them; none later than `now`."""
    chance = Random(seed)
    for number in range(_LEAK):
        yield from _leak(number, now, chance)
    number = made = 0
    while made < count - _LEAK:
        for each in _conversation(f"e{seed}-{number}", now, chance):
            yield each
            made += 1
        number += 1


def _conversation(key: str, now: datetime, chance: Random) -> Iterator[bytes]:
    place = _drawn(words.MUNICIPALITIES, chance)
    source = _drawn(words.SOURCES, chance)
    moment = _moment(now, chance)
    winter = moment.month in words.WINTER
    seasons = words.SEASONS[winter]
    topics = {name: weight * seasons.get(name, 1) for name, (_, weight, _) in words.TOPICS.items()}
    topic = _drawn(topics, chance)
    department, _, sayings = words.TOPICS[topic]
    said = chance.choice(sayings)
    likes = int(chance.expovariate(0.15))
    where = Where(source, place, department, topic)
    yield _tagged(key, said, moment, chance, where, likes=likes)
    old = now - moment > timedelta(days=_FORGOTTEN)
    if not said.asks or (not old and chance.random() > (0.9 if department[0] == "t" else 0.75)):
        return
    reply = moment + timedelta(hours=chance.lognormvariate(1.6 + len(department) / 40, 1.3))
    answer = words.Saying(chance.choice(words.REPLIES), "information", "neutral", asks=False)
    if reply < now:
        yield _tagged(f"{key}s", answer, reply, chance, where, parent=key, official=True)
    after = reply + timedelta(hours=chance.expovariate(0.4))
    if after < now and chance.random() < 0.3:  # noqa: PLR2004 - every third says thanks
        thanks = words.Saying(words.THANKS, "thanks", "positive", asks=False)
        yield _tagged(f"{key}t", thanks, after, chance, where, parent=key)


def _leak(number: int, now: datetime, chance: Random) -> Iterator[bytes]:
    ago = _LEAK_FROM * (1 - math.sqrt(number / _LEAK))
    source = _drawn(words.SOURCES, chance)
    where = Where(source, LEAK_AT, "tekniska förvaltningen", LEAK_TOPIC)
    known = 1 if number < _LEAK // 4 else len(words.INCIDENT_PLACES)
    said = chance.choice(words.LEAK)
    spot = chance.choice(words.INCIDENT_PLACES[:known])
    likes = int(chance.expovariate(0.03))
    yield _tagged(f"leak{number}", said, now - ago, chance, where, spot=spot, likes=likes)
    if number % 12 == 11 and ago > timedelta(minutes=20):  # noqa: PLR2004 - some are answered
        answer = words.Saying(words.LEAK_REPLY, "information", "neutral", asks=False)
        when = now - ago + timedelta(minutes=18)
        key = f"leak{number}"
        yield _tagged(f"{key}s", answer, when, chance, where, parent=key, official=True)


def _moment(now: datetime, chance: Random) -> datetime:
    """Draw a time: most of the last weeks, of the day and of the evening."""
    while True:
        drawn = now - timedelta(days=DAYS * chance.random())
        hour = drawn.astimezone(times.STOCKHOLM).hour
        weekend = drawn.weekday() > 4  # noqa: PLR2004 - Friday
        if chance.random() < (0.15 if hour < 6 else 1 if hour > 16 else 0.7) * (1 - weekend / 3):  # noqa: PLR2004 - night and evening
            return drawn


def _tagged(  # noqa: PLR0913 - a post's facts
    key: str,
    said: words.Saying,
    moment: datetime,
    chance: Random,
    where: Where,
    *,
    parent: str | None = None,
    official: bool = False,
    spot: str = "",
    likes: int = 0,
) -> bytes:
    source, place, department, topic = where
    spot = spot or chance.choice(words.PLACES)
    text = said.text.format(p=spot)
    when = times.format_utc(moment)
    post = dict.fromkeys(("edited_at", "deleted_at", "thread_id")) | {
        "source": source,
        "id": key,
        "account": f"{municipalities.name_of(place)} kommun",
        "municipality": place,
        "department": department,
        "author": "p_kommunen" if official else f"p_{chance.randrange(40_000)}",
        "author_role": "municipality" if official else "citizen",
        "text": text,
        "truncated": False,
        "url": f"https://{source}.example.com/{key}",
        "created_at": when,
        "fetched_at": when,
        "in_reply_to": parent,
        "metrics": {"likes": likes, "shares": likes // 6, "comments": likes // 3, "views": None},
        "deleted": False,
        "redactions": [],
    }
    tags = {
        "lang": "sv",
        "topic": topic,
        "topics": [{"label": topic, "score": 0.9}],
        "sentiment": {"label": said.sentiment, "score": _SCORES[said.sentiment]},
        "kind": said.kind,
        "needs_answer": said.asks,
        "stance": "none",
        "places": [_place(place, spot, text)] if "{p}" in said.text else [],
        "entities": [],
        "lemmas": _lemmas(text),
        "fingerprint": f"{chance.getrandbits(64):016x}",
        "model": "exempel-1" if moment < datetime(2026, 9, 15, tzinfo=UTC) else "exempel-2",
    }
    return orjson.dumps({"post": post, "tags": tags})


@cache
def _lemmas(text: str) -> str:
    return swedish.search_text(text)


def _place(code: str, spot: str, text: str) -> dict[str, Any]:
    seat = municipalities.get(code)
    assert seat is not None  # noqa: S101 - the codes are real
    near = Random(f"{code} {spot}")
    start = text.index(spot)
    return {
        "text": spot,
        "kind": "street" if spot.endswith(("vägen", "gatan")) else "district",
        "start": start,
        "end": start + len(spot),
        "municipality": code,
        "lat": round(seat.lat + near.uniform(-0.06, 0.06), 4),
        "lon": round(seat.lon + near.uniform(-0.1, 0.1), 4),
        "precision": "district",
    }


def _drawn(weights: Mapping[str, float], chance: Random) -> str:
    return str(chance.choices(list(weights), list(weights.values()))[0])


def fill(
    store: ElasticStore, count: int, now: datetime, *, seed: int = 1, seconds: float = math.inf
) -> int:
    """Index example posts as the index stage does, for so long at most; give how many."""
    return index(store, posts(count, now, seed=seed), seconds=seconds)


def show(client: Elasticsearch, cluster: Cluster, store: ElasticStore, now: datetime) -> list[Alert]:  # fmt: skip  # noqa: E501 - what showing needs
    """Write what Lyhörd finds in the example posts, and sources of which two are in trouble."""
    found = alerts(store, now)
    show_alerts(client, cluster, found)
    hour = timedelta(hours=1)
    gaps = [((now - 60 * hour, now - 55 * hour),), ((now - 200 * hour, now - 190 * hour),)]
    pulses = [
        Pulse("kommunens-facebook", 300, now - hour / 30, None, gaps[0]),
        Pulse("lokaltidningen", 900, now - hour / 5, None, ()),
        Pulse("videokanalen", 600, now - 9 * hour, None, gaps[1]),
        Pulse("forumet", 600, now - 2 * hour, "HTTP 403", ()),
    ]
    show_sources(client, cluster, pulses, coverage(store), now)
    with suppress(Exception):
        client.indices.refresh(index=f"{cluster.name}-*")
    return found
