"""Data views: what Kibana calls fields, how it writes their values, and what it computes.

Their shape: `DataViewAttributes` in elastic/kibana, `src/platform/plugins/shared/data_views/common/
types.ts`; the runtime fields of the sample data, `home/server/services/sample_data/data_sets/`.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from deploy.kibana import names

CORE, DATA_VIEW = "8.8.0", "8.0.0"
"""Versions that the objects say they are of, so that no legacy migration is run on them.

A data view of an earlier version than 8.0.0 would be moved to the default space when Kibana starts.
"""
PAGE = "http://127.0.0.1:8080"
"""Where Lyhörd's own page is, unless the installation says otherwise."""

_LOCAL = "doc['{}'].value.withZoneSameInstant(ZoneId.of('Europe/Stockholm'))"
_DURATION: Final = {
    "id": "duration",
    "params": {
        "inputFormat": "seconds",
        "outputFormat": "humanizePrecise",
        "outputPrecision": 1,
        "useShortSuffix": True,
    },
}
PERCENT: Final = {"id": "percent", "params": {"decimals": 0}}
NUMBER: Final = {"id": "number", "params": {"decimals": 0}}


class Computed(NamedTuple):
    """A runtime field: its type, and the script that emits its value."""

    type: str
    script: str


class View(NamedTuple):
    """A data view: its fixed id, the indices behind it, its time field, and what is told of fields.

    Without a time field a dashboard's range does not bound it: what waits, waits however old.
    """

    id: str
    name: str
    title: str
    time: str | None
    fields: tuple[str, ...]
    computed: Mapping[str, Computed] = {}
    urls: Mapping[str, tuple[str, str]] = {}
    values: Mapping[str, Mapping[str, str]] = names.VALUES

    def saved(self, name: str = "lyhord", page: str = PAGE) -> dict[str, Any]:
        """Make the saved object, for indices that begin with `name`, with links to `page`."""
        labels = {field: {"customLabel": names.FIELDS[field]} for field in self.fields}
        runtime = {
            field: {"type": each.type, "script": {"source": each.script}}
            for field, each in self.computed.items()
        }
        return {
            "type": "index-pattern",
            "id": self.id,
            "coreMigrationVersion": CORE,
            "typeMigrationVersion": DATA_VIEW,
            "managed": False,
            "references": [],
            "attributes": {
                "title": self.title.format(name=name),
                "name": f"Lyhörd: {self.name}",
                **({"timeFieldName": self.time} if self.time else {}),
                "allowNoIndex": True,
                "sourceFilters": "[]",
                "fields": "[]",
                "typeMeta": "{}",
                "fieldAttrs": dumped(labels),
                "fieldFormatMap": dumped(self.formats(page)),
                "runtimeFieldMap": dumped(runtime),
            },
        }

    def formats(self, page: str = PAGE) -> dict[str, Any]:
        """Give the fields' formats: names for codes, durations, links."""
        made: dict[str, Any] = {}
        for field in self.fields:
            if field in self.values:
                made[field] = _lookup(self.values[field])
            elif field.endswith("seconds"):
                made[field] = _DURATION
            elif field in {"expected", "score", "waiting_hours"}:
                made[field] = {"id": "number", "params": {"pattern": "0,0.0"}}
            elif field in self.urls:
                template, label = self.urls[field]
                made[field] = _link(template.format(page=page), label)
        return made


def _lookup(values: Mapping[str, str]) -> dict[str, Any]:
    entries = [{"key": key, "value": value} for key, value in values.items()]
    return {"id": "static_lookup", "params": {"lookupEntries": entries, "unknownKeyValue": None}}


def _link(template: str, label: str) -> dict[str, Any]:
    params = {"type": "a", "urlTemplate": template, "labelTemplate": label, "openLinkInCurrentTab": False}  # fmt: skip  # noqa: E501
    return {"id": "url", "params": params}


def dumped(value: Any) -> str:
    """Write JSON as Kibana keeps it inside its objects: as a text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_THREAD_LINK = ("{page}/trad?post={{{{value}}}}", "Visa tråden")
_THREAD_FIELDS = (
    *("thread_id", "municipality", "department", "topic", "status", "posts", "urgency"),
    *("opened_at", "last_at", "waiting_since", "due_at", "waiting_hours", "first_response_seconds"),
    *("first_response_office_seconds", "source"),
)
_WAITED = (
    "if (doc['waiting_since'].size() > 0) { emit((System.currentTimeMillis() - "
    "doc['waiting_since'].value.toInstant().toEpochMilli()) / 3600000.0); }"
)
_THREAD_COMPUTED = {"waiting_hours": Computed("double", _WAITED)}
POSTS = View(
    id="lyhord-posts",
    name="inlägg",
    title="{name}-posts,{name}-foreign-*",
    time="created_at",
    fields=(
        *("created_at", "municipality", "department", "source", "account", "author", "author_role"),
        *("text", "url", "id", "thread_id", "topic", "topics.label", "sentiment.label"),
        *("sentiment.score", "kind", "needs_answer", "places.text", "lang", "model"),
        *("metrics.likes", "metrics.comments", "metrics.shares", "engagement", "hour", "weekday"),
        *("held.locations", "held.words"),
    ),
    computed={
        "hour": Computed(
            "long",
            f"if (doc['created_at'].size() > 0) {{ emit({_LOCAL.format('created_at')}.getHour()); }}",  # noqa: E501 - one script
        ),
        "weekday": Computed(
            "long",
            "if (doc['created_at'].size() > 0) { emit("
            f"{_LOCAL.format('created_at')}.getDayOfWeek().getValue()); }}",
        ),
        "engagement": Computed(
            "long",
            "long sum = 0; for (f in ['metrics.likes', 'metrics.comments', 'metrics.shares']) "
            "{ if (doc[f].size() > 0) { sum += doc[f].value; } } emit(sum);",
        ),
    },
    urls={"url": ("{{{{rawValue}}}}", "Till inlägget"), "id": _THREAD_LINK},
    values={
        **names.VALUES,
        "weekday": {str(number): day for number, day in enumerate(names.WEEKDAYS, 1)},
    },
)
THREADS = View(
    id="lyhord-threads",
    name="trådar",
    title="{name}-threads",
    time="opened_at",
    fields=_THREAD_FIELDS,
    computed=_THREAD_COMPUTED,
    urls={"thread_id": _THREAD_LINK},
)
QUEUE = THREADS._replace(id="lyhord-queue", name="trådar, alla tider", time=None)
ALERTS = View(
    id="lyhord-alerts",
    name="larm",
    title="{name}-alerts",
    time="fired_at",
    fields=(
        *("fired_at", "start", "end", "municipality", "topic", "source", "observed", "expected"),
        *("score", "authors", "terms", "places.text", "open", "suspected_spam", "incident", "id"),
        *("answered_seconds", "answered_at", "location"),
    ),
    urls={"incident": ("{page}/larm", "Visa larmen"), "id": ("{page}/larm", "Visa larmen")},
)
SOURCES = View(
    id="lyhord-sources",
    name="källor",
    title="{name}-sources",
    time="at",
    fields=(
        *("at", "kind", "source", "state", "problem", "alive", "interval", "posts", "days"),
        *("start", "end", "last", "seconds", "expected"),
    ),
    values={**names.VALUES, "kind": names.KINDS},
)
VIEWS: Final = (POSTS, THREADS, QUEUE, ALERTS, SOURCES)
BY_ID: Final[Mapping[str, View]] = {each.id: each for each in VIEWS}
