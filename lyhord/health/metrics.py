"""The metrics: what every component counted, under the names that Prometheus knows it by."""

import time
from collections.abc import Collection, Iterator, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lyhord.health.watch import Watch
from lyhord.telemetry import Telemetry

_COUNTERS = {
    "received": ("lyhord_received", "Records that came in."),
    "sent": ("lyhord_sent", "Records that went out: accepted, tagged or indexed posts."),
    "rejected": ("lyhord_rejected", "Records that were refused."),
    "errors": ("lyhord_errors", "Calls that failed and were tried again."),
    "seconds": ("lyhord_busy_seconds", "Processor time spent, not time waited."),
}
"""What `Counts` calls it → what it is called here (Prometheus adds `_total`), and what it is."""


def registry(components: Collection[Telemetry], watches: Mapping[str, Watch]) -> CollectorRegistry:
    """Make a registry of these components and nothing else.

    Args:
        components: what each counted so far is read whenever somebody asks.
        watches: component → who knows how many entries wait for it.

    """
    made = CollectorRegistry()
    made.register(_Reading(components, watches))
    return made


class _Reading(Collector):
    def __init__(self, components: Collection[Telemetry], watches: Mapping[str, Watch]) -> None:
        self._components, self._watches = components, watches
        self._start = time.monotonic()

    def collect(self) -> Iterator[Metric]:
        """Read everything now."""
        counted = [(each.component, each.counts()) for each in self._components]
        for field, (name, meaning) in _COUNTERS.items():
            family = CounterMetricFamily(name, meaning, labels=["component"])
            for component, counts in counted:
                family.add_metric([component], getattr(counts, field))
            yield family
        yield self._lag()
        up = time.monotonic() - self._start
        yield GaugeMetricFamily("lyhord_up_seconds", "Seconds since the service started.", value=up)

    def _lag(self) -> Metric:
        family = GaugeMetricFamily(
            "lyhord_lag", "Entries that wait, for all who share the work.", labels=["component"]
        )
        for component, watch in self._watches.items():
            if (lag := watch.lag()) is not None:
                family.add_metric([component], lag)
        return family
