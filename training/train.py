"""Trains the pipeline: the judges on all labelled posts, the recogniser of names on open corpora.

`python -m training.train` (`make train`) writes the model's folder, which the tagger loads. Names
are trained where `--names FOLDER` (`make train NAMES=FOLDER`) tells where the corpora are (see
docs/data.md), else taken over from the model that is there. The same posts on the same versions of
numpy, scikit-learn and spaCy give the same bytes; other versions or processors give weights that
differ in their last digits.
"""

import argparse
from pathlib import Path

from spacy.language import Language

from lyhord.errors import LyhordError, Misuse
from services.enrich.nlp import pipeline, versions
from services.enrich.nlp.judging import Models
from training import corpus, names
from training.fitting import fit

CARD = Path(__file__).parent / "model_card.md"


def make(posts: Path, *, corpora: Path | None, before: Path | None) -> Language:
    """Make a trained pipeline.

    Args:
        posts: the folder of labelled posts.
        corpora: the folder of the names' corpora; None: do not train names.
        before: a model's folder whose names are taken over where they are not trained.

    Raises:
        Misuse: a line of the posts or corpora cannot be read, or there is none; or the names to
            be taken over are another network's.

    """
    examples = corpus.read(posts)
    nlp = pipeline.build(without=() if corpora or before else ("names",))
    if corpora:
        names.train(nlp, corpora)
    elif before:
        _take_over(nlp, before / "names")
    print(f"{len(examples):,} posts")
    judges = nlp.get_pipe("models")
    assert isinstance(judges, Models)  # noqa: S101 - config.cfg says so
    judges.use(fit(examples))
    nlp.meta.update(
        name="lyhord",
        version="2.0.0",
        description="What Swedish posts to and from municipalities are about, and what they ask",
        license="CC BY-SA 4.0",
        url="",
    )
    return nlp


def _take_over(nlp: Language, names: Path) -> None:
    try:
        nlp.get_pipe("names").from_disk(names, exclude=["vocab"])  # type: ignore[attr-defined]
    except ValueError as problem:
        raise Misuse(
            f"{names} was trained by another config.cfg; train names anew (NAMES=folder): {problem}"
        ) from problem


def main() -> None:
    """Train, and write the model."""
    parser = argparse.ArgumentParser(
        prog="training.train", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--posts", type=Path, default=corpus.FOLDER, help="labelled posts (*.jsonl)"
    )
    parser.add_argument("--names", type=Path, help="folder of the names' corpora")
    parser.add_argument("--output", type=Path, default=versions.MODEL, help="the model's folder")
    asked = parser.parse_args()
    before = versions.MODEL if (versions.MODEL / "names").is_dir() else None
    try:
        nlp = make(asked.posts, corpora=asked.names, before=before)
    except LyhordError as problem:
        parser.exit(2, f"{problem}\n")
    nlp.to_disk(asked.output, exclude=["vocab"])
    (asked.output / "README.md").write_bytes(CARD.read_bytes())
    size = sum(file.stat().st_size for file in asked.output.rglob("*") if file.is_file())
    print(f"{asked.output}: {size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
