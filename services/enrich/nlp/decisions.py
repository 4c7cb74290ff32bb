"""Deciding: likelihoods become labels that go together."""

from collections.abc import Sequence
from typing import cast

from lyhord.model import AuthorRole, Kind, Label, Sentiment, SentimentLabel, Stance
from services.enrich.nlp.kinds import ASKING
from services.enrich.nlp.linear import Likelihoods

_SECOND_TOPIC = 0.25
"""How likely a further topic has to be, to be named."""
_CLEAR = 0.5
"""The support of a topic of a municipality's own that puts it first: one of its clear words."""
_OPPOSITE = 1.5
"""How much worse than by one step it is to be wrong about an attitude by two."""


def topics(likely: Likelihoods, ruled: Sequence[Label] = ()) -> tuple[Label, ...]:
    """Name the topics that are likely, the likeliest first.

    Of what the rules named, the topics that the models do not know (a municipality's own) count;
    one with clear support goes first: whoever adds a topic wants its posts there.
    """
    best = _best(likely)
    named = [
        (score, label) for label, score in likely.items() if label == best or score >= _SECOND_TOPIC
    ]
    own = [(each.score, each.label) for each in ruled if each.label not in likely]
    clear = {label for score, label in own if score >= _CLEAR}
    ordered = sorted((*named, *own), key=lambda pair: (pair[1] not in clear, -pair[0], pair[1]))
    return tuple(Label(label=label, score=round(score, 3)) for score, label in ordered)


def asked(kinds: Likelihoods, needs: Likelihoods, role: AuthorRole) -> tuple[Kind, bool]:
    """Give the likeliest kind and need of an answer that go together.

    A municipality's own post never needs an answer.
    """
    pairs = [(kind, False) for kind in kinds]
    if role != "municipality":
        pairs += [(kind, True) for kind in kinds if kind in ASKING]
    kind, needed = max(
        pairs, key=lambda pair: kinds[pair[0]] * needs["true" if pair[1] else "false"]
    )
    return cast("Kind", kind), needed


def sentiment(likely: Likelihoods) -> Sentiment:
    """Give the attitude that is least wrong; its score is how much likelier positive is.

    What may be either anger or joy is neutral before it is taken for the wrong one of the two.
    """
    score = round(likely["positive"] - likely["negative"], 3)
    wrong = {
        "negative": likely["neutral"] + _OPPOSITE * likely["positive"],
        "neutral": likely["negative"] + likely["positive"],
        "positive": likely["neutral"] + _OPPOSITE * likely["negative"],
    }
    label = min(wrong, key=wrong.__getitem__)
    return Sentiment(label=cast("SentimentLabel", label), score=score)


def stance(likely: Likelihoods) -> Stance:
    """Give the likeliest stance."""
    return cast("Stance", _best(likely))


def _best(likely: Likelihoods) -> str:
    return max(likely, key=likely.__getitem__)
