"""How good the search is, on judged queries: it must not get worse."""

from statistics import mean

import pytest

from benchmarks.search_quality import Scores, measure, scores

COMPOUNDS = {"compound_part", "compound_whole", "apart"}


@pytest.fixture(scope="module")
def found() -> dict[str, list[tuple[str, Scores]]]:
    _, queries, answers = measure()
    assert len(queries) >= 150
    return {
        name: [
            (query.category, scores(query, rows)) for query, rows in zip(queries, each, strict=True)
        ]
        for name, each in answers.items()
    }


def test_the_best_comes_first(found: dict[str, list[tuple[str, Scores]]]) -> None:
    ours = [score for _, score in found["Lyhörd"]]
    assert mean(score.ndcg for score in ours) >= 0.97
    assert mean(score.recall for score in ours) >= 0.97
    assert mean(score.precision for score in ours) >= 0.98


def test_compounds_are_found_both_ways(found: dict[str, list[tuple[str, Scores]]]) -> None:
    ours = [score.ndcg for category, score in found["Lyhörd"] if category in COMPOUNDS]
    assert mean(ours) >= 0.93


def test_plain_stemming_is_worse_in_every_category(
    found: dict[str, list[tuple[str, Scores]]],
) -> None:
    def by_category(name: str) -> dict[str, float]:
        return {
            category: mean(score.ndcg for each, score in found[name] if each == category)
            for category, _ in found[name]
        }

    theirs = by_category("Snowball")
    assert all(score > theirs[category] for category, score in by_category("Lyhörd").items())
