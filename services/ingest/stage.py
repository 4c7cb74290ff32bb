"""The ingest stage: rows from a source become valid posts and rejections; nothing else."""

from collections.abc import Sequence
from datetime import datetime

from lyhord.errors import Rejected
from lyhord.model import Rejection, pack
from lyhord.ports import Record, Row
from lyhord.privacy.masking import mask
from lyhord.unicode import whole
from services.ingest.door import Door

_MAX_REASON = 500


def stage(
    rows: Sequence[Row], door: Door, *, now: datetime
) -> tuple[list[Record], list[Rejection]]:
    """Let rows through the door.

    Args:
        rows: what a source brought.
        door: the rules and the pseudonyms.
        now: the moment of fetching.

    Returns:
        Posts as records for the log, in order, and what was refused.

    """
    records: list[Record] = []
    rejections: list[Rejection] = []
    for row in rows:
        try:
            if row.data is None:
                raise Rejected(row.error or "could not be read")
            post = door.fields(row.data, now=now)
            records.append(Record(f"{post['source']}:{post['id']}", pack(post)))
        except Rejected as refusal:
            rejections.append(
                Rejection(
                    stage="ingest",
                    origin=whole(row.origin),
                    line=row.line,
                    reason=mask(whole(str(refusal))[:_MAX_REASON]).text,
                    at=now,
                )
            )
    return records, rejections
