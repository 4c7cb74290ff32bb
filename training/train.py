"""Trains the models on all labelled posts.

`python -m training.train` (`make train`) writes the weights, for `Tagger.load(weights=…)`. The
same posts on the same versions of numpy and scikit-learn give the same bytes; other versions give
weights that differ by a few steps of 127.
"""

import argparse
from pathlib import Path

from lyhord.errors import LyhordError
from training import corpus
from training.fitting import train

WEIGHTS = Path("build") / "linear.npz"


def main() -> None:
    """Train, and write the weights."""
    parser = argparse.ArgumentParser(
        prog="training.train", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--posts", type=Path, default=corpus.FOLDER, help="labelled posts (*.jsonl)"
    )
    parser.add_argument("--output", type=Path, default=WEIGHTS, help="the weights' file")
    asked = parser.parse_args()
    try:
        examples = corpus.read(asked.posts)
    except LyhordError as problem:
        parser.exit(2, f"{problem}\n")
    print(f"{len(examples):,} posts")
    train(examples).save(asked.output)
    print(f"{asked.output}: {asked.output.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
