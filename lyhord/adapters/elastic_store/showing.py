"""Showing: alerts and sources as documents of their own, for Kibana to count and draw."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch

from lyhord import municipalities, times
from lyhord.adapters.elastic_store import shown
from lyhord.adapters.elastic_store.bulk import Operation, send
from lyhord.adapters.elastic_store.cluster import Cluster
from lyhord.alerting.alerts import Alert
from lyhord.analysis.coverage import Coverage
from lyhord.errors import Retriable
from lyhord.heartbeats import Pulse

_AGAIN = 2.0
_MOST = 10_000
Document = dict[str, Any]
Point = dict[str, float]


def show_alerts(client: Elasticsearch, cluster: Cluster, alerts: Iterable[Alert]) -> int:
    """Write each alert as a document by its id, in place of what was there; give how many.

    The same alerts again change nothing.

    Raises:
        Retriable, Unavailable: Elasticsearch cannot, or does not let us.

    """
    told = list(alerts)
    if not told:
        return 0
    shown.prepare(client, cluster)
    located = _located(client, cluster, told)
    return _write(
        client,
        cluster.alerts,
        cluster,
        {each.id: alert_document(each, located.get(each.id, ())) for each in told},
    )


def show_sources(
    client: Elasticsearch,
    cluster: Cluster,
    pulses: Iterable[Pulse],
    coverages: Iterable[Coverage],
    now: datetime,
) -> int:
    """Write how each source is and was, in place of what was there; give how many documents.

    Silences that late posts have filled since are removed.

    Raises:
        Retriable, Unavailable: Elasticsearch cannot, or does not let us.

    """
    shown.prepare(client, cluster)
    documents = dict(_sources(pulses, coverages, now))
    seen = times.format_utc(now)
    _write(
        client,
        cluster.sources,
        cluster,
        {key: each | {"seen_at": seen} for key, each in documents.items()},
    )
    gone = [{"term": {"kind": "silence"}}, {"range": {"seen_at": {"lt": seen}}}]
    with cluster.retriable():
        client.indices.refresh(index=cluster.sources)
        client.delete_by_query(
            index=cluster.sources, query={"bool": {"filter": gone}}, conflicts="proceed"
        )
    return len(documents)


def alert_document(alert: Alert, points: Sequence[Point] = ()) -> Document:
    """Make an alert's document, see `shown.ALERTS`; `points` are where its places lie."""
    seat = municipalities.get(alert.municipality)
    at = list(points) or ([{"lat": seat.lat, "lon": seat.lon}] if seat else [])
    answered = alert.answered_at and int((alert.answered_at - alert.fired_at).total_seconds())
    return alert.line() | {
        "open": alert.end is None,
        "answered_seconds": answered,
        "source": sorted({key.partition(":")[0] for key in alert.posts}),
        "location": at,
        "located": "place" if points else "municipality",
    }


def _located(
    client: Elasticsearch, cluster: Cluster, alerts: Sequence[Alert]
) -> Mapping[str, Sequence[Point]]:
    """Find where alerts' places lie, from the posts that named them first."""
    firsts = {place.first for alert in alerts for place in alert.places}
    if not firsts:
        return {}
    with cluster.retriable():
        found = client.search(
            index=cluster.alias,
            query={"ids": {"values": sorted(firsts)[:_MOST]}},
            source={"includes": ["id", "places"]},
            size=_MOST,
            ignore_unavailable=True,
        )
    points = {
        (hit["_source"]["id"], place["text"].casefold()): {"lat": place["lat"], "lon": place["lon"]}
        for hit in found["hits"]["hits"]
        for place in hit["_source"].get("places") or ()
        if place["lat"] is not None and place["lon"] is not None
    }
    wanted = {
        alert.id: [points.get((place.first, place.text.casefold())) for place in alert.places]
        for alert in alerts
    }
    return {name: [point for point in found if point] for name, found in wanted.items()}


def _sources(
    pulses: Iterable[Pulse], coverages: Iterable[Coverage], now: datetime
) -> Iterator[tuple[str, Document]]:
    seen = times.format_utc(now)
    for pulse in pulses:
        away = pulse.away(now)
        broken = "broken" if pulse.problem else "away" if any(not gap.end for gap in away) else "ok"
        yield (
            f"feed {pulse.source}",
            {"kind": "feed", "source": pulse.source, "at": seen, "state": broken}
            | {"alive": pulse.alive and times.format_utc(pulse.alive)}
            | {"problem": pulse.problem, "interval": pulse.interval},
        )
        for gap in away:
            yield (
                f"gap {pulse.source} {times.format_utc(gap.start)}",
                _span("gap", pulse.source, gap.start, gap.end, gap.end or now),
            )
    for network in coverages:
        first, last = (times.local_midnight(day) for day in (network.first, network.last))
        yield (
            f"network {network.source}",
            {"kind": "network", "source": network.source, "at": seen, "state": None}
            | {"posts": network.posts, "days": network.days}
            | {"start": times.format_utc(first), "last": times.format_utc(last)},
        )
        for silence in network.silences:
            start = times.local_midnight(silence.first)
            end = times.local_midnight(silence.last + timedelta(days=1))
            yield (
                f"silence {network.source} {silence.first}",
                _span("silence", network.source, start, end, end) | {"expected": silence.expected},
            )


def _span(
    kind: str, source: str, start: datetime, end: datetime | None, until: datetime
) -> Document:
    return {
        "kind": kind,
        "source": source,
        "at": times.format_utc(start),
        "start": times.format_utc(start),
        "end": end and times.format_utc(end),
        "seconds": int((until - start).total_seconds()),
    }


def _write(
    client: Elasticsearch, index: str, cluster: Cluster, documents: Mapping[str, Document]
) -> int:
    operations = [
        Operation({"index": {"_index": index, "_id": key}}, each) for key, each in documents.items()
    ]
    with cluster.retriable():
        answers = send(client, operations)
    for answer in answers:
        if answer.reason:
            raise Retriable(f"Elasticsearch does not take {index}: {answer.reason}", after=_AGAIN)
    return len(operations)
