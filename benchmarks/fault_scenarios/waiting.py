"""Waiting for what must come true, also while a server is away that would have to be asked."""

import time
from collections.abc import Callable
from typing import TypeVar

from lyhord.errors import LyhordError

_LOOK = 0.25

T = TypeVar("T")


class Stuck(Exception):  # noqa: N818 - names the state, as the library's errors do
    """It did not come true in time; the message says what."""


def until(condition: Callable[[], bool], what: str, *, within: float) -> None:
    """Wait for a condition; one that cannot be asked about now counts as not yet true.

    Raises:
        Stuck: it did not come true within these seconds.

    """
    deadline, problem = time.monotonic() + within, ""
    while True:
        try:
            if condition():
                return
            problem = ""
        except LyhordError as error:
            problem = f" ({error})"
        if time.monotonic() > deadline:
            raise Stuck(f"not within {within:.0f} s: {what}{problem}")
        time.sleep(_LOOK)


def patiently(call: Callable[[], T], what: str, *, within: float) -> T:
    """Call until it works, and give what it gives.

    Raises:
        Stuck: it did not work within these seconds.

    """
    results: list[T] = []

    def works() -> bool:
        results.append(call())
        return True

    until(works, what, within=within)
    return results[0]
