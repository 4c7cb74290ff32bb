"""Measures detectors of rises on simulated posts, each at the same price in false alerts.

    python -m benchmarks.alerts [--seeds 3] [--only NAME] [--json] [--look-ahead]

The oracle knows each series' true rate and spread; no detector can. Its rows say about what
is possible.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from benchmarks.alerts import baselines, lookahead, lyhord, oracle
from benchmarks.alerts.incidents import Run
from benchmarks.alerts.model import DAY, WEEK, Detector, Fired, Swept
from benchmarks.alerts.scoring import BUDGETS, Found, Judge, Outcome
from benchmarks.alerts.simulation import History, simulate

LYHORD = "Lyhörd"
DETECTORS: Mapping[str, Detector] = {LYHORD: lyhord.detect, **baselines.DETECTORS}
"""All that are compared, by name."""
_ORACLE = "oracle"
_KNOWN_AT = 0.25
_BY_KIND_AT = 0.25


def runs(histories: Sequence[History], fired: Sequence[list[Fired] | Swept]) -> list[Run]:
    """Put what a detector fired beside the truth."""
    return [
        Run(
            points,
            history.events,
            history.measured,
            len(history.rhythm.codes) * (history.end - history.measured) / WEEK,
        )
        for history, points in zip(histories, fired, strict=True)
    ]


def measure(
    histories: Sequence[History], detectors: Mapping[str, Detector]
) -> dict[str, list[Outcome]]:
    """Judge the oracle and each detector at each budget."""
    points = [oracle.fired(history) for history in histories]
    judge = Judge(runs(histories, points))
    known = _known(histories, points, judge.threshold(_KNOWN_AT))
    answers = {_ORACLE: [judge.at_budget(budget, known) for budget in BUDGETS]}
    for name, detector in detectors.items():
        began = time.perf_counter()
        judge = Judge(runs(histories, [detector(history.arrivals) for history in histories]))
        answers[name] = [judge.at_budget(budget, known) for budget in BUDGETS]
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return answers


def _known(histories: Sequence[History], points: Sequence[list[Fired]], threshold: float) -> Found:
    known: Found = {}
    for number, (history, fired) in enumerate(zip(histories, points, strict=True)):
        for at, event in enumerate(history.events):
            if event.should_alert:
                first = oracle.first_known(fired, event, threshold)
                if first is not None:
                    known[number, at] = first
    return known


def table(answers: Mapping[str, Sequence[Outcome]]) -> Iterator[str]:
    """Tell the figures by detector and budget, then what is found of each kind."""
    yield (
        "| detector | false alerts a municipality-week, at most | threshold | recall"
        " | sudden: median delay, min | build-ups: median delay beyond the oracle, h"
        " | repeats a found rise |"
    )
    yield "|---|---|---|---|---|---|---|"
    for name, outcomes in answers.items():
        for budget, each in zip(BUDGETS, outcomes, strict=True):
            yield (
                f"| {name} | {budget:g} | {each.threshold:.2f} | {each.recall:.2f}"
                f" | {_number(each.sudden, 0)} | {_number(each.beyond, 1)} | {each.repeats:.2f} |"
            )
    kinds = next(iter(answers.values()))[0].by_kind
    yield f"\n| found at {_BY_KIND_AT:g} false alerts | {' | '.join(kinds)} |"
    yield f"|---|{'---|' * len(kinds)}"
    for name, outcomes in answers.items():
        found = outcomes[BUDGETS.index(_BY_KIND_AT)].by_kind
        yield f"| {name} | {' | '.join(f'{right} of {of}' for right, of in found.values())} |"


def looked_ahead(histories: Sequence[History]) -> Iterator[str]:
    """Cut each history while something rises and when nothing does, and tell if Lyhörd saw it.

    Raises:
        SystemExit: it did.

    """
    for number, history in enumerate(histories, 1):
        rising = next(event for event in history.events if event.should_alert)
        cuts = [rising.start + (rising.end - rising.start) // 3, history.measured + 10 * DAY + 1]
        if lookahead.check(lyhord.detect, history.arrivals, cuts):
            raise SystemExit(f"history {number}: what was fired depends on what was written later")
        yield f"history {number}: nothing that was fired depends on what was written later"


def rows(answers: Mapping[str, Sequence[Outcome]]) -> list[dict[str, Any]]:
    """Give the figures as JSON has them."""
    return [
        {
            "detector": name,
            "budget": budget,
            "threshold": each.threshold,
            "false_a_municipality_week": each.false,
            "recall": each.recall,
            "sudden_median_minutes": each.sudden,
            "build_up_beyond_oracle_median_hours": each.beyond,
            "repeats_a_found_rise": each.repeats,
            "hushed": each.tally.hushed,
            "spam_marked": each.tally.marked,
            "found_of": each.by_kind,
        }
        for name, outcomes in answers.items()
        for budget, each in zip(BUDGETS, outcomes, strict=True)
    ]


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def main() -> None:
    """Measure, and print a table as Markdown, or JSON."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.alerts",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--seeds", type=int, default=3, help="how many histories, from seed 1 on")
    parser.add_argument("--only", action="append", choices=tuple(DETECTORS))
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--look-ahead", action="store_true", help="see whether Lyhörd looks ahead, and no figures"
    )
    asked = parser.parse_args()
    histories = [simulate(seed) for seed in range(1, asked.seeds + 1)]
    if asked.look_ahead:
        print("\n".join(looked_ahead(histories)))
        return
    chosen = {name: DETECTORS[name] for name in asked.only or DETECTORS}
    answers = measure(histories, chosen)
    if asked.json:
        sys.stdout.buffer.write(orjson.dumps(rows(answers), option=orjson.OPT_INDENT_2) + b"\n")
        return
    posts = sum(len(history.arrivals) for history in histories)
    rises = sum(event.should_alert for history in histories for event in history.events)
    print(f"{asked.seeds} histories, {posts:,} posts, {rises} rises\n")
    print("\n".join(table(answers)))


if __name__ == "__main__":
    main()
