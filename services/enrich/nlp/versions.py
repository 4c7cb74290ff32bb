"""The name of the version that tags: every tagged post carries it."""

from hashlib import blake2b
from pathlib import Path

VERSION = "svenska-2"
DATA = Path(__file__).parent / "data"
MODEL = Path(__file__).parents[1] / "model"
"""The folder of the model that is shipped; `make train` writes it."""

_NO_WEIGHTS = frozenset({".json", ".md"})


def model_name(topics_file: Path | None, model: Path | None = MODEL) -> str:
    """Name the version that a tagger loaded now has: an edited data file is another model."""
    digest = blake2b(digest_size=4)
    files = sorted(DATA.iterdir())
    if model is not None:
        files += sorted(file for file in model.rglob("*") if file.suffix not in _NO_WEIGHTS)
    for file in [*files, *filter(None, (topics_file,))]:
        if file.is_file():
            digest.update(file.read_bytes())
    return f"{VERSION}-{digest.hexdigest()}"
