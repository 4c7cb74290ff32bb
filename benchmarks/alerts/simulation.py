"""A seeded history of what twelve municipalities get, with rises whose truth is known.

Threads' first posts are a Poisson process whose rate follows the calendar (`rhythm`) times gamma
noise, of the place by day and of each series by six hours; replies cluster after them, so that
counts are over-dispersed twice (a Neyman-Scott process inside a Cox process: Daley & Vere-Jones,
An Introduction to the Theory of Point Processes, 2003, sections 6.2 and 6.3). How large the rises
are was chosen by what mean + kσ finds, see `injecting`.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import numpy as np

from benchmarks.alerts import noise
from benchmarks.alerts.injecting import COUNTS, Injector
from benchmarks.alerts.model import DAY, HOUR, Arrival, Event
from benchmarks.alerts.rhythm import BIN, REPLIES, REPLY_AFTER, Ints, Rhythm, draw
from benchmarks.alerts.silences import fetch, silences
from benchmarks.alerts.writing import (
    Posts,
    When,
    arrivals,
    joined,
    official,
    with_reposts,
    write,
)

DAILY = {"2403": 5, "2425": 8, "1730": 12, "1760": 18, "1715": 25, "1785": 40, "1781": 65,
         "1883": 100, "1980": 150, "1780": 220, "1880": 300, "1480": 400}  # fmt: skip
"""Citizens' posts a day by SCB code."""
FIRST_DAY = date(2026, 3, 1)
"""Summer time begins on 29 March, Easter is on 5 April."""
_ANSWERED, _ANSWER_AFTER = 0.25, 3 * HOUR
_ANNOUNCED = 0.08


class History(NamedTuple):
    """Posts in the order they were fetched, and the truth about them.

    What is fired before `measured` (microseconds, UTC) is not judged: detectors learn until then.
    """

    arrivals: list[Arrival]
    events: list[Event]
    rhythm: Rhythm
    measured: int
    end: int


class Setting(NamedTuple):
    """Citizens' posts a day by SCB code, and how many events of each kind `days` days have.

    `run_in` days without any go before; the first of them is `first_day`.
    """

    daily: Mapping[str, float] = DAILY
    first_day: date = FIRST_DAY
    run_in: int = 14
    days: int = 42
    counts: Mapping[str, int] = COUNTS


def simulate(seed: int, setting: Setting = Setting()) -> History:  # noqa: B008 - a constant
    """Draw a history; the same seed and numpy give the same one.

    Raises:
        ValueError: there is no room for so many events.

    """
    run_in, days = setting.run_in, setting.days
    chance = np.random.default_rng(seed)
    rhythm = draw(chance, setting.daily, setting.first_day, run_in + days)
    measured, end = rhythm.start + run_in * DAY, rhythm.start + (run_in + days) * DAY
    injector = Injector(chance, rhythm, measured, end)
    injector.inject(setting.counts)
    posts = joined([*_background(chance, rhythm), *injector.posts])
    posts = posts.only(posts.created < end)
    posts, fetched = fetch(posts, silences(injector.events))
    events = sorted(injector.events, key=lambda event: event.start)
    return History(arrivals(posts, fetched, rhythm.codes, seed=seed), events, rhythm, measured, end)


def _background(chance: np.random.Generator, rhythm: Rhythm) -> list[Posts]:
    """Draw ordinary threads, the municipalities' answers, and what these announce."""
    places, topics, bins = rhythm.first.shape
    counts = chance.poisson(rhythm.first * noise.draw(chance, places, topics, bins))
    place, topic, at = (np.repeat(index, counts.ravel()) for index in _indices(counts.shape))
    created = rhythm.start + at * BIN + chance.integers(BIN, size=len(at))
    replies = chance.geometric(1 / (1 + REPLIES), size=len(at)) - 1
    threads = When(created, place, topic)
    later = When(_after(chance, np.repeat(created, replies), REPLY_AFTER),
                 np.repeat(place, replies), np.repeat(topic, replies))  # fmt: skip
    citizens = with_reposts(chance, write(chance, _both(threads, later), rhythm.daily))
    chosen = chance.random(len(at))
    answered = When(*(column[chosen < _ANSWERED] for column in threads))
    answers = answered._replace(created=_after(chance, answered.created, _ANSWER_AFTER))
    announced = When(*(column[chosen > 1 - _ANNOUNCED] for column in threads))
    own = write(chance, _both(answers, announced), rhythm.daily)
    return [citizens, official(own)]


def _both(some: When, more: When) -> When:
    return When(*(np.concatenate(columns) for columns in zip(some, more, strict=True)))


def _indices(shape: tuple[int, ...]) -> list[Ints]:
    return [index.ravel() for index in np.indices(shape)]


def _after(chance: np.random.Generator, created: Ints, mean: int) -> Ints:
    return created + chance.exponential(mean, len(created)).astype(np.int64)
