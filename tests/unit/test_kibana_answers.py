"""What Kibana would ask: the parts that differ from what one would write by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.kibana.answers.asking import Layer
from deploy.kibana.answers.periods import Period, earlier
from deploy.kibana.columns import count, over_time, top
from deploy.kibana.looks import chart

NOW = datetime(2026, 10, 27, 11, 0, tzinfo=UTC)
"""Two days after the clocks went back in Stockholm."""
WEEK = Period.since("now-7d", NOW)
TIME = over_time("created_at", "1d")


@pytest.mark.parametrize(("length", "hours"), [("7d", 169), ("1w", 169), ("30d", 721), ("12h", 12)])
def test_days_go_by_the_clock_and_hours_by_time(length: str, hours: int) -> None:
    assert NOW - earlier(NOW, length) == timedelta(hours=hours)


def test_a_shift_keeps_the_time_of_day() -> None:
    assert WEEK.shifted("1w").end == datetime(2026, 10, 20, 10, 0, tzinfo=UTC)
    assert WEEK.shifted("previous").end == WEEK.start


def _histogram(body: dict[str, Any], *path: str) -> dict[str, Any]:
    for name in path:
        body = body["aggs"][name]
    found: dict[str, Any] = body["date_histogram"]
    return found


def test_a_histogram_fills_the_period_unless_a_column_is_shifted() -> None:
    plain = Layer({"tid": TIME, "antal": count()}, "created_at", WEEK).body([], {})
    assert _histogram(plain, "tid")["extended_bounds"]["min"] == "2026-10-20T10:00:00.000Z"
    columns = {"tid": TIME, "antal": count(), "fore": count(shift="1w")}
    shifted = Layer(columns, "created_at", WEEK).body([], {})
    assert "extended_bounds" not in _histogram(shifted, "shift0", "tid")


def test_top_values_beside_shifted_columns_are_refused_as_lens_does() -> None:
    columns = {"kalla": top("source", 3), "antal": count(), "fore": count(shift="1w")}
    with pytest.raises(ValueError, match="Lens refuses"):
        Layer(columns, "created_at", WEEK).body([], {})


def test_parts_are_ranked_over_the_whole_period() -> None:
    columns = {"tid": TIME, "kalla": top("source", 3, by="antal"), "antal": count()}
    look = chart(columns, x="tid", y=("antal",), parts="kalla")
    body = Layer(look.columns, "created_at", WEEK).body([], {})
    terms = {"field": "source", "size": 3, "shard_size": 25, "order": {"_count": "desc"}}
    assert body["aggs"]["kalla"]["terms"] == terms
    assert _histogram(body, "kalla", "tid")["min_doc_count"] == 0
