"""Conversations: posts in order of time and their threads, in a file beside the embedded index.

Posts that any of their versions linked make a component, which is folded anew whenever one of
them changes; components only grow. So a thread's posts may arrive in any order, and the fold
itself (`lyhord.dialogue`) needs to know nothing of what was before.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson

from lyhord import times
from lyhord.adapters.sqlite import connect, retriable
from lyhord.alerting.arrivals import Arrival
from lyhord.dialogue import Member, Order, Thread, rank, threads_before, threads_of
from lyhord.dialogue.components import joined
from lyhord.errors import Unavailable
from lyhord.ports import ThreadFilters

_SCHEMA = """
CREATE TABLE IF NOT EXISTS members (
    key TEXT PRIMARY KEY, component TEXT NOT NULL, created INTEGER, member BLOB
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS members_created ON members (created) WHERE created IS NOT NULL;
CREATE INDEX IF NOT EXISTS members_of ON members (component);
CREATE TABLE IF NOT EXISTS threads (
    thread_id TEXT PRIMARY KEY, component TEXT NOT NULL, municipality TEXT, status TEXT NOT NULL,
    quiet INTEGER NOT NULL, urgent INTEGER NOT NULL, at INTEGER NOT NULL, last_at INTEGER NOT NULL,
    thread BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS threads_of ON threads (component);
CREATE INDEX IF NOT EXISTS threads_last ON threads (last_at);
CREATE INDEX IF NOT EXISTS threads_rank ON threads (quiet, at, thread_id);
CREATE INDEX IF NOT EXISTS threads_rank_of ON threads (municipality, quiet, at, thread_id);
CREATE INDEX IF NOT EXISTS threads_urgent ON threads (quiet, urgent, at, thread_id);
"""
# A list is bound as one JSON array: it may be of any length.
_AMONG = "(SELECT value FROM json_each(?))"
_KNOWN = f"SELECT key, component FROM members WHERE key IN {_AMONG}"  # noqa: S608 - all of it stands here
_SIZES = f"SELECT component, count(*) FROM members WHERE component IN {_AMONG} GROUP BY 1"  # noqa: S608 - as above
_FORGET = f"DELETE FROM threads WHERE component IN {_AMONG}"  # noqa: S608 - as above
_LATER = "SELECT component FROM threads INDEXED BY threads_last WHERE last_at > ?"
_MEMBERS = f"""
SELECT component, member FROM members
WHERE component IN {_AMONG} AND member IS NOT NULL ORDER BY component
"""  # noqa: S608 - as above
_ARRIVALS = """
SELECT member FROM members
WHERE created >= ?1 AND (?2 IS NULL OR created < ?2) ORDER BY created, key
"""
_EVER = -(2**63)
_ORDERS: Mapping[Order, str] = {
    "waiting": "ORDER BY quiet, at, thread_id",
    "urgent": "ORDER BY quiet, urgent, at, thread_id",
}
"""As `rank` orders them."""


def file_of(folder: Path) -> Path:
    """Give the file that belongs to an index's folder."""
    # Another number with another content: the index is folded into a new file then.
    return folder / "threads-2.sqlite3"


class Conversations:
    """The one writer of a folder's threads."""

    def __init__(self, folder: Path) -> None:
        self._database = connect(file_of(folder))
        self._database.executescript(_SCHEMA)

    @property
    def is_empty(self) -> bool:
        """Whether no post was ever put."""
        return self._database.execute("SELECT 1 FROM members LIMIT 1").fetchone() is None

    def put(self, members: Iterable[Member]) -> None:
        """Take posts as they are now; safe and visible, with their threads, when this returns.

        Raises:
            Retriable: the disk is full; nothing was put.

        """
        changed = {member.key: member for member in members}
        if not changed:
            return
        with retriable():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._fold(self._write(changed))
                self._database.execute("COMMIT")
            except BaseException:
                self._database.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _write(self, changed: dict[str, Member]) -> Collection[str]:
        """Write the posts; give the components that changed."""
        links = [(key, member.parent) for key, member in changed.items()]
        mentioned = {each for link in links for each in link if each}
        known = dict(self._database.execute(_KNOWN, (_json(mentioned),)))
        components, moved = joined(links, known, self._sizes)
        self._database.executemany(
            "UPDATE members SET component = ? WHERE component = ?",
            [(new, old) for old, new in moved.items()],
        )
        self._database.execute(_FORGET, (_json(moved),))
        self._database.executemany(
            "INSERT INTO members VALUES (?, ?, NULL, NULL) ON CONFLICT DO NOTHING",
            [(key, components[key]) for key in mentioned if key not in changed],
        )
        self._database.executemany(
            "INSERT INTO members VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
            "SET created = excluded.created, member = excluded.member",
            [
                (
                    key,
                    components[key],
                    member.created if member.live else None,
                    orjson.dumps(tuple(member)),
                )
                for key, member in changed.items()
            ],
        )
        return {components[key] for key in changed}

    def _sizes(self, components: Collection[str]) -> dict[str, int]:
        return dict(self._database.execute(_SIZES, (_json(components),)))

    def _fold(self, components: Collection[str]) -> None:
        rows = [
            (
                thread.thread_id,
                component,
                thread.municipality,
                thread.status,
                *rank(thread, "urgent")[:3],
                thread.last_at,
                orjson.dumps(tuple(thread)),
            )
            for component, members in _members(self._database, components)
            for thread in threads_of(members)
        ]
        self._database.execute(_FORGET, (_json(components),))
        self._database.executemany("INSERT INTO threads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def read(folder: Path, filters: ThreadFilters) -> Iterator[Thread]:
    """Give the threads that were put, in order; none where no file is there."""
    with _reading(folder) as database:
        if database is None:
            return
        now = None if filters.now is None else times.micros(filters.now)
        where, values = _where(filters, now)
        asked = f"SELECT thread FROM threads {where} {_ORDERS[filters.order]}"  # noqa: S608 - values are bound
        found = database.execute(asked, values)
        stored = (Thread(*orjson.loads(row[0])) for row in found)
        later = [] if now is None else _as_of(database, now, filters)
        ordered = partial(rank, order=filters.order)
        yield from merge(stored, sorted(later, key=ordered), key=ordered)


def arrivals(folder: Path, since: int | None, until: int | None) -> Iterator[Arrival]:
    """Give the live posts that were put, by time and key; none where no file is there."""
    with _reading(folder) as database:
        if database is None:
            return
        found = database.execute(_ARRIVALS, (_EVER if since is None else since, until))
        for row in found:
            yield Member(*orjson.loads(row[0])).arrival()


@contextmanager
def _reading(folder: Path) -> Iterator[sqlite3.Connection | None]:
    """Open a folder's file as it is now, or nothing where none is there."""
    file = file_of(folder)
    if not file.exists():
        yield None
        return
    with closing(_connected(file)) as database:
        yield database


def _connected(file: Path) -> sqlite3.Connection:
    try:
        database = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        # Looks at the file's head, so that what is no database is known here.
        database.execute("PRAGMA schema_version")
        database.execute("BEGIN")
    except sqlite3.DatabaseError as error:
        raise Unavailable(
            f"{file} cannot be read ({error}): who reads it must be able to write there, too; a "
            "damaged one is made anew by `lyhord replay --allow-fewer`"
        ) from error
    return database


def _where(filters: ThreadFilters, now: int | None) -> tuple[str, list[Any]]:
    bounds: list[tuple[str, Any]] = []
    # The + keeps SQLite from these columns' indices: in order, the first rows come at once.
    if filters.statuses and "unanswered" not in filters.statuses:
        bounds.append(("quiet = ?", True))
    if filters.statuses:
        bounds.append((f"+status IN {_AMONG}", _json(filters.statuses)))
    if len(filters.municipalities) == 1:
        bounds.append(("municipality = ?", filters.municipalities[0]))
    elif filters.municipalities:
        bounds.append((f"+municipality IN {_AMONG}", _json(filters.municipalities)))
    if now is not None:
        bounds.append(("+last_at <= ?", now))
    where = " AND ".join(bound for bound, _ in bounds)
    return f"WHERE {where}" if where else "", [value for _, value in bounds]


def _as_of(database: sqlite3.Connection, now: int, filters: ThreadFilters) -> list[Thread]:
    """Fold anew, without their later posts, the threads that go on after `now`."""
    found = database.execute(_LATER, (now,))
    later = {row[0] for row in found}
    return [
        thread
        for _, members in _members(database, later)
        for thread in threads_before(members, now)
        if filters.take(thread)
    ]


def _members(
    database: sqlite3.Connection, components: Collection[str]
) -> Iterator[tuple[str, list[Member]]]:
    found = database.execute(_MEMBERS, (_json(components),))
    for component, rows in groupby(found, key=itemgetter(0)):
        yield component, [Member(*orjson.loads(row[1])) for row in rows]


def _json(values: Iterable[str]) -> str:
    return orjson.dumps(list(values)).decode()
