"""What is put into ordinary days: rises of several kinds, and what must not be taken for one.

How large rises are was raised after the first draft (bursts from 8 posts, build-ups from twice the
usual), until mean + kσ of the last hour found nearly nine of ten at half a false alert a
municipality-week, which is what the aim takes for granted. That figure is thus made, not found.
"""

from collections.abc import Callable, Mapping

import numpy as np

from benchmarks.alerts import noise
from benchmarks.alerts.model import DAY, HOUR, MINUTE, NAMES, Event
from benchmarks.alerts.rhythm import BIN, Ints, Rhythm
from benchmarks.alerts.writing import ANGRY, Posts, When, official, write

COUNTS = {
    "outage": 1,
    "gap": 1,
    "national": 2,
    "small": 1,
    "mixed": 2,
    "build_up": 9,
    "burst": 17,
    "spam": 3,
    "campaign": 3,
}
"""How many of each kind six weeks have."""

_SUDDEN = ("national", "small", "mixed", "burst")
_RISES = (*_SUDDEN, "build_up")
_APART = 12 * HOUR
_TRIES = 10_000
_ON_TOPIC = 0.9
_STANDS_OUT = 8.0
_RISEN = 0.5
_TOUCHED = 0.8


class Injector:
    """Finds each event a time and a place of its own, twelve hours from any other there."""

    def __init__(self, chance: np.random.Generator, rhythm: Rhythm, start: int, end: int) -> None:
        self.chance, self.rhythm = chance, rhythm
        self.start, self.end = start, end
        self.events: list[Event] = []
        self.posts: list[Posts] = []

    def inject(self, counts: Mapping[str, int]) -> None:
        """Put in so many of each kind.

        Raises:
            ValueError: there is no room for them.

        """
        kinds: dict[str, Callable[[], None]] = {
            "outage": lambda: self._silence("outage", 8),
            "gap": lambda: self._silence("gap", 10),
            "national": self._national,
            "small": self._small,
            "mixed": self._mixed,
            "build_up": self._build_up,
            "burst": self._burst,
            "spam": self._spam,
            "campaign": self._campaign,
        }
        for kind, count in counts.items():
            for _ in range(count):
                kinds[kind]()

    def _burst(self) -> None:
        place = self._any_place()
        topic = self._any_topic(place)
        least = 12 + 0.06 * self.rhythm.daily[place]
        count = int(least * (1 + 2 * self.chance.random()))
        self._sudden("burst", place, topic, count, self.chance.uniform(1, 3))

    def _small(self) -> None:
        # The place that is nearest to one post an hour goes to twelve.
        place = int(np.argmin(np.abs(np.array(self.rhythm.daily) - 24)))
        self._sudden("small", place, self._any_topic(place), 36, 3)

    def _mixed(self) -> None:
        place = self._any_place()
        count = int(30 + 0.25 * self.rhythm.daily[place])
        self._sudden("mixed", place, None, count, self.chance.uniform(1, 3))

    def _sudden(self, kind: str, place: int, topic: int | None, count: int, hours: float) -> None:
        start, end = self._free((place,), int(hours * HOUR))
        self._tell(kind, (place,), topic, (start, end))
        self._add(self._angry(start, end, place, topic, count))

    def _national(self) -> None:
        places = len(self.rhythm.codes)
        touched = tuple(
            sorted(self.chance.permutation(places)[: round(_TOUCHED * places)].tolist())
        )
        start, end = self._free(touched, 6 * HOUR)
        topic = self._any_topic(touched[0])
        self._tell("national", touched, topic, (start, end))
        for place in touched:
            first = start + int(self.chance.uniform(0, 2 * HOUR))
            count = int(self.chance.poisson(5 + 0.12 * self.rhythm.daily[place]))
            self._add(self._angry(first, first + 4 * HOUR, place, topic, count))

    def _build_up(self) -> None:
        rates = self.rhythm.posts
        place, topic, factor = self._any_growth()
        length = int(self.chance.uniform(12, 48) * HOUR)
        start, end = self._free((place,), length)
        self._tell("build_up", (place,), topic, (start, end))
        bins = self.rhythm.start + BIN * np.arange(rates.shape[2])
        done = np.clip((bins - start) / (_RISEN * length), 0, 1)
        # It stays up for as long as it rose; what is over is forgotten within hours.
        after = np.exp(-np.maximum(bins - end, 0) / (2 * HOUR))
        extra = self.chance.poisson(rates[place, topic] * (factor - 1) * done * after)
        created = np.repeat(bins, extra) + self.chance.integers(BIN, size=extra.sum())
        self._add(self._write(created, place, topic))

    def _spam(self) -> None:
        place = self._any_place()
        topic = self._any_topic(place)
        start, end = self._free((place,), int(self.chance.uniform(1, 2) * HOUR))
        self._tell("spam", (place,), topic, (start, end))
        posts = self._write(self.chance.integers(start, end, size=40), place, topic)
        texts = posts.fingerprint[:2][self.chance.integers(2, size=40)]
        self._add(posts._replace(author=np.full(40, posts.author[0]), fingerprint=texts))

    def _campaign(self) -> None:
        place = self._any_place()
        topic = self._any_topic(place)
        start, end = self._free((place,), 6 * HOUR)
        self._tell("campaign", (place,), topic, (start, end))
        created = self.chance.integers(start, end, size=int(self.chance.integers(30, 50)))
        self._add(official(self._write(created, place, topic)))

    def _silence(self, kind: str, hours: int) -> None:
        everywhere = tuple(range(len(self.rhythm.codes)))
        self._tell(kind, everywhere, None, self._free(everywhere, hours * HOUR))

    def _any_place(self) -> int:
        return int(self.chance.integers(len(self.rhythm.codes)))

    def _any_topic(self, place: int) -> int:
        # Rare topics rise more often than their share: that is what they are for.
        likely = np.sqrt(self.rhythm.shares[place])
        return int(self.chance.choice(len(NAMES), p=likely / likely.sum()))

    def _any_growth(self) -> tuple[int, int, float]:
        """Draw a series and its factor, such that a day of it stands out from ordinary days."""
        a_day = self.rhythm.posts.mean(axis=2) * (DAY / BIN)
        deviation = np.sqrt(noise.variance(a_day, DAY))
        for _ in range(_TRIES):
            place, topic = (
                int(self.chance.integers(len(a_day))),
                int(self.chance.integers(len(NAMES))),
            )
            factor = self.chance.uniform(3, 8)
            if (factor - 1) * a_day[place, topic] >= _STANDS_OUT * deviation[place, topic]:
                return place, topic, factor
        raise ValueError("no series is large enough for a build-up")

    def _free(self, places: tuple[int, ...], length: int) -> tuple[int, int]:
        codes = {self.rhythm.codes[place] for place in places}
        days = (self.end - self.start - length) // DAY
        for _ in range(_TRIES):
            day = int(self.chance.integers(days)) * DAY
            start = self.start + day + int(self.chance.uniform(6, 21) * 60) * MINUTE
            end = start + length
            if all(
                end + _APART < other.start or other.end + _APART < start
                for other in self.events
                if codes & set(other.places)
            ):
                return start, end
        raise ValueError("there are too many events for so few places and days")

    def _tell(
        self, kind: str, places: tuple[int, ...], topic: int | None, span: tuple[int, int]
    ) -> None:
        codes = tuple(self.rhythm.codes[place] for place in places)
        about = None if topic is None else NAMES[topic]
        only = codes[0] if len(codes) == 1 else None
        sudden, alert = kind in _SUDDEN, kind in _RISES
        self.events.append(Event(kind, only, about, *span, sudden, alert, codes))

    def _angry(self, start: int, end: int, place: int, topic: int | None, count: int) -> Posts:
        # The most is written early on.
        created = start + ((end - start) * self.chance.beta(1.2, 2, count)).astype(np.int64)
        return self._write(created, place, topic)

    def _write(self, created: Ints, place: int, topic: int | None) -> Posts:
        # A tagger is wrong at times.
        count = len(created)
        about = self.chance.choice(len(NAMES), size=count, p=self.rhythm.shares[place])
        if topic is not None:
            about[self.chance.random(count) < _ON_TOPIC] = topic
        when = When(created, np.full(count, place), about)
        return write(self.chance, when, self.rhythm.daily, ANGRY)

    def _add(self, posts: Posts) -> None:
        self.posts.append(posts)
