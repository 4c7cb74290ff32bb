"""The codebook's page: what the tags mean, how sure they are, and which models set them."""

from collections.abc import Mapping
from typing import Any

from lyhord.codebook import codebook
from lyhord.errors import Misuse
from lyhord.own_topics import OwnTopic
from lyhord.ports import Store
from lyhord.query.errors import QueryError, render
from services.web.choosing import Choice

MEASURES: Mapping[str, str] = {
    "accuracy": "andel rätt",
    "F1": "F1",
    "macro F1": "F1, medel över etiketterna",
}
"""What measures are called in Swedish."""


def view(store: Store, choice: Choice, own: Mapping[str, OwnTopic]) -> dict[str, Any]:
    """Give what the page shows; `models` counts the posts of the choice by the model's version."""
    told = {"book": codebook(own), "measures": MEASURES, "choice": choice, "own": own}
    try:
        models = store.counts(choice.query, choice.filters(), by="model")
    except QueryError as error:
        return told | {"models": [], "error": render(choice.query, error)}
    except Misuse as error:
        return told | {"models": [], "error": str(error)}
    return told | {"models": sorted(models.items()), "error": None}
