"""The catalogue: from the settings of a source to the source, a line for each kind."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lyhord.fetching import Fetcher
from lyhord.ports import Source
from lyhord.settings import FeedSettings, FolderSettings, Settings
from services.ingest.columns import Columns
from services.ingest.sources.feed import FeedSource
from services.ingest.sources.folder import FolderSource


@contextmanager
def open_sources(settings: Settings) -> Iterator[Sequence[Source]]:
    """Make the sources that the settings name; what they fetch with is closed at the end.

    Raises:
        Misuse: a source's settings, or what it may fetch from, cannot be meant.

    """
    with Fetcher(allow=settings.fetch_allow, contact=settings.fetch_contact) as fetcher:
        yield [_make(one, fetcher) for one in settings.sources]


def _make(one: FolderSettings | FeedSettings, fetcher: Fetcher) -> Source:
    match one:
        case FolderSettings():
            columns = Columns(map=one.map, set=one.set)
            return FolderSource(
                name=one.name, path=one.path, interval=one.interval, columns=columns
            )
        case FeedSettings():
            return FeedSource(fetcher=fetcher, **one.model_dump(exclude={"kind"}))
