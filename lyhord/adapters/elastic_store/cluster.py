"""The cluster: where it is, how to get in, what its indices are called, what its errors mean."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import ApiError, Elasticsearch, OrjsonSerializer, TransportError

from lyhord.errors import Retriable, Unavailable
from lyhord.settings import Keep

FIRST = 1
"""The generation of indices that an installation begins with; a replay makes the next one."""
UNDATED = "undated"
"""The month of documents whose time of creation is not known."""

_AGAIN = 2.0
_TIMEOUT = 60.0
_REFUSED = {401, 403}


@dataclass(frozen=True, slots=True)
class Cluster:
    """An Elasticsearch cluster as this installation sees it.

    Attributes:
        url: `http(s)://host:port`.
        name: what the names of indices, aliases and templates begin with.
        access: the client's options for certificates and credentials.
        replicas: copies of each index beside the first.
        keep: the class of retention, see `lifecycle`; none keeps everything.

    """

    url: str
    name: str = "lyhord"
    access: Mapping[str, Any] = field(default_factory=dict)
    replicas: int = 0
    keep: Keep | None = None

    @property
    def alias(self) -> str:
        """The name under which all posts are searched."""
        return f"{self.name}-posts"

    def index(self, month: str, generation: int = FIRST) -> str:
        """Name the index of the posts of a month (`2026.11`), or of undated documents."""
        return f"{self.alias}-{month}{_suffix(generation)}"

    def registry(self, generation: int = FIRST) -> str:
        """Name the index that knows in which month's index each post lies."""
        return f"{self.name}-ids{_suffix(generation)}"

    @property
    def threads_alias(self) -> str:
        """The name under which all threads are searched."""
        return f"{self.name}-threads"

    def threads_index(self, generation: int = FIRST) -> str:
        """Name the index of the threads."""
        return f"{self.threads_alias}-g{generation}"

    def conversations(self, generation: int = FIRST) -> str:
        """Name the index of what the threads are folded from."""
        return f"{self.name}-conversations-g{generation}"

    @property
    def state(self) -> str:
        """Name the index of the state."""
        return f"{self.name}-state"

    @property
    def alerts(self) -> str:
        """Name the index of the alerts as Kibana shows them."""
        return f"{self.name}-alerts"

    @property
    def sources(self) -> str:
        """Name the index of the sources and their gaps as Kibana shows them."""
        return f"{self.name}-sources"

    @property
    def foreign(self) -> str:
        """Name what the indices begin with that others than Lyhörd write posts into."""
        return f"{self.name}-foreign"

    def connect(self) -> Elasticsearch:
        """Make a client; nothing is sent yet."""
        return Elasticsearch(
            self.url,
            request_timeout=_TIMEOUT,
            # Whether to try again is decided where it is known what a second try would do.
            max_retries=0,
            serializer=OrjsonSerializer(),
            **self.access,
        )

    @contextmanager
    def retriable(self) -> Iterator[None]:
        """Raise what cannot be done now as `Retriable`, what we may not do as `Unavailable`."""
        try:
            yield
        except ApiError as error:
            told = f"Elasticsearch at {self.url}: {error.status_code} {error.message}"
            if error.status_code in _REFUSED:
                raise Unavailable(f"{told}; look at the user and its rights") from error
            raise Retriable(told, after=_AGAIN) from error
        except TransportError as error:
            raise Retriable(
                f"Elasticsearch at {self.url}: {error.message}", after=_AGAIN
            ) from error


def _suffix(generation: int) -> str:
    return "" if generation == FIRST else f"-g{generation}"
