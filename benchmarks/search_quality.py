"""How good the search is: nDCG, recall and precision on judged queries, beside plain stemming.

    python -m benchmarks.search_quality [--failures]

`tests/golden/search` has queries with posts that were written for each, and a grade for each post:
2 is what was asked for, 1 fits by the way, 0 is a trap. All posts of all queries are one index. A
post that was written for another query counts as grade 0, unless the judgements say otherwise.
Plain stemming is the same library with its Snowball stemmer for Swedish and its own query parser.
"""

import argparse
import math
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson
import tantivy

from benchmarks.import_posts import machine
from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.errors import LyhordError
from lyhord.model import Post, Sentiment, Tagged, Tags
from lyhord.swedish import search_text
from lyhord.times import parse

FOLDER = Path(__file__).parents[1] / "tests" / "golden" / "search"
_DEPTH = 10
_MOST = 1_000
_MOMENT = parse("2026-03-01T12:00:00Z")

Search = Callable[[str], Sequence[str]]
"""Gives the ids of the posts that a query finds, best first."""


class Query(NamedTuple):
    """A query, what kind it is of, and the grades of the posts that have one above 0, by id."""

    text: str
    category: str
    grades: Mapping[str, int]


class Scores(NamedTuple):
    """Of one query, or the means of many."""

    ndcg: float
    recall: float
    precision: float


def read(folder: Path = FOLDER) -> tuple[dict[str, str], list[Query]]:
    """Give the posts' texts by id, and the queries."""
    texts: dict[str, str] = {}
    queries: list[Query] = []
    more = _judgements(folder)
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_bytes().splitlines():
            row = orjson.loads(line)
            grades = {}
            for post in row["posts"]:
                name = f"p{len(texts)}"
                texts[name] = post["text"]
                if post["grade"]:
                    grades[name] = post["grade"]
            queries.append(Query(row["query"], row["category"], grades))
    by_text = {text: name for name, text in texts.items()}
    return texts, [
        query._replace(
            grades=dict(query.grades)
            | {by_text[text]: grade for text, grade in more.get(query.text, {}).items() if grade}
        )
        for query in queries
    ]


def _judgements(folder: Path) -> dict[str, dict[str, int]]:
    """Read the grades of posts that were written for other queries: query, grade, text."""
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    file = folder / "judgements.tsv"
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        query, grade, text = line.split("\t")
        found[query][text] = int(grade)
    return found


def scores(query: Query, found: Sequence[str]) -> Scores:
    """Score what was found (nDCG at 10 with gains 2^grade - 1: Burges et al. 2005)."""
    gains = [2 ** query.grades.get(name, 0) - 1 for name in found[:_DEPTH]]
    ideal = sorted((2**grade - 1 for grade in query.grades.values()), reverse=True)[:_DEPTH]
    right = sum(name in query.grades for name in found)
    return Scores(
        _discounted(gains) / _discounted(ideal),
        right / len(query.grades),
        right / len(found) if found else 0.0,
    )


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))


def ours(texts: Mapping[str, str], folder: Path) -> Search:
    """Index the posts as the index stage does."""
    store = TantivyStore(folder, write=True)
    refusals = store.upsert([_tagged(name, text) for name, text in texts.items()])
    if any(refusals):
        raise LyhordError(f"refused: {refusals}")
    store.flush()
    return lambda query: [
        hit.fields["id"].partition(":")[2] for hit in store.search(query, size=_MOST).hits
    ]


def stemmed(texts: Mapping[str, str]) -> Search:
    """Index the posts with Snowball stems; all words of a query must be found."""
    analyzer = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("swedish"))
        .build()
    )
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("text", tokenizer_name="stemmed")
    index = tantivy.Index(builder.build())
    index.register_tokenizer("stemmed", analyzer)
    writer = index.writer()
    for name, text in texts.items():
        writer.add_document(tantivy.Document(id=name, text=text))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(query: str) -> list[str]:
        parsed, _ = index.parse_query_lenient(query, ["text"], conjunction_by_default=True)
        hits = searcher.search(parsed, _MOST).hits
        return [str(searcher.doc(address)["id"][0]) for _, address in hits]

    return search


def _tagged(name: str, text: str) -> bytes:
    post = Post(
        source="forum",
        id=name,
        municipality="1880",
        text=text,
        created_at=_MOMENT,
        fetched_at=_MOMENT,
    )
    tags = Tags(
        lang="sv",
        topic="ovrigt",
        sentiment=Sentiment(label="neutral", score=0.0),
        kind="other",
        needs_answer=False,
        lemmas=search_text(text),
        fingerprint="0",
        model="none",
    )
    return Tagged(post=post, tags=tags).model_dump_json().encode()


def table(queries: Sequence[Query], answers: Mapping[str, Sequence[Scores]]) -> Iterator[str]:
    """Tell the means by category and over all."""
    by_category: defaultdict[str, list[int]] = defaultdict(list)
    for at, query in enumerate(queries):
        by_category[query.category].append(at)
    heads = " | ".join(f"{name}: nDCG@10, recall, precision" for name in answers)
    yield f"| category | queries | {heads} |"
    yield f"|---|---|{'---|' * len(answers)}"
    for category, chosen in [*by_category.items(), ("all", range(len(queries)))]:
        cells = [
            ", ".join(f"{sum(column) / len(chosen):.3f}" for column in zip(*found, strict=True))
            for found in ([each[at] for at in chosen] for each in answers.values())
        ]
        yield f"| {category} | {len(chosen)} | {' | '.join(cells)} |"


def measure(
    folder: Path = FOLDER,
) -> tuple[dict[str, str], list[Query], dict[str, list[list[str]]]]:
    """Ask every query of both; give the texts, the queries, and what each found."""
    texts, queries = read(folder)
    with tempfile.TemporaryDirectory() as place:
        engines = {"Lyhörd": ours(texts, Path(place)), "Snowball": stemmed(texts)}
        found = {
            name: [list(search(query.text)) for query in queries]
            for name, search in engines.items()
        }
    return texts, queries, found


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.search_quality",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument(
        "--failures", action="store_true", help="print what was wrong, query by query"
    )
    asked = parser.parse_args()
    texts, queries, found = measure()
    print(f"{machine()}; {len(queries)} queries, {len(texts):,} posts\n")
    answers = {
        name: [scores(query, rows) for query, rows in zip(queries, each, strict=True)]
        for name, each in found.items()
    }
    print("\n".join(table(queries, answers)))
    if asked.failures:
        for query, rows in zip(queries, found["Lyhörd"], strict=True):
            for name in query.grades.keys() - set(rows):
                print(f"{query.category}\t{query.text}\tmissed {query.grades[name]}\t{texts[name]}")
            for name in rows:
                if name not in query.grades:
                    print(f"{query.category}\t{query.text}\tfound\t{texts[name]}")


if __name__ == "__main__":
    main()
