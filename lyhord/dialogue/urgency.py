"""Urgency: what of the posts that wait for an answer should be read first."""

from collections.abc import Sequence

from lyhord.dialogue.members import Member

_DANGER = frozenset(("krisberedskap", "trygghet"))
_ACTION = frozenset(("report", "request"))
MOST = 4


def urgency(waiting: Sequence[Member]) -> int:
    """Give points, 0 to `MOST`, to posts of one thread that wait for an answer.

    One point each: one of them is about danger (emergencies, safety); one reports a fault or asks
    for something to be done; one is annoyed; and more than one post waits. How long they have
    waited is no part of it: whoever sorts by urgency has the time as the second key.
    """
    return sum(
        (
            any(post.topic in _DANGER for post in waiting),
            any(post.kind in _ACTION for post in waiting),
            any(post.sentiment == "negative" for post in waiting),
            len(waiting) > 1,
        )
    )
