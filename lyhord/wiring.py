"""The wiring: from settings to adapters; nothing is opened before it is asked for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lyhord import clusters
from lyhord.errors import Misuse, Unavailable
from lyhord.labels import SOURCES, TOPICS
from lyhord.leases import Lease
from lyhord.ports import Log, Notifier, State, Store
from lyhord.query.fields import Vocabulary
from lyhord.rebuilding import Rebuild
from lyhord.registers import Registers
from lyhord.settings import Settings

if TYPE_CHECKING:
    from lyhord.alerting.alerts import Alert
    from lyhord.own_topics import OwnTopic
    from lyhord.recipients import RecipientSettings


_SOURCES_EVERY = timedelta(hours=1)


def open_log(settings: Settings) -> Log:
    """Open the log that the settings name.

    Raises:
        Misuse: the settings name a log of an unknown kind.
        Unavailable: there is no data folder, and none can be made.

    """
    if settings.log:
        from lyhord.adapters.kafka_log import KafkaLog

        return KafkaLog(clusters.kafka(settings))
    from lyhord.adapters.sqlite_log import SqliteLog

    _make_folder(settings)
    return SqliteLog(settings.data / "log.db")


def open_store(settings: Settings, *, write: bool = False) -> Store:
    """Open the store that the settings name; with `write`, the caller holds the index lease.

    Raises:
        Misuse: the settings name a store of an unknown kind.

    """
    if settings.store:
        from lyhord.adapters.elastic_store import ElasticStore

        return ElasticStore(
            clusters.elastic(settings), write=write, vocabulary=vocabulary(settings)
        )
    if settings.data.exists() and not settings.data.is_dir():
        raise Misuse(f"the data folder {settings.data} is no folder; set LYHORD_DATA to one")
    from lyhord.adapters.tantivy_store import TantivyStore

    return TantivyStore(settings.data / "index", write=write, vocabulary=vocabulary(settings))


def open_rebuild(settings: Settings, model: str) -> Rebuild:
    """Begin a new index in the store, for tags of `model`; the caller holds the replay lease.

    Raises:
        Misuse: the settings name a store of an unknown kind.
        Retriable: the store cannot be reached now.

    """
    if settings.store:
        from lyhord.adapters.elastic_store.rebuild import ElasticRebuild

        return ElasticRebuild(clusters.elastic(settings), model)
    from lyhord.adapters.tantivy_store.rebuild import TantivyRebuild

    return TantivyRebuild(settings.data / "index", model)


def vocabulary(settings: Settings) -> Vocabulary:
    """Give the labels that queries may name, the settings' own included.

    Raises:
        Misuse: the settings' topics cannot be read.

    """
    return Vocabulary(
        sources=(*SOURCES, *settings.extra_sources),
        topics=tuple({**TOPICS, **own_topics(settings)}),
    )


def own_topics(settings: Settings) -> "dict[str, OwnTopic]":
    """Give the topics that the settings add or replace, by label.

    Raises:
        Misuse: their file cannot be read.

    """
    if settings.topics is None:
        return {}
    from lyhord.own_topics import described

    return described(settings.topics)


def registers(settings: Settings) -> Registers:
    """Read the register of accounts and the facts about municipalities that the settings name.

    Raises:
        Misuse: a file cannot be read, or has mistakes; each is named.

    """
    known = Registers()
    if settings.accounts is not None:
        from lyhord.accounts import read_accounts

        sources = vocabulary(settings).sources
        known = known._replace(accounts=read_accounts(settings.accounts, sources))
    if settings.municipality_facts is not None:
        from lyhord.facts import read_facts

        known = known._replace(facts=read_facts(settings.municipality_facts))
    return known


def lease(settings: Settings, name: str) -> Lease:
    """Name a right over the data folder.

    Raises:
        Unavailable: there is no data folder, and none can be made.

    """
    _make_folder(settings)
    return Lease(settings.data, name)


def _make_folder(settings: Settings) -> None:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        where = f"the data folder {settings.data.absolute()} cannot be made ({problem.strerror})"
        raise Unavailable(f"{where}; set LYHORD_DATA to another") from None


def is_shared(settings: Settings, stage: str) -> bool:
    """Tell whether several processes may drive a stage at once, as Kafka parts the work."""
    shared = {"enrich": bool(settings.log), "index": bool(settings.log and settings.store)}
    return shared.get(stage, False)


def undriven(log: Log, stages: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """Give those stages (with topic and group) that this process has to drive itself.

    On one machine a stage's lease decides that later. On Kafka a stage is driven by the members
    of its group: where there are any, they do the work.

    Raises:
        Retriable: Kafka cannot be reached.

    """
    from lyhord.adapters.kafka_log import KafkaLog

    if not isinstance(log, KafkaLog):
        return tuple(stages)
    return tuple(stage for stage, group in stages.items() if not log.members(*group))


def open_board(
    settings: Settings, store: Store, state: State
) -> "Callable[[Sequence[Alert], datetime], None]":
    """Give what shows alerts, and every hour the sources, to Kibana; embedded, nothing does."""
    if not settings.store:
        return lambda _alerts, _now: None
    from lyhord.adapters.elastic_store.showing import show_alerts, show_sources
    from lyhord.analysis.coverage import coverage
    from lyhord.heartbeats import pulses

    cluster = clusters.elastic(settings)
    client = cluster.connect()
    due: datetime | None = None

    def show(alerts: "Sequence[Alert]", now: datetime) -> None:
        nonlocal due
        show_alerts(client, cluster, alerts)
        if due is None or now >= due:
            show_sources(client, cluster, pulses(state), coverage(store), now)
            due = now + _SOURCES_EVERY

    return show


def open_state(settings: Settings) -> State:
    """Open what the services and their users share: heartbeats, saved searches, incidents.

    Raises:
        Misuse: the settings name a store of an unknown kind.

    """
    if settings.store:
        from lyhord.adapters.elastic_store import ElasticState

        return ElasticState(clusters.elastic(settings))
    return open_positions(settings)


def recipients(settings: Settings) -> "tuple[RecipientSettings, ...]":
    """Give who is told of alerts.

    Raises:
        Misuse: a recipient names a topic that there is none of.

    """
    known = vocabulary(settings).topics
    for each in settings.recipients:
        if unknown := [topic for topic in each.topics if topic not in known]:
            raise Misuse(
                f"recipient {each.name}: unknown topic {unknown[0]!r}; known are {', '.join(known)}"
            )
    return settings.recipients


def open_notifiers(settings: Settings) -> Mapping[str, Notifier]:
    """Give the way to each recipient, by name; nothing is sent or connected yet.

    Raises:
        Misuse: an address is none that can be used, or a recipient names an unknown topic.

    """
    found: dict[str, Notifier] = {}
    for each in recipients(settings):
        from lyhord.adapters.apprise_notifier import AppriseNotifier

        found[each.name] = AppriseNotifier(each.name, each.address.get_secret_value())
    return found


def open_positions(settings: Settings) -> State:
    """Open where the sources' positions are: here, so that reading goes on without the store.

    Raises:
        Unavailable: there is no data folder, and none can be made.

    """
    from lyhord.adapters.sqlite_state import SqliteState

    _make_folder(settings)
    return SqliteState(settings.data / "state.db")
