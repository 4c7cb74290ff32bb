"""The round numbers that the alerts' statistics rest on."""

from dataclasses import dataclass

BIN = 300
"""Seconds of a bin of the grid that counts are of."""
HOUR = 3_600 // BIN
DAY = 24 * HOUR


@dataclass(frozen=True, kw_only=True)
class Constants:
    """What is assumed of a series before it is known, and how fast it is learnt and forgotten.

    None is fitted to a series; how little the figures move with each is in docs/benchmarks.md.

    Attributes:
        windows: lengths of the windows watched, in bins, ascending.
        level_days: time constant of the level.
        rhythm_days: time constant of hour of day, day of week and dispersion.
        hour_prior: posts of an even rhythm that an hour's share is drawn to; an hour's share is
            taken to vary by 1 / hour_prior from hour to hour.
        weekday_prior: the same for the days of the week.
        dispersion: assumed at first.
        dispersion_prior: for how many days it is assumed.
        least_dispersion: no series is steadier than this.
        most_taught: standard deviations above its expectation from which a count teaches no more.
        tail_from: score from which a series' own tail counts.
        tail_prior: days of a tail as the negative binomial's that are assumed at first.
        tail_days: time constant of the tail.

    """

    windows: tuple[int, ...] = (HOUR // 4, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY)
    level_days: float = 14
    rhythm_days: float = 28
    hour_prior: float = 3
    weekday_prior: float = 30
    dispersion: float = 1
    dispersion_prior: float = 0.25
    least_dispersion: float = 0.02
    most_taught: float = 2
    tail_from: float = 2
    tail_prior: float = 1
    tail_days: float = 56


DEFAULT = Constants()
