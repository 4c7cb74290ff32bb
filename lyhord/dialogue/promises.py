"""Promises: which posts waited longer for an answer than the office hours that were promised."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from lyhord import times
from lyhord.dialogue.members import Member, Micros
from lyhord.dialogue.office import deadline
from lyhord.dialogue.roots import roots_of
from lyhord.dialogue.threads import moment


class Wait(NamedTuple):
    """A post that was not answered in time; times are microseconds since 1970.

    Attributes:
        post: the first of its thread that waited.
        municipality: the thread's.
        broken: when the promised time had passed.
        answered: when the municipality wrote, None where it has not.

    """

    post: Member
    municipality: str | None
    broken: Micros
    answered: Micros | None


def broken(
    members: Iterable[Member], seconds: float, asks: Callable[[Member], bool]
) -> Iterator[Wait]:
    """Give the waits that were longer than so many seconds of office hours.

    Args:
        members: each post once; what answers it is looked for among them.
        seconds: of office hours within which an answer was promised.
        asks: which of the posts that need an answer are meant.

    """
    every = {member.key: member for member in members}
    roots = roots_of({key: member.parent for key, member in every.items()})
    threads: defaultdict[str, list[Member]] = defaultdict(list)
    for key, member in every.items():
        if member.live:
            threads[roots[key]].append(member)
    for root, posts in threads.items():
        yield from _waits(root, sorted(posts, key=lambda post: post.place), seconds, asks)


def _waits(
    root: str, posts: Sequence[Member], seconds: float, asks: Callable[[Member], bool]
) -> Iterator[Wait]:
    place = next((post for post in posts if post.key == root), posts[0]).municipality
    waiting: Member | None = None
    ended: list[tuple[Member, Micros | None]] = []
    for post in posts:
        if post.official and post.municipality == place:
            if waiting:
                ended.append((waiting, post.created))
            waiting = None
        elif not waiting and not post.official and post.needs_answer and asks(post):
            waiting = post
    if waiting:
        ended.append((waiting, None))
    for post, answered in ended:
        due = times.micros(deadline(moment(post.created), seconds))
        if answered is None or due < answered:
            yield Wait(post, place, due, answered)
