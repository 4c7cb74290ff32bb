"""Tells how much better the models get with more posts: the learning curve, as table and picture.

`python -m training.curve` (`make curve`) keeps some writers back whole, trains on 1/8, 1/4, 1/2 and
all of the others' batches, and judges the writers kept back.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import altair as alt
import numpy as np

from services.enrich.tagger import Tagger
from training import corpus
from training.corpus import Example
from training.fitting import HEADS, Fitted, labels_of, rows_of
from training.scoring import macro_f1

_SHARES = (0.125, 0.25, 0.5, 1.0)
_HEADS = ("topic", "sentiment", "kind", "needs_answer")


def curve(examples: Sequence[Example], kept_back: str) -> Iterator[tuple[int, dict[str, float]]]:
    """Give, for more and more posts, each head's macro F1 on the posts of the writers kept back."""
    rows = rows_of(examples, Tagger.load(model=None))
    tried = np.array([example.writer in kept_back for example in examples])
    batches = sorted({example.batch for example in examples if example.writer not in kept_back})
    order = np.random.default_rng(0).permutation(len(batches))
    for share in _SHARES:
        chosen = {batches[at] for at in order[: max(round(share * len(batches)), 1)]}
        used = np.array([example.batch in chosen for example in examples])
        scores = {}
        for head in _HEADS:
            labels = labels_of(examples, head)
            fitted = Fitted(rows[used], labels[used], HEADS[head])
            said = np.array(fitted.labels)[fitted.sums(rows[tried]).argmax(axis=1)]
            scores[head] = macro_f1(labels[tried].tolist(), said.tolist())
        yield int(used.sum()), scores


def draw(points: Sequence[tuple[int, Mapping[str, float]]], file: Path) -> None:
    """Draw the curve, a line a head, over a doubling scale of posts (SVG or PNG)."""
    values = [
        {"posts": posts, "model": head, "macro F1": score}
        for posts, scores in points
        for head, score in scores.items()
    ]
    posts = alt.X("posts:Q").scale(type="log", base=2, nice=False)
    posts = posts.axis(values=[count for count, _ in points], format=",d", grid=False)
    score = alt.Y("macro F1:Q").scale(zero=False)
    chart = alt.Chart(alt.Data(values=values), width=480, height=280)
    chart.mark_line(point=True).encode(posts, score, alt.Color("model:N").sort(_HEADS)).save(file)


def main() -> None:
    """Measure, and print a Markdown table."""
    parser = argparse.ArgumentParser(
        prog="training.curve", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--keep-back", default="nop", help="the writers kept back, as one word")
    parser.add_argument("--picture", type=Path, help="draw it too, into this file (SVG or PNG)")
    asked = parser.parse_args()
    print(f"| posts | {' | '.join(_HEADS)} |")
    print(f"|---|{'---|' * len(_HEADS)}")
    points = []
    for posts, scores in curve(corpus.read(), asked.keep_back):
        print(f"| {posts:,} | {' | '.join(f'{scores[head]:.3f}' for head in _HEADS)} |", flush=True)
        points.append((posts, scores))
    if asked.picture:
        draw(points, asked.picture)


if __name__ == "__main__":
    main()
