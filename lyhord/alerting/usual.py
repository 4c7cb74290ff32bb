"""What is usual of all posts, of each municipality's, and of its topics, learnt hour by hour.

A municipality's topics are small: what is expected of one is drawn to what the municipality gets
and to the topic's share everywhere, and its rhythm to that of all.
"""

import numpy as np

from lyhord.alerting.calendar import clock
from lyhord.alerting.columns import Ints
from lyhord.alerting.constants import BIN, DAY, HOUR, Constants
from lyhord.alerting.expecting import Floats, Habit, Learner, Peers
from lyhord.alerting.rates import Rates, Running
from lyhord.alerting.spread import Pool

WINDOWS = (HOUR // 4, HOUR, 6 * HOUR, DAY)
"""Lengths of the windows watched, in bins: 15 minutes, 1, 6 and 24 hours."""
CONSTANTS = Constants(windows=WINDOWS)
_TOPIC_WEIGHT, _PLACE_WEIGHT = 4.0 * DAY, 0.5 * DAY
_SHARES = 20.0
"""Posts for which all topics are assumed to be alike."""
_STRAYS = 5
"""Hours between those when it is learnt how far windows stray; in five days, each of a day's."""
_FORGET = float(np.exp(-1 / 24 / CONSTANTS.rhythm_days))
_NEVER = np.iinfo(np.int64).max


class Usual:
    """Learns hour by hour; `enter` and `leave` each, in order."""

    def __init__(self, places: int, topics: int) -> None:
        """Begin with nothing known of so many municipalities and topics."""
        self._width = topics + 1
        self._whole, self._places, self._topics = (
            Learner(CONSTANTS, shape) for shape in ((), (places,), (places, topics))
        )
        self._first = np.full(places, _NEVER)
        self._shares = np.zeros(topics)
        self._expected, self._seen = (Running(places * self._width) for _ in range(2))
        self._of_topics, self._of_places = (Pool(len(WINDOWS), _FORGET**_STRAYS) for _ in range(2))
        self._rate = np.zeros(places * self._width)
        self._dispersions: Floats | None = None
        self._typical = 0.0
        """Posts a bin of a municipality; 0 where no two are known."""
        self._habits: tuple[Habit, Habit, Habit] | None = None

    def enter(self, hour: int) -> Rates:
        """Say what is expected of an hour that begins."""
        times = clock(hour)
        whole = self._whole.habit(*times)
        weight = _PLACE_WEIGHT if self._typical else 0.0
        clusters, dispersions = self._of_topics.spread
        place = self._places.habit(
            *times,
            Peers(
                self._typical,
                whole.of_hour,
                whole.of_day,
                weight,
                clusters,
                self._of_places.spread.dispersions,
            ),
        )
        shares = (self._shares + _SHARES / len(self._shares)) / (self._shares.sum() + _SHARES)
        topic = self._topics.habit(
            *times,
            Peers(
                place.level[:, None] * shares,
                place.of_hour[:, None],
                place.of_day[:, None],
                _TOPIC_WEIGHT,
                clusters,
                dispersions,
            ),
        )
        self._habits = whole, place, topic
        rate = np.concatenate([topic.expected, place.expected[:, None]], axis=1) / BIN
        watched = (self._first < hour)[:, None] | (weight > 0)
        self._rate = np.where(watched, rate, 0.0).ravel()
        if self._dispersions is None:
            spread = np.concatenate([topic.dispersions, place.dispersions[:, None]], axis=1)
            self._dispersions = spread.reshape(len(self._rate), -1)
        return Rates(hour, self._rate, self._expected.sums, self._dispersions, clusters)

    def leave(self, hour: int, place: Ints, topic: Ints, late: Ints) -> None:
        """Learn what came in the hour that was entered.

        Args:
            hour: its number since 1970.
            place: of each post.
            topic: of each post.
            late: the posts of its last quarter, as indices into these.

        """
        assert self._habits is not None  # noqa: S101 - it was entered
        whole, places, topics = self._habits
        times = clock(hour)
        self._first[place] = np.minimum(self._first[place], hour)
        watched = np.where(self._first <= hour, HOUR, 0)
        counts = self._counted(place, topic)
        table = counts.reshape(-1, self._width)
        of_all = table[:, -1]
        self._whole.learn(*times, whole, of_all.sum(keepdims=True), np.array(HOUR))
        self._places.learn(*times, places, of_all[:, None], watched)
        self._topics.learn(*times, topics, table[:, :-1, None], watched[:, None])
        self._shares = self._shares * _FORGET + table[:, :-1].sum(axis=0)
        self._expected.add(self._rate * (HOUR * BIN))
        self._seen.add(counts)
        if hour % _STRAYS == 0:
            self._stray(places, topics, self._counted(place[late], topic[late]), hour)
            self._dispersions = None
            levels = places.level[self._first <= hour]
            self._typical = float(np.median(levels)) if len(levels) > 1 else 0.0

    def _stray(self, places: Habit, topics: Habit, quarter: Floats, hour: int) -> None:
        """Learn how far the windows that end with the hour were from what was expected."""
        observed, expected = [quarter], [self._rate * (WINDOWS[0] * BIN)]
        for length in WINDOWS[1:]:
            observed.append(self._seen.last(length // HOUR))
            expected.append(self._expected.last(length // HOUR))
        split = (-1, self._width, len(WINDOWS), 1)
        seen, usual = (np.stack(each, axis=1).reshape(split) for each in (observed, expected))
        # Municipalities that have not written yet tell nothing: they are known from later posts.
        usual *= (self._first <= hour)[:, None, None, None]
        clusters = self._of_topics.spread.clusters
        self._places.stray(places, seen[:, -1], usual[:, -1], _STRAYS * HOUR, clusters)
        self._topics.stray(topics, seen[:, :-1], usual[:, :-1], _STRAYS * HOUR, clusters)
        self._of_topics.learn(seen[:, :-1, :, 0], usual[:, :-1, :, 0])
        self._of_places.learn(seen[:, -1, :, 0], usual[:, -1, :, 0])

    def _counted(self, place: Ints, topic: Ints) -> Floats:
        size, own = len(self._rate), place * self._width
        topical = np.bincount(own + topic, minlength=size)
        whole = np.bincount(own + self._width - 1, minlength=size)
        return (topical + whole).astype(float)
