"""Asking: a Lens layer as the request that Kibana makes of it, and the answer as rows.

The translation follows elastic/kibana's `form_based/to_expression.ts` and `data/common/search/aggs`
as far as the dashboards here need it: buckets nested in the order of the columns, filtered columns
as filter aggregations, shifted columns in a branch of their own within the same request, and the
arithmetic of formulas done afterwards (see `figures`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.kibana.answers.figures import calculated, lucene, metric, percent, value_of
from deploy.kibana.answers.periods import Period, written
from lyhord.times import STOCKHOLM

Column = Mapping[str, Any]
Json = dict[str, Any]
_ZONE = STOCKHOLM.key
_CALENDAR = {"m", "h", "d", "w", "M", "y"}
_BRANCH, _ORDER = "shift", "order"
_FEW, _OF_EACH_SHARD = 10, 25
"""Kibana asks each shard for so many values, where few are wanted; else Elasticsearch decides."""


@dataclass(frozen=True)
class Layer:
    """A layer's columns, parted by what becomes of them; `period` is None without a time field."""

    columns: Mapping[str, Column]
    time: str | None
    period: Period | None

    @property
    def buckets(self) -> list[str]:
        """What it parts by, the outermost first."""
        return [key for key, each in self.columns.items() if each["isBucketed"]]

    @property
    def metrics(self) -> list[str]:
        """What Elasticsearch is asked for in each bucket."""
        return [
            key
            for key, each in self.columns.items()
            if not each["isBucketed"] and each["operationType"] not in {"formula", "math"}
        ]

    @property
    def shifts(self) -> list[str]:
        """The shifts of its columns, none first; empty where nothing is shifted."""
        found = {self.columns[key].get("timeShift", "") for key in self.metrics}
        return sorted(found) if found != {""} else []

    def body(self, query: Sequence[Json], runtime: Mapping[str, Any]) -> Json:
        """Make the request of the layer, under the filters of `query`."""
        filters = list(query)
        if self.time and self.period:
            looked = [self.period.shifted(shift).query(self.time) for shift in self.shifts or [""]]
            filters.append({"bool": {"should": looked, "minimum_should_match": 1}})
        return {
            "size": 0,
            "track_total_hits": True,
            "query": {"bool": {"filter": filters}},
            **({"runtime_mappings": dict(runtime)} if runtime else {}),
            "aggs": self._aggs(self.buckets, None),
        }

    def _aggs(self, buckets: Sequence[str], shift: str | None) -> Json:
        """Nest what is left to part by; shifts branch before time, or where there is none.

        Raises:
            ValueError: shifts beside top values, which Lens refuses.

        """
        first = self.columns[buckets[0]] if buckets else None
        if self.shifts and first and first["operationType"] == "terms":
            raise ValueError("Lens refuses top values beside shifted columns")
        innermost = first is None or first["operationType"] == "date_histogram"
        if shift is None and self.shifts and innermost:
            assert self.time is not None  # noqa: S101 - only a layer with a time field has shifts
            assert self.period is not None  # noqa: S101 - as above
            return {
                f"{_BRANCH}{number}": {
                    "filter": self.period.shifted(each).query(self.time),
                    "aggs": self._aggs(buckets, each),
                }
                for number, each in enumerate(self.shifts)
            }
        if first is None:
            mine = [
                key
                for key in self.metrics
                if shift is None or self.columns[key].get("timeShift", "") == shift
            ]
            return {key: made for key in mine if (made := metric(self.columns[key]))}
        inner = self._aggs(buckets[1:], shift)
        made = self._bucket(first)
        order = made.pop(_ORDER, None)
        if order:
            inner = {**inner, _ORDER: order}
        return {buckets[0]: {**made, **({"aggs": inner} if inner else {})}}

    def _bucket(self, column: Column) -> Json:
        params = column["params"]
        match column["operationType"]:
            case "terms":
                return self._terms(column, params)
            case "date_histogram":
                interval = params["interval"]
                whole = interval[0] == "1" and interval[1:] in _CALENDAR
                made = {
                    "field": column["sourceField"],
                    "calendar_interval" if whole else "fixed_interval": interval,
                    "time_zone": _ZONE,
                    "min_doc_count": 0 if params["includeEmptyRows"] else 1,
                }
                # With shifts, Kibana lets a histogram begin and end where its documents do.
                if params["includeEmptyRows"] and self.period and not self.shifts:
                    last = self.period.end - timedelta(milliseconds=1)
                    start = written(self.period.start)
                    made["extended_bounds"] = {"min": start, "max": written(last)}
                return {"date_histogram": made}
            case "filters":
                queries = {each["label"]: lucene(each["input"]["query"]) for each in params["filters"]}  # fmt: skip  # noqa: E501 - a pair each
                return {"filters": {"filters": queries}}
        raise ValueError(f"not translated: {column['operationType']}")

    def _terms(self, column: Column, params: Column) -> Json:
        made: Json = {"field": column["sourceField"], "size": params["size"]}
        if params["size"] <= _FEW:
            made["shard_size"] = _OF_EACH_SHARD
        by = params["orderBy"]
        if by["type"] == "alphabetical":
            return {"terms": made | {"order": {"_key": params["orderDirection"]}}}
        wanted = self.columns[by["columnId"]]
        order = metric(wanted)
        name = _ORDER if order else "_count"
        if order and wanted["operationType"] in {"median", "percentile"}:
            name += ".50" if wanted["operationType"] == "median" else f".{percent(wanted)}"
        elif order and wanted.get("filter") and wanted["operationType"] != "count":
            name += ">in"
        made["order"] = {name: params["orderDirection"]}
        return {"terms": made} | ({_ORDER: order} if order else {})

    def rows(self, answer: Mapping[str, Any]) -> list[Json]:
        """Read an answer: a row for each bucket, with its keys and its figures by column."""
        found: dict[tuple[Any, ...], Json] = {}
        whole = {**answer.get("aggregations", {}), "doc_count": answer["hits"]["total"]["value"]}
        for keys, key, value in self._read(whole, self.buckets, None, ()):
            row = found.setdefault(keys, dict(zip(self.buckets, keys, strict=True)))
            if key:
                row[key] = value
        for row in found.values():
            for key in self.metrics:
                if self.columns[key]["operationType"] in {"count", "unique_count"}:
                    row.setdefault(key, 0)
            for key, each in self.columns.items():
                if each["operationType"] == "math":
                    row[key] = calculated(each["params"]["tinymathAst"], row)
            for key, each in self.columns.items():
                if each["operationType"] == "formula":
                    row[key] = row[each["references"][0]]
        return list(found.values())

    def _read(
        self, aggs: Mapping[str, Any], left: Sequence[str], shift: str | None, keys: tuple[Any, ...]
    ) -> Iterator[tuple[tuple[Any, ...], str, Any]]:
        if shift is None and self.shifts and f"{_BRANCH}0" in aggs:
            for number, each in enumerate(self.shifts):
                branch = aggs[f"{_BRANCH}{number}"]
                yield from self._read(branch, left, each, keys)
            return
        if left:
            # An index that is not there yet has no aggregations at all.
            held = aggs.get(left[0], {}).get("buckets", ())
            pairs: Iterable[tuple[str | None, Any]] = ((None, each) for each in held)
            if isinstance(held, Mapping):  # named filters, which come back in no order
                named = self.columns[left[0]]["params"]["filters"]
                pairs = [(each["label"], held[each["label"]]) for each in named]
            for name, bucket in pairs:
                key: Any = bucket["key"] if name is None else name
                if shift and self.period and "key_as_string" in bucket:
                    key = _later(key, self.period.back(shift))
                yield from self._read(bucket, left[1:], shift, (*keys, key))
            return
        yield keys, "", None
        for key in self.metrics:
            if shift in {None, self.columns[key].get("timeShift", "")}:
                yield keys, key, value_of(self.columns[key], aggs.get(key), aggs)


def _later(millis: int, back: timedelta) -> int:
    """Move a bucket to where it is compared; by Stockholm's clock, which may change between."""
    local = datetime.fromtimestamp(millis / 1000, UTC).astimezone(STOCKHOLM)
    return round((local.replace(tzinfo=None) + back).replace(tzinfo=STOCKHOLM).timestamp() * 1000)
