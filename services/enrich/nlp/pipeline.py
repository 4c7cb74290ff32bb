"""The pipeline in spaCy's frame: made of `config.cfg`, or read from a model's folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language

from services.enrich.nlp import components, judging, names, tokenizer
from services.enrich.nlp.versions import MODEL

CONFIG = Path(__file__).parent / "config.cfg"
_REGISTERED = (components, judging, names, tokenizer)
"""Imported for what they register with spaCy."""


def build(*, topics_file: Path | None = None, without: Sequence[str] = ()) -> Language:
    """Make the pipeline anew, untrained: the rules judge, and names are not to be looked for."""
    config = spacy.util.load_config(CONFIG, overrides=_overrides(topics_file))
    return spacy.util.load_model_from_config(config, exclude=list(without), auto_fill=True)


def load(
    folder: Path = MODEL, *, topics_file: Path | None = None, without: Sequence[str] = ()
) -> Language:
    """Read a trained pipeline.

    Args:
        folder: what `make train` wrote.
        topics_file: a municipality's own topics.
        without: components to leave out, by their names in `config.cfg`.

    Raises:
        Misuse: the topics cannot be read.
        OSError: there is no model.

    """
    return spacy.load(folder, exclude=list(without), config=_overrides(topics_file))


def _overrides(topics_file: Path | None) -> dict[str, Any]:
    if topics_file is None:
        return {}
    return {"components.rules.topics_file": str(topics_file)}
