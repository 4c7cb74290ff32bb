"""`lyhord check`: what works, what does not, and what to do about it."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from lyhord import clusters, times, wiring
from lyhord.errors import LyhordError
from lyhord.ports import POSTS, REJECTED, TAGGED, behind, total
from services.cli import output

if TYPE_CHECKING:
    from lyhord.settings import Settings

_PROBLEMS = 3
_TOLD = 10
"""Troubled messages that are listed, the latest."""

_TOPICS = (POSTS, TAGGED, REJECTED)
_OTHERS = ("config", "debug", "crash_at", "require_browser", "require_servers")

Finding = tuple[bool, str]


def run_check(*, create: bool) -> int:
    """Look at everything that `lyhord run` needs; give the exit code (0 = all well).

    With `create`, topics and index templates are made where they are missing.

    Raises:
        Misuse: the settings themselves cannot be read.

    """
    settings = output.settings()
    well = True
    made = (_created,) if create else ()
    first = (_settings, _registers, _folder, _rules, _key)
    looks = (*first, *made, _log, _store, _sources, _recipients)
    for look in looks:
        for good, message in _findings(look, settings):
            well = well and good
            sys.stdout.write(f"{'ok  ' if good else 'FAIL'}  {message}\n")
    return 0 if well else _PROBLEMS


def _findings(
    look: "Callable[[Settings], Iterator[Finding]]", settings: "Settings"
) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except LyhordError as problem:
        yield False, str(problem)
    except OSError as problem:
        yield False, f"{look.__name__.strip('_')}: {problem.strerror}: {problem.filename}"


def _settings(settings: "Settings") -> Iterator[Finding]:
    yield True, f"settings: {output.config_file or 'defaults and environment, no file'}"
    known = {f"LYHORD_{name}".upper() for name in (*type(settings).model_fields, *_OTHERS)}
    for name in sorted(os.environ.keys() - known):
        if name.startswith("LYHORD_"):
            yield False, f"environment: {name} is no setting of Lyhörd; is it misspelt?"
    if settings.topics is not None:
        yield settings.topics.is_file(), f"topics file: {settings.topics}"


def _registers(settings: "Settings") -> Iterator[Finding]:
    known = wiring.registers(settings)
    if settings.accounts is not None:
        yield True, f"register: {len(known.accounts):,} accounts in {settings.accounts}"
    if settings.municipality_facts is not None:
        yield True, f"facts: {len(known.facts):,} municipalities, {settings.municipality_facts}"


def _folder(settings: "Settings") -> Iterator[Finding]:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        probe = settings.data / ".check"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        where = f"data folder: {settings.data.absolute()} cannot be written"
        yield False, f"{where} ({problem.strerror}); set LYHORD_DATA to another"
        return
    yield True, f"data folder: {settings.data.absolute()} can be written"
    for name in ("run.service", "enrich", "index", "replay"):
        lease = wiring.lease(settings, name)
        if lease.acquire():
            lease.release()
        else:
            yield True, f"lease of {name}: held by {lease.holder()}"


def _rules(settings: "Settings") -> Iterator[Finding]:
    if settings.rules is not None:
        from lyhord.analysis.rulebook import Rulebook

        with closing(wiring.open_state(settings)) as state:
            book = Rulebook(state, settings.rules, wiring.vocabulary(settings))
            count = len(book.read(settings.rules))
        yield True, f"rules: {count:,} in {settings.rules}"


def _key(settings: "Settings") -> Iterator[Finding]:
    from lyhord.privacy.pseudonyms import Pseudonymiser

    path = settings.data / "pseudonym.key"
    Pseudonymiser.open(path)
    yield True, f"pseudonym key: {path} (keep a copy: without it, authors get new pseudonyms)"


def _created(settings: "Settings") -> Iterator[Finding]:
    if settings.log:
        from lyhord.adapters.kafka_log import topics

        made = topics.create(clusters.kafka(settings), _TOPICS)
        yield True, f"topics: {', '.join(made) if made else 'none'} made"
    if settings.store:
        from lyhord.adapters.elastic_store.deploying import deploy

        for done in deploy(clusters.elastic(settings)):
            yield True, f"store: {done}"


def _log(settings: "Settings") -> Iterator[Finding]:
    if settings.log:
        yield from _topics(settings)
    log = wiring.open_log(settings)
    for topic, group in ((POSTS, "enrich"), (TAGGED, "index")):
        end = log.end(topic)
        waiting = behind(log.committed(topic, group), end)
        yield True, f"log: {total(end):,} {topic}, {waiting:,} not yet through {group}"
    yield True, f"log: {total(log.end(REJECTED)):,} {REJECTED}"


def _topics(settings: "Settings") -> Iterator[Finding]:
    from lyhord.adapters.kafka_log import topics

    there = topics.describe(clusters.kafka(settings), _TOPICS)
    for topic in _TOPICS:
        if topic in there:
            yield True, f"topic {topic}: {there[topic]} partitions"
        else:
            yield False, f"topic {topic}: is not there; run `lyhord check --create`"
    if there.get(POSTS) != there.get(TAGGED):
        yield False, "topics posts and tagged should have as many partitions as each other"


def _store(settings: "Settings") -> Iterator[Finding]:
    total = wiring.open_store(settings).search("*", size=1).total
    yield True, f"store: {total:,} posts can be found"


def _sources(settings: "Settings") -> Iterator[Finding]:
    from services.ingest.sources.catalogue import open_sources

    with open_sources(settings) as sources:
        for source in sources:
            yield True, f"source {source.name}: polled every {source.interval:g} s"
    for one in settings.sources:
        if one.kind == "folder":
            yield one.path.is_dir(), f"source {one.name}: folder {one.path}"


def _recipients(settings: "Settings") -> Iterator[Finding]:
    for name in wiring.open_notifiers(settings):
        yield True, f"recipient {name}: the address can be used (nothing was sent)"
    if settings.recipients:
        from lyhord.messages import STAGES, messages, troubled

        state = wiring.open_state(settings)
        waiting = sum(each.stage == "waiting" for each in messages(state))
        yield True, f"messages: {waiting:,} wait to be sent"
        for each in troubled(state)[:_TOLD]:
            told = f"{STAGES[each.stage]}: {each.title} ({each.reason})"
            yield False, f"message to {each.recipient} at {times.format_utc(each.at)}, {told}"
