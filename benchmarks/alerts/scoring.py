"""How much a detector finds and how soon, for a number of false alerts that one can live with.

A municipality-week is one municipality for a week. The threshold is the lowest whose false alerts
keep within the budget, as do those of all higher ones; so detectors are compared at one price.
"""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from benchmarks.alerts.incidents import Run, swept, tells_of
from benchmarks.alerts.model import HOUR, MINUTE

BUDGETS = (1.0, 0.5, 0.25, 0.1)
"""False alerts a municipality-week."""
_FINER, _HALVINGS = 1.03, 10

Found = dict[tuple[int, int], int]
"""When a rise was first told (microseconds), by the numbers of its run and of its event."""


class Tally(NamedTuple):
    """What incidents were, over all runs.

    `false` matched nothing, or what is no rise. `repeats` told again of a rise in a municipality
    where it had been told. `hushed` were rises that were called spam: they are not found, and not
    false. `marked` were spam that was called so.
    """

    found: Found
    false: int
    repeats: int
    hushed: int
    marked: int


class Outcome(NamedTuple):
    """A detector at one budget; a figure is None where there is nothing to take it from.

    `sudden` is the median of minutes from a sudden rise's start; `beyond` the median of hours from
    when the oracle would have known of a build-up. `repeats` are by found rise.
    """

    threshold: float
    false: float
    recall: float
    sudden: float | None
    beyond: float | None
    repeats: float
    by_kind: Mapping[str, tuple[int, int]]
    tally: Tally


class Judge:
    """Judges one detector on one or more runs."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = runs
        self._swept = [swept(run.fired) for run in runs]
        self._place_weeks = sum(run.place_weeks for run in runs)
        self._rises = {
            (number, at): event
            for number, run in enumerate(runs)
            for at, event in enumerate(run.events)
            if event.should_alert
        }

    def tally(self, threshold: float) -> Tally:
        """Count what the incidents above a threshold were.

        An alert that fits two events is of a rise before it is of what is none.
        """
        found: Found = {}
        told: set[tuple[int, int, str]] = set()
        false = repeats = hushed = marked = 0
        for number, (run, fired) in enumerate(zip(self.runs, self._swept, strict=True)):
            for alert in fired.openings(threshold):
                if alert.at < run.measured:
                    continue
                fits = [at for at, event in enumerate(run.events) if tells_of(alert, event)]
                rises = [at for at in fits if run.events[at].should_alert]
                spam = any(run.events[at].kind == "spam" for at in fits)
                if rises and alert.suspected_spam:
                    hushed += 1
                elif rises:
                    key = number, rises[0]
                    repeats += (*key, alert.municipality) in told
                    told.add((*key, alert.municipality))
                    found.setdefault(key, alert.at)
                elif spam and alert.suspected_spam:
                    marked += 1
                else:
                    false += 1
        return Tally(found, false, repeats, hushed, marked)

    def threshold(self, budget: float) -> float:
        """Give the lowest threshold that keeps within a budget, as do all above it.

        Where even the lowest score does, that is the answer.
        """
        some = [fired for fired in self._swept if fired.highest]
        if not some:
            return 0.0
        lowest = min(fired.lowest for fired in some)
        kept = max(fired.highest for fired in some) * _FINER
        while (lower := kept / _FINER) > lowest:
            if self._rate(lower) > budget:
                break
            kept = lower
        else:
            lower = lowest
            if self._rate(lowest) <= budget:
                return lowest
        for _ in range(_HALVINGS):
            middle = (lower + kept) / 2
            if self._rate(middle) > budget:
                lower = middle
            else:
                kept = middle
        return kept

    def at_budget(self, budget: float, known: Found | None = None) -> Outcome:
        """Judge at the threshold of a budget."""
        return self.outcome(self.threshold(budget), known)

    def outcome(self, threshold: float, known: Found | None = None) -> Outcome:
        """Judge at a threshold; `known` says when the oracle knew of build-ups."""
        tally = self.tally(threshold)
        kinds: dict[str, tuple[int, int]] = {}
        for key, event in self._rises.items():
            right, of = kinds.get(event.kind, (0, 0))
            kinds[event.kind] = right + (key in tally.found), of + 1
        sudden = [
            (at - self._rises[key].start) / MINUTE
            for key, at in tally.found.items()
            if self._rises[key].sudden
        ]
        beyond = [
            (at - (known or {})[key]) / HOUR
            for key, at in tally.found.items()
            if not self._rises[key].sudden and key in (known or {})
        ]
        return Outcome(
            threshold,
            tally.false / self._place_weeks,
            len(tally.found) / len(self._rises) if self._rises else 0.0,
            median(sudden) if sudden else None,
            median(beyond) if beyond else None,
            tally.repeats / max(1, len(tally.found)),
            kinds,
            tally,
        )

    def _rate(self, threshold: float) -> float:
        return self.tally(threshold).false / self._place_weeks
