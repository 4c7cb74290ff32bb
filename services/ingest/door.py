"""The door: a stranger's record becomes a valid, pseudonymised and masked post, or is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from lyhord import times
from lyhord.errors import Rejected
from lyhord.labels import SOURCES
from lyhord.model import Metrics, Post
from lyhord.privacy.masking import mask
from lyhord.unicode import clean, whole
from services.ingest.incoming import Incoming, Partial, read

MAX_ID = 400
"""Bytes that a post's own id may have (Elasticsearch allows 512 for `source:id`)."""
MAX_TEXT = 100_000
"""Characters of a text that are kept."""
_OVERLAP = 200
"""Characters beyond the cut that masking still sees: no number is cut before it is known."""
_NO_METRICS = Metrics()


class Pseudonyms(Protocol):
    """What names authors without telling who they are."""

    def pseudonym(self, source: str, author: str) -> str:
        """Give an author's pseudonym; the same every time."""


@dataclass(frozen=True, slots=True)
class Door:
    """What decides about records: the known sources and this installation's pseudonyms."""

    pseudonyms: Pseudonyms
    extra_sources: Sequence[str] = ()

    def admit(self, data: Mapping[str, Any], *, now: datetime) -> Post:
        """Turn a record into a post, as `fields` does."""
        return Post.model_validate(self.fields(data, now=now))

    def fields(self, data: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
        """Turn a record into the fields of a post, all of them, in the model's order.

        They are valid: the model need not look at them again.

        Args:
            data: the record's fields by name.
            now: the moment of fetching, for records that do not say.

        Raises:
            Rejected: the record breaks the contract; the reason names every field at fault.

        """
        incoming = read(Incoming, data)
        source = incoming.source
        self._check_source(source)
        fetched_at = incoming.fetched_at or now
        _check_times(incoming, fetched_at=fetched_at, now=now)
        deleted = bool(incoming.deleted)
        if not deleted:
            _check_complete(incoming)
        deleted_at = incoming.deleted_at
        if deleted and not deleted_at:
            deleted_at = incoming.edited_at or fetched_at
        # An answer's thread is that of what it answers.
        thread, answered = incoming.thread_id, incoming.in_reply_to
        thread = None if answered else thread
        text, truncated, redactions = ("", False, ()) if deleted else self._masked(incoming)
        author = None if deleted else incoming.author
        return {
            "source": source,
            "id": _own_id(incoming.id, source, field="id"),
            "account": incoming.account,
            "municipality": incoming.municipality,
            "department": incoming.department,
            "author": self.pseudonyms.pseudonym(source, author) if author else None,
            "author_role": incoming.author_role or "unknown",
            "text": text,
            "truncated": truncated,
            "url": None if deleted else incoming.url,
            "created_at": incoming.created_at,
            "edited_at": incoming.edited_at,
            "deleted_at": deleted_at,
            "fetched_at": fetched_at,
            "thread_id": _own_id(thread, source, field="thread_id") if thread else None,
            "in_reply_to": _own_id(answered, source, field="in_reply_to") if answered else None,
            "metrics": _NO_METRICS if deleted else incoming.metrics or _NO_METRICS,
            "deleted": deleted,
            "redactions": redactions,
        }

    def preview(self, data: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
        """Give a record's fields as they would be stored; only `text` has to be there.

        Args:
            data: the record's fields; `id` comes back as given.
            now: the moment, for the bounds of times.

        Raises:
            Rejected: a given field breaks the contract, or there is no text.

        """
        incoming = read(Partial, data)
        if incoming.text is None:
            raise Rejected("is missing", field="text")
        if incoming.source is not None:
            self._check_source(incoming.source)
        _check_times(incoming, fetched_at=incoming.fetched_at or now, now=now)
        fields = incoming.model_dump(mode="json", exclude_unset=True)
        text, truncated, redactions = self._masked(incoming)
        fields |= {"text": text, "redactions": list(redactions)}
        if truncated or "truncated" in data:
            fields["truncated"] = truncated
        if incoming.id is not None:
            _own_id(incoming.id, incoming.source, field="id")
            fields["id"] = whole(data["id"]) if isinstance(data["id"], str) else data["id"]
        if incoming.author:
            fields["author"] = self.pseudonyms.pseudonym(incoming.source or "", incoming.author)
        return fields

    def _check_source(self, source: str) -> None:
        if source not in SOURCES and source not in self.extra_sources:
            raise Rejected(f"{_show(source)} is not a known source", field="source")

    @staticmethod
    def _masked(incoming: Incoming) -> tuple[str, bool, Sequence[str]]:
        """Give the text without personal data, whether it was cut, and the kinds masked."""
        text = clean(incoming.text or "")
        own_post = incoming.author_role == "municipality"
        masked = mask(text[: MAX_TEXT + _OVERLAP], own_contacts=own_post)
        # Masking shortens: half a number that the overlap cut through must not come within reach.
        cut_through = len(text) > MAX_TEXT + _OVERLAP
        end = min(MAX_TEXT, len(masked.text) - _OVERLAP) if cut_through else MAX_TEXT
        kinds = masked.kinds
        if incoming.redactions:
            kinds = tuple(sorted({*kinds, *incoming.redactions}))
        return masked.text[:end], bool(incoming.truncated) or len(text) > MAX_TEXT, kinds


def _check_complete(incoming: Incoming) -> None:
    required = ("text", "created_at", "municipality")
    missing = [name for name in required if getattr(incoming, name) is None]
    if missing:
        raise Rejected("; ".join(f"{name}: is missing" for name in missing))


def _check_times(incoming: Incoming, *, fetched_at: datetime, now: datetime) -> None:
    day = timedelta(days=1)
    bounds = (
        ("fetched_at", incoming.fetched_at, now),
        ("created_at", incoming.created_at, fetched_at),
        ("edited_at", incoming.edited_at, fetched_at),
        ("deleted_at", incoming.deleted_at, fetched_at),
    )
    for name, moment, latest in bounds:
        if moment is None:
            continue
        if moment < times.EARLIEST:
            raise Rejected("is before 1990", field=name)
        if moment > latest + day:
            raise Rejected("is more than a day in the future", field=name)


def _own_id(text: str, source: str | None, *, field: str) -> str:
    own = text.removeprefix(f"{source}:") if source else text
    if not own.strip():
        raise Rejected("is empty", field=field)
    if len(own.encode()) > MAX_ID:
        raise Rejected(f"is longer than {MAX_ID} bytes", field=field)
    return own


def _show(value: str) -> str:
    return mask(repr(value[:60])).text
