"""`lyhord sources`, `coverage`: whether a source is quiet or broken, and what there is of each."""

import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from lyhord import times, wiring
from lyhord.analysis.coverage import coverage
from lyhord.heartbeats import Pulse, pulses
from services.cli import output
from services.cli.searching import opened, read_selection, tell_if_empty

_SHOWN = 5


def run_sources(*, json: bool) -> None:
    """Print how every source is that the settings name, or that was ever polled."""
    settings, now = output.settings(), datetime.now(UTC)
    kinds = {one.name: one.kind for one in settings.sources}
    with closing(wiring.open_state(settings)) as state:
        polled = {pulse.source: pulse for pulse in pulses(state)}
    rows = [
        _source(name, kinds.get(name), polled.get(name), now)
        for name in sorted(kinds.keys() | polled.keys())
    ]
    if json:
        output.write_lines(rows)
        return
    for row in rows:
        about = f"{row['source']}: {row['state']}"
        about += f", last read {row['alive']}" if row["alive"] else ""
        about += f", {row['problem']}" if row["problem"] else ""
        sys.stdout.write(about + "\n")
        for gap in row["gaps"][-_SHOWN:]:
            sys.stdout.write(f"    not read {gap['start']} – {gap['end'] or 'now'}\n")
    if not rows:
        output.say("no source is set up; see docs/adding-a-source.md, or use `lyhord import`")


def run_coverage(selection: Mapping[str, Any], *, json: bool) -> None:
    """Print what there is of each source, and where it fell silent unlike itself.

    Raises:
        Misuse: a filter cannot be meant.

    """
    query, filters = read_selection(selection)
    with opened(query) as store:
        found = list(coverage(store, filters))
        if not (found or json):
            output.say("no post is within these bounds")
            tell_if_empty(store)
    if json:
        output.write_lines(each.line() for each in found)
        return
    for each in found:
        span = f"{each.first} – {each.last}"
        sys.stdout.write(f"{each.source}: {each.posts:,} posts on {each.days:,} days, {span}\n")
        for gap in each.silences:
            sys.stdout.write(f"    {gap.told()}\n")


def _source(name: str, kind: str | None, pulse: Pulse | None, now: datetime) -> dict[str, Any]:
    gaps = pulse.away(now) if pulse else []
    state = "not polled yet"
    if kind is None:
        state = "not in the settings any more"
    elif pulse and pulse.problem:
        state = "cannot be read"
    elif pulse and pulse.alive:
        state = "not read for a while" if gaps and gaps[-1].end is None else "well"
    return {
        "source": name,
        "kind": kind,
        "state": state,
        "alive": pulse.alive and times.format_utc(pulse.alive) if pulse else None,
        "problem": pulse.problem if pulse else None,
        "gaps": [
            {"start": times.format_utc(gap.start), "end": gap.end and times.format_utc(gap.end)}
            for gap in gaps
        ],
    }
