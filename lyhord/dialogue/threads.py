"""Threads: the posts of one conversation, whether it waits for an answer, and how fast one came."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from lyhord import times
from lyhord.dialogue.members import Member, Micros
from lyhord.dialogue.office import office_seconds
from lyhord.dialogue.roots import roots_of
from lyhord.dialogue.urgency import urgency
from lyhord.labels import OTHER_TOPIC

Status = Literal["unanswered", "answered", "none-needed"]
STATUSES: tuple[Status, ...] = ("unanswered", "answered", "none-needed")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000


class Thread(NamedTuple):
    """A conversation as it stands at some time; times are microseconds since 1970.

    ``waiting_since`` is when the first post was written that waits for an answer now, and
    ``waiting`` which that is; ``urgency`` is what `urgency` says of those that wait; ``asked_at``
    is when the first citizen wrote, which response times count from.
    """

    thread_id: str
    municipality: str | None
    department: str | None
    topic: str | None
    status: Status
    posts: int
    opened_at: Micros
    last_at: Micros
    waiting_since: Micros | None
    waiting: str | None
    urgency: int
    asked_at: Micros | None
    first_response_at: Micros | None
    first_response_seconds: int | None
    first_response_office_seconds: int | None

    def line(self) -> dict[str, Any]:
        """Give the thread as it is read out."""
        return {
            "thread_id": self.thread_id,
            "municipality": self.municipality,
            "status": self.status,
            "opened_at": _written(self.opened_at),
            "posts": self.posts,
            "waiting_since": _written(self.waiting_since),
            "first_response_at": _written(self.first_response_at),
            "first_response_seconds": self.first_response_seconds,
            "first_response_office_seconds": self.first_response_office_seconds,
            "topic": self.topic,
            "last_at": _written(self.last_at),
        }


Order = Literal["waiting", "urgent"]
ORDERS: tuple[Order, ...] = ("waiting", "urgent")


def rank(thread: Thread, order: Order = "waiting") -> tuple[bool, int, Micros, str]:
    """Order threads: who waits, the longest or the most urgent first; then the others, the latest.

    The figures are: quiet, urgency (0 where that is not asked for), a time, the id.
    """
    waits = thread.waiting_since
    urgent = -thread.urgency if order == "urgent" else 0
    return waits is None, urgent, -thread.last_at if waits is None else waits, thread.thread_id


def threads_of(members: Iterable[Member], *, now: Micros | None = None) -> list[Thread]:
    """Fold posts into threads; the order of the posts does not matter.

    Args:
        members: each post once, with all that are linked to it, deleted ones too.
        now: hides what was written later; None hides nothing.

    """
    every = {member.key: member for member in members}
    roots = roots_of({key: member.parent for key, member in every.items()})
    by_root: defaultdict[str, list[Member]] = defaultdict(list)
    for key, member in every.items():
        if member.live and (now is None or member.created <= now):
            by_root[roots[key]].append(member)
    return [
        _thread(root, sorted(posts, key=lambda post: post.place)) for root, posts in by_root.items()
    ]


def threads_before(members: Sequence[Member], now: Micros) -> list[Thread]:
    """Fold those threads as they stood at ``now`` that went on after it; leave the others out."""
    ended = {thread.thread_id for thread in threads_of(members) if thread.last_at <= now}
    return [each for each in threads_of(members, now=now) if each.thread_id not in ended]


def _thread(root: str, posts: Sequence[Member]) -> Thread:
    first = next((post for post in posts if post.key == root), posts[0])
    asked: Member | None = None
    waiting: list[Member] = []
    response: Member | None = None
    needed = False
    for post in posts:
        if not post.official:
            asked = asked or post
            if post.needs_answer:
                needed = True
                waiting.append(post)
        elif post.municipality == first.municipality:
            waiting = []
            if asked and not response:
                response = post
    return Thread(
        thread_id=root,
        municipality=first.municipality,
        department=first.department,
        topic=_topic(first, posts),
        status="unanswered" if waiting else "answered" if needed else "none-needed",
        posts=len(posts),
        opened_at=posts[0].created,
        last_at=posts[-1].created,
        waiting_since=waiting[0].created if waiting else None,
        waiting=waiting[0].key if waiting else None,
        urgency=urgency(waiting),
        asked_at=asked and asked.created,
        first_response_at=response and response.created,
        **_response_times(asked, response),
    )


def _topic(first: Member, posts: Sequence[Member]) -> str | None:
    """Give what the first post is about, or, where it tells nothing, the first that does."""
    told = (post.topic for post in (first, *posts) if post.topic != OTHER_TOPIC)
    return next(told, first.topic)


def _response_times(asked: Member | None, response: Member | None) -> dict[str, int | None]:
    if asked is None or response is None:
        return {"first_response_seconds": None, "first_response_office_seconds": None}
    return {
        "first_response_seconds": (response.created - asked.created) // _SECOND,
        "first_response_office_seconds": office_seconds(
            moment(asked.created), moment(response.created)
        ),
    }


def moment(micros: Micros) -> datetime:
    """Give a time as UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def _written(micros: Micros | None) -> str | None:
    return None if micros is None else times.format_utc(moment(micros))
