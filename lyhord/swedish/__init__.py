"""Swedish for searching: tokens, lemmas, compounds and dots, the same code at write and at read."""

from lyhord.swedish.compounds import parts, splits
from lyhord.swedish.folding import known, unfold
from lyhord.swedish.lemmas import lemma, lemmas
from lyhord.swedish.levels import Levels, level, positions, search_text
from lyhord.swedish.spelling import exact
from lyhord.swedish.tokens import Kind, Token, spans, tokenize
from lyhord.swedish.words import base_forms, content_words

__all__ = [
    "Kind",
    "Levels",
    "Token",
    "base_forms",
    "content_words",
    "exact",
    "known",
    "lemma",
    "lemmas",
    "level",
    "parts",
    "positions",
    "search_text",
    "spans",
    "splits",
    "tokenize",
    "unfold",
]
