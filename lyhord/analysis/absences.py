"""Absences: when what the settings name could not be read, as alerts take it into account."""

from collections.abc import Sequence
from datetime import datetime

from lyhord import municipalities
from lyhord.alerting.grouping import Away
from lyhord.heartbeats import pulses
from lyhord.ports import State
from lyhord.settings import FeedSettings, FolderSettings, Settings


def absences(settings: Settings, state: State, now: datetime) -> Sequence[Away]:
    """Give when each source of the settings was away until `now`.

    A folder whose files say themselves where their posts are from may hold those of any source.
    """
    named = {one.name: one for one in settings.sources}
    return [
        Away(
            *_about(named[gap.source]),
            gap.start.timestamp(),
            None if gap.end is None else gap.end.timestamp(),
        )
        for pulse in pulses(state)
        for gap in pulse.away(now)
        if gap.source in named
    ]


def _about(one: FeedSettings | FolderSettings) -> tuple[str | None, str | None]:
    if isinstance(one, FeedSettings):
        source, place = one.source, one.municipality
    else:
        source, place = one.set.get("source"), one.set.get("municipality")  # type: ignore[assignment]  # may be missing
    code = place and (place if municipalities.exists(place) else municipalities.code_of(place))
    return source or None, code or None
