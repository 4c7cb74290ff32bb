"""`lyhord threads` and `responses`: who waits, and how fast answers come."""

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lyhord import municipalities, times, wiring
from lyhord.dialogue import Order, Status, Thread
from lyhord.dialogue.groups import By
from lyhord.dialogue.responses import Responses, responses
from lyhord.errors import Misuse
from lyhord.ports import ThreadFilters
from services.cli import output
from services.cli.searching import tell_if_empty
from services.cli.tables import share, span, write_table

if TYPE_CHECKING:
    from lyhord.exporting import Form

_HEADER = ("", "asked", "answered", "within a day", "median", "p90", "office median", "p90")


def run_threads(  # noqa: PLR0913 - one parameter for each option
    *,
    status: Sequence[Status],
    municipality: Sequence[str],
    now: str | None,
    sort: Order,
    json: bool,
    form: "Form | None",
) -> None:
    """Print threads, as JSON Lines, as a file or for reading.

    Raises:
        Misuse: a municipality or the time cannot be meant, two forms are asked for, or a terminal
            would get a workbook.

    """
    if json and form:
        raise Misuse("either --json or --format, not both")
    output.refuse_terminal(form)
    moment, filters = _meant(municipality, now, status, sort)
    store = wiring.open_store(output.settings())
    found = store.threads(filters)
    if json:
        output.write_lines(thread.line() for thread in found)
        return
    if form:
        from lyhord.exporting import THREADS, export

        asked = {"Läget": times.format_utc(moment.replace(microsecond=0))}
        asked |= output.asked({"status": status, "municipality": municipality, "sort": sort})
        lines = (thread.line() for thread in found)
        output.write_chunks(export(lines, form, table=THREADS, asked=asked))
        return
    told: Counter[Status] = Counter()
    for thread in found:
        told[thread.status] += 1
        sys.stdout.write(_told(thread, moment) + "\n")
    output.say(f"{told.total():,} threads, {told['unanswered']:,} of them wait for an answer")
    if not told:
        tell_if_empty(store)


def run_responses(names: Sequence[str], *, by: By, now: str | None, json: bool) -> None:
    """Print how threads were answered, group by group, as JSON Lines or as a table.

    Raises:
        Misuse: a municipality or the time cannot be meant.

    """
    moment, filters = _meant(names, now)
    store = wiring.open_store(output.settings())
    found = list(responses(store.threads(filters), by=by, now=moment))
    if json:
        output.write_lines(each._asdict() for each in found)
        return
    if not found:
        output.say("no thread asked for an answer")
        tell_if_empty(store)
        return
    write_table([_HEADER, *(_row(each, by) for each in found)])


def _row(found: Responses, by: By) -> tuple[str, ...]:
    name = found.group or "-"
    clock = (found.median_seconds, found.p90_seconds)
    office = (found.median_office_seconds, found.p90_office_seconds)
    return (
        (municipalities.name_of(name) or name) if by == "municipality" else name,
        f"{found.asked:,}",
        f"{share(found.share_answered)} ({found.answered:,})",
        f"{share(found.share_within_day)} of {found.due:,}",
        *("-" if seconds is None else span(seconds) for seconds in (*clock, *office)),
    )


def _meant(
    names: Sequence[str],
    now: str | None,
    statuses: Sequence[Status] = (),
    order: Order = "waiting",
) -> tuple[datetime, ThreadFilters]:
    moment = times.option("--now", now) or datetime.now(UTC)
    codes = [municipalities.meant(name) for name in names]
    return moment, ThreadFilters(statuses, codes, moment, order)


def _told(thread: Thread, now: datetime) -> str:
    line = thread.line()
    about = [thread.status, municipalities.name_of(thread.municipality or "") or "-"]
    about += [thread.topic or "-", f"{thread.posts} posts", thread.thread_id]
    if line["waiting_since"]:
        waited = now - datetime.fromisoformat(line["waiting_since"])
        about.append(f"waits {span(waited.total_seconds())}")
    elif thread.first_response_seconds is not None:
        about.append(f"first answer after {span(thread.first_response_seconds)}")
    return "  ".join(about)
