"""The wiring: from settings to adapters; nothing is opened before it is asked for."""

from lyhord.errors import Misuse
from lyhord.labels import SOURCES
from lyhord.leases import Lease
from lyhord.ports import Log, State, Store
from lyhord.query.fields import Vocabulary
from lyhord.settings import Settings


def open_log(settings: Settings) -> Log:
    """Open the log that the settings name.

    Raises:
        Misuse: the settings name a log of an unknown kind.

    """
    if settings.log:
        raise Misuse(f"log: {settings.log!r} is not known; leave it empty for the embedded log")
    from lyhord.adapters.sqlite_log import SqliteLog

    return SqliteLog(settings.data / "log.db")


def open_store(settings: Settings, *, write: bool = False) -> Store:
    """Open the store that the settings name; with `write`, the caller holds the index lease.

    Raises:
        Misuse: the settings name a store of an unknown kind.

    """
    if settings.store:
        raise Misuse(
            f"store: {settings.store!r} is not known; leave it empty for the embedded store"
        )
    if settings.data.exists() and not settings.data.is_dir():
        raise Misuse(f"the data folder {settings.data} is no folder; set LYHORD_DATA to one")
    from lyhord.adapters.tantivy_store import TantivyStore

    return TantivyStore(settings.data / "index", write=write, vocabulary=vocabulary(settings))


def vocabulary(settings: Settings) -> Vocabulary:
    """Give the labels that queries may name, the settings' own included."""
    return Vocabulary(sources=(*SOURCES, *settings.extra_sources))


def lease(settings: Settings, name: str) -> Lease:
    """Name a right over the data folder."""
    return Lease(settings.data, name)


def open_state(settings: Settings) -> State:
    """Open the state, beside the log it goes with."""
    from lyhord.adapters.sqlite_state import SqliteState

    return SqliteState(settings.data / "state.db")
