"""`lyhord alerts`: what has started, where and since when."""

import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

from lyhord import labels, municipalities, times, wiring
from lyhord.alerting.alerts import Alert
from lyhord.analysis import keeping
from lyhord.analysis.alerting import alerts
from lyhord.errors import Misuse
from lyhord.query.fields import Vocabulary
from services.cli import output
from services.cli.searching import tell_if_empty


def run_alerts(  # noqa: PLR0913 - as the command
    names: Sequence[str],
    topics: Sequence[str],
    *,
    since: str | None,
    now: str | None,
    only_open: bool,
    json: bool,
) -> None:
    """Print alerts, as JSON Lines or for reading.

    Without `now`, what is told is kept: posts that come late change its figures only.

    Raises:
        Misuse: a municipality, a topic or a time cannot be meant.

    """
    codes = [municipalities.meant(name) for name in names]
    moment = times.option("--now", now)
    start = times.option("--since", since)
    settings = output.settings()
    with (
        closing(wiring.open_state(settings)) as state,
        closing(wiring.open_store(settings)) as store,
    ):
        told = keeping.told(state)
        _refuse_unknown(topics, wiring.vocabulary(settings), told)
        present = moment or datetime.now(UTC)
        found = alerts(store, present, since=start, told=told)
        if moment is None:
            keeping.keep(state, found, told)
        if not (found or json):
            tell_if_empty(store)
    found = keeping.with_rules(found, told, present)
    found = keeping.chosen(found, codes=codes, topics=topics, since=start, only_open=only_open)
    if json:
        output.write_lines(each.line() for each in found)
        return
    for each in found:
        sys.stdout.write(_told(each) + "\n")
    still = sum(each.end is None for each in found)
    output.say(f"{len(found):,} alerts, {still:,} of them open")


def _refuse_unknown(topics: Sequence[str], words: Vocabulary, told: Sequence[Alert]) -> None:
    # A rule's alert may be of a source, or of a topic that there was once.
    known = {*words.topics, *words.sources, *(alert.topic for alert in told)}
    for topic in topics:
        if topic not in known:
            listed = ", ".join(sorted(words.topics))
            raise Misuse(f"topic {topic!r} is not known; there are {listed}")


def _told(alert: Alert) -> str:
    name = municipalities.name_of(alert.municipality) or alert.municipality
    about = labels.TOPICS.get(alert.topic, alert.topic) if alert.topic else "all posts"
    end = times.format_utc(alert.end) if alert.end else "goes on"
    first = f"{times.format_utc(alert.fired_at)}  {name}  {about}  until {end}"
    figures = f"{alert.observed:,} posts of {alert.authors:,} people, {alert.expected:.1f} usual"
    spam = "  suspected spam" if alert.suspected_spam else ""
    lines = [f"{first}{spam}", f"    {figures}, score {alert.score:.1f}  {alert.id}"]
    if alert.terms:
        lines.append(f"    words: {', '.join(alert.terms)}")
    if alert.places:
        places = (f"{place.text} ({place.posts})" for place in alert.places)
        lines.append(f"    places: {', '.join(places)}")
    return "\n".join(lines)
