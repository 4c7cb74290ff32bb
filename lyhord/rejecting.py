"""Setting records aside: refusals go to a topic of their own, the same way from every stage."""

from collections.abc import Sequence

from lyhord.model import Rejection
from lyhord.ports import REJECTED, Log, Record


def reject(log: Log, refusals: Sequence[Rejection]) -> None:
    """Append refusals durably.

    Raises:
        Retriable: as `Log.append`.

    """
    log.append(
        REJECTED,
        [
            Record(refusal.key or f"{refusal.origin}:{refusal.line}", _pack(refusal))
            for refusal in refusals
        ],
    )


def _pack(refusal: Rejection) -> bytes:
    return refusal.model_dump_json().encode()
