"""`lyhord rules`: what is watched, and what a rule would have told."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lyhord import municipalities, times, wiring
from lyhord.alerting.alerts import Alert
from lyhord.alerting.rules import BUILT_IN, Rule
from lyhord.analysis.absences import absences
from lyhord.analysis.found import Universe
from lyhord.analysis.rulebook import Rulebook
from lyhord.analysis.ruling import DAYS, Trial, tried
from lyhord.errors import Misuse
from lyhord.ports import State
from services.cli import output
from services.cli.searching import opened

_FIRST, _LAST = datetime(1991, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def run_rules(*, json: bool) -> None:
    """List the rules, with where each comes from.

    Raises:
        Misuse: the settings' file of rules has mistakes.

    """
    with _book() as (_, book):
        entries = book.entries()
    rows: list[dict[str, Any]] = [{"name": BUILT_IN, "origin": "built-in"}]
    rows += [entry.line() for entry in entries]
    if json:
        output.write_lines(rows)
        return
    for row in rows:
        about = (f"{key} {_plain(value)}" for key, value in row.items() if key not in _APART)
        sys.stdout.write(f"{row['name']} ({row['origin']})  {'  '.join(about)}".rstrip() + "\n")


_APART = frozenset(("name", "origin"))


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key}={_plain(each)}" for key, each in value.items())
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def run_try(file: Path, now: str | None, *, json: bool) -> None:
    """Print what each rule of a file would have told in the last 90 days.

    Raises:
        Misuse: the file has mistakes, or `now` is no time.

    """
    moment = times.option("--now", now) or datetime.now(UTC)
    if not _FIRST <= moment < _LAST:
        raise Misuse(f"--now {now!r} is no time between 1991 and 2099")
    settings = output.settings()
    with _book() as (state, book):
        rules = book.read(file)
        if not rules:
            output.say(f"{file}: there are no [[rules]] in it")
        away = absences(settings, state, moment)
        words = wiring.vocabulary(settings)
        known = Universe(tuple(words.topics), tuple(words.sources))
        for rule in rules:
            meant = book.resolved(rule)
            with opened(meant.query) as store:
                trial = tried(meant, store, moment, away=away, known=known)
            _tell(trial, json=json)


def _tell(trial: Trial, *, json: bool) -> None:
    if json:
        output.write_lines([trial.line()])
        return
    count = len(trial.alerts)
    often = "once" if count == 1 else f"{count} times"
    sys.stdout.write(f"{trial.rule.name}: would have fired {often} in the last {DAYS} days\n")
    for alert in trial.alerts:
        sys.stdout.write(f"    {_shown(alert, trial.rule)}\n")


def _shown(alert: Alert, rule: Rule) -> str:
    place = municipalities.name_of(alert.municipality) or alert.municipality
    parts = [times.format_utc(alert.fired_at), place, alert.topic or ""]
    usual = f"{alert.observed} where {alert.expected:,.1f} would be usual"
    waits = f"{alert.observed} waited for more than {rule.promise or 0:g} office hours"
    parts.append(waits if rule.method == "queue" else usual)
    return "  ".join(filter(None, parts))


def run_add(file: Path) -> None:
    """Keep the rules of a file, all or none.

    Raises:
        Misuse: the file has mistakes, or a name stands in the settings' file.

    """
    with _book() as (_, book):
        rules = book.read(file)
        book.keep(rules)
    names = ", ".join(rule.name for rule in rules)
    output.say(f"kept: {names or 'nothing; the file has no [[rules]]'}")


def run_remove(name: str) -> None:
    """Forget a rule that was kept.

    Raises:
        Misuse: there is none, or it stands in the settings' file.

    """
    with _book() as (_, book):
        book.remove(name)
    output.say(f"forgot {name}")


@contextmanager
def _book() -> Iterator[tuple[State, Rulebook]]:
    settings = output.settings()
    state = wiring.open_state(settings)
    try:
        yield state, Rulebook(state, settings.rules, wiring.vocabulary(settings))
    finally:
        state.close()
