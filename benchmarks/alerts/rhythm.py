"""The expected number of citizens' posts, by municipality, topic and quarter of an hour."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import holidays
import numpy as np
import numpy.typing as npt

from benchmarks.alerts.model import DAY, MINUTE, NAMES
from lyhord.times import STOCKHOLM

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BIN = 15 * MINUTE
BINS_A_DAY = DAY // BIN
REPLIES = 0.7
"""Replies to a thread's first post, on average; their number is geometric."""
REPLY_AFTER = 40 * MINUTE
"""How long after the first post a reply comes, on average; exponential."""
_KERNEL_BINS = 20
_SUNDAY, _SATURDAY = 6, 5
_HOLIDAY = 0.55
_WEEKEND = {_SATURDAY: 0.75, _SUNDAY: 0.7}
_TREND = 0.2
_CONCENTRATION = 80.0

# By local hour, 0 to 23: what offices and schools cause, and what people write of an evening.
_DAYTIME = (1, 0.5, 0.5, 0.5, 1, 2, 6, 11, 12, 12, 11, 11, 11, 10, 10, 11, 11, 9, 7, 7, 6, 5, 3, 2)
_EVENING = (3, 1, 1, 1, 1, 1, 3, 6, 7, 7, 7, 8, 8, 7, 7, 8, 9, 10, 12, 14, 14, 12, 9, 6)
# Share of a municipality's posts in percent, and how much of them keeps to the daytime.
_TOPICS: Mapping[str, tuple[float, float]] = {
    "vatten_avlopp": (5, 0.5),
    "skola_forskola": (13, 0.7),
    "aldreomsorg": (7, 0.6),
    "trafik_vagar": (16, 0.5),
    "snorojning": (4, 0.6),
    "avfall": (6, 0.5),
    "kultur_fritid": (10, 0.2),
    "bygg_plan": (8, 0.4),
    "naringsliv": (3, 0.7),
    "trygghet": (6, 0.1),
    "politik_demokrati": (11, 0.2),
    "miljo": (3, 0.3),
    "krisberedskap": (1, 0.3),
    "ovrigt": (7, 0.3),
}


class Rhythm(NamedTuple):
    """What would be written if nothing happened, before chance.

    `first` are threads' first posts, `posts` these and their replies: expected counts of shape
    (places, topics, bins). Bins are of 15 minutes from `start`. `daily` is by place.
    """

    codes: tuple[str, ...]
    daily: tuple[float, ...]
    start: int
    first: Floats
    posts: Floats

    @property
    def shares(self) -> Floats:
        """Each topic's share of a municipality's posts, of shape (places, topics)."""
        by_topic: Floats = self.posts.sum(axis=2)
        shares: Floats = by_topic / by_topic.sum(axis=1, keepdims=True)
        return shares


def draw(
    chance: np.random.Generator, daily: Mapping[str, float], first_day: date, days: int
) -> Rhythm:
    """Draw topics' shares and a trend for each municipality, on a calendar that is Sweden's.

    `daily` gives citizens' posts on an average day by SCB code. Days are those of Stockholm, UTC
    has the bins: one day has 23 hours where summer time begins.
    """
    opening = datetime.combine(first_day, datetime.min.time(), STOCKHOLM).astimezone(UTC)
    start = round(opening.timestamp()) * 1_000_000
    bins = days * BINS_A_DAY
    shape = _calendar(opening, bins)
    means = np.array([_TOPICS[name][0] for name in NAMES])
    shares = chance.dirichlet(means / means.sum() * _CONCENTRATION, size=len(daily))
    trend = 1 + np.outer(chance.uniform(-_TREND, _TREND, len(daily)), np.linspace(-1, 1, bins))
    level = np.array(list(daily.values())) / BINS_A_DAY
    posts = level[:, None, None] * shares[:, :, None] * shape[None] * trend[:, None, :]
    first = posts / (1 + REPLIES)
    return Rhythm(tuple(daily), tuple(daily.values()), start, first, _with_replies(first))


def _calendar(opening: datetime, bins: int) -> Floats:
    """Give the factor of each topic (rows) at each bin, 1 over an ordinary week."""
    hours, of_day = np.empty(bins), np.empty(bins)
    days: dict[date, float] = {}
    for at in range(bins):
        local = (opening + timedelta(minutes=15 * at)).astimezone(STOCKHOLM)
        hours[at] = local.hour + local.minute / 60
        if local.date() not in days:
            days[local.date()] = _of_day(local.date())
        of_day[at] = days[local.date()]
    curves = [
        np.interp(hours, np.arange(25), [*curve, curve[0]]) / np.mean(curve)
        for curve in (_DAYTIME, _EVENING)
    ]
    week = (5 + sum(_WEEKEND.values())) / 7
    daytime = np.array([_TOPICS[name][1] for name in NAMES])[:, None]
    mixed: Floats = daytime * curves[0] + (1 - daytime) * curves[1]
    return mixed * of_day / week


def _of_day(day: date) -> float:
    # Sundays are holidays by Swedish law, and have a factor of their own here.
    closed = holidays.country_holidays("SE", years=day.year, include_sundays=False)
    return _HOLIDAY if day in closed else _WEEKEND.get(day.weekday(), 1.0)


def _with_replies(first: Floats) -> Floats:
    """Add the replies, which come later than what they answer."""
    edges = np.exp(-np.arange(_KERNEL_BINS + 1) * BIN / REPLY_AFTER)
    # A first post is anywhere in its bin: its replies are spread over half a bin more on average.
    kernel = np.convolve(edges[:-1] - edges[1:], [0.5, 0.5]) * REPLIES
    posts = first.copy()
    for lag, share in enumerate(kernel):
        posts[..., lag:] += share * first[..., : first.shape[2] - lag]
    return posts
