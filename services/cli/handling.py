"""`lyhord handle`: what people did with alerts."""

import sys
from contextlib import closing
from datetime import UTC, datetime

from lyhord import times, wiring
from lyhord.alerting import handling
from lyhord.analysis import keeping
from lyhord.errors import Misuse
from services.cli import output


def run_handle(  # noqa: PLR0913 - one parameter for each option
    alert: str,
    *,
    who: str | None,
    acknowledge: bool,
    comment: str | None,
    mute: str | None,
    rule: str | None,
    municipality: str | None,
    topic: str | None,
) -> None:
    """Record what somebody did with an alert.

    Raises:
        Misuse: nothing was done, nobody did it, or the series to mute is not known.

    """
    if not (acknowledge or comment is not None or mute is not None):
        raise Misuse("say what was done: --acknowledge, --comment TEXT or --mute UNTIL")
    if not who:
        raise Misuse("say who did it: --who NAME")
    until, now = times.option("--mute", mute), datetime.now(UTC)
    with closing(wiring.open_state(output.settings())) as state:
        if until is not None:
            series = handling.series(
                state, alert, rule=rule, municipality=municipality, topic=topic
            )
            handling.mute(
                state, series.municipality, series.topic, series.rule, until, who, now,
                alert_id=alert,
            )  # fmt: skip
        if acknowledge:
            handling.acknowledge(state, alert, who, now)
        if comment is not None:
            handling.comment(state, alert, comment, who, datetime.now(UTC))
        known = any(each.id == alert for each in keeping.told(state))
    output.say("kept; see `lyhord handle --list`")
    if not known:
        output.say(f"no alert {alert!r} has been told here; `lyhord alerts` lists those that were")


def run_list(*, json: bool) -> None:
    """Print what was done with alerts, in order of time."""
    with closing(wiring.open_state(output.settings())) as state:
        found = handling.actions(state)
    if json:
        output.write_lines(each.line() for each in found)
        return
    for each in found:
        about = [times.format_utc(each.at), each.who, each.action, each.alert or ""]
        about += [each.text or "", _muted(each)]
        sys.stdout.write("  ".join(filter(None, about)).replace("\n", " ") + "\n")


def _muted(action: handling.Action) -> str:
    if action.until is None:
        return ""
    series = (action.rule, action.municipality, action.topic)
    return f"{' '.join(filter(None, series))} until {times.format_utc(action.until)}"
