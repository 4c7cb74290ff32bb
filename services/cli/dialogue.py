"""`lyhord threads`: conversations, and who waits for an answer."""

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from lyhord import municipalities, wiring
from lyhord.dialogue import Status, Thread
from lyhord.errors import Misuse
from lyhord.ports import ThreadFilters
from services.cli import output

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def run_threads(
    statuses: Sequence[Status], names: Sequence[str], *, now: str | None, json: bool
) -> None:
    """Print threads, as JSON Lines or for reading.

    Raises:
        Misuse: a municipality or the time cannot be meant.

    """
    moment = output.time_of("--now", now) or datetime.now(UTC)
    filters = ThreadFilters(statuses, [_code(name) for name in names], moment)
    found = wiring.open_store(output.settings()).threads(filters)
    if json:
        output.write_lines(thread.line() for thread in found)
        return
    told: Counter[Status] = Counter()
    for thread in found:
        told[thread.status] += 1
        sys.stdout.write(_told(thread, moment) + "\n")
    output.say(f"{told.total():,} threads, {told['unanswered']:,} of them wait for an answer")


def _code(name: str) -> str:
    code = name if municipalities.exists(name) else municipalities.code_of(name)
    if code is None:
        raise Misuse(f"--municipality {name!r} is neither an SCB code nor a municipality's name")
    return code


def _told(thread: Thread, now: datetime) -> str:
    line = thread.line()
    about = [thread.status, municipalities.name_of(thread.municipality or "") or "-"]
    about += [thread.topic or "-", f"{thread.posts} posts", thread.thread_id]
    if line["waiting_since"]:
        waited = now - datetime.fromisoformat(line["waiting_since"])
        about.append(f"waits {_span(waited.total_seconds())}")
    elif thread.first_response_seconds is not None:
        about.append(f"first answer after {_span(thread.first_response_seconds)}")
    return "  ".join(about)


def _span(seconds: float) -> str:
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= 2 * unit:
            return f"{int(seconds // unit)} {name}"
    return f"{int(seconds)} s"
