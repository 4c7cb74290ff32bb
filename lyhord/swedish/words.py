"""Words of a search text: its base forms, and those of them that tell what it is about."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_SHORTEST: Final = 2
_LISTED: Final = """
jag du han hon hen den det vi ni de dem en ett man mig dig sig oss er min din sin hans
hennes dess vår deras denna detta dessa vem vad vilken vilket vilka någon något några
ingen inget inga annan annat andra all allt alla varje var vars själv samma sådan sådant
sådana mycket många flera fler flest få lite båda ens någonting ingenting allting

i på av för från till med utan om under över vid hos mot mellan genom efter före innan
enligt kring runt bland bakom framför utanför inom utom längs sedan sen tills åt ur per
trots inför och eller men att som när då medan eftersom därför fast fastän ifall
huruvida samt både antingen varken ju än så

vara bli ha ska kunna vilja måste böra lär göra komma gå låta bruka börja ta ge se
säga veta tro tycka finnas hålla

inte ej icke aldrig alltid ofta ibland redan ännu fortfarande bara endast också även väl
nog kanske igen hit dit här där hur varför nu idag igår ut in upp ner bort fram hem
hemma kvar mer mest mindre ganska rätt helt verkligen faktiskt dock ändå alltså heller
lika nästan tillbaka vidare snart strax precis

ja nej jo hej tack snälla okej ok mvh hälsning hälsningar
"""
"""Pronouns; what joins; verbs that say nothing alone; adverbs; what is said in passing."""
_FUNCTION_WORDS: Final = frozenset(_LISTED.split())


def base_forms(search_text: str) -> Iterator[str]:
    """Give the base form of each word of a search text, and its hashtags."""
    for item in search_text.split():
        yield from _base_forms(item)


def content_words(search_text: str) -> list[str]:
    """Give the base forms that tell what a search text is about, each once, in their order."""
    return [word for word in dict.fromkeys(base_forms(search_text)) if _tells(word)]


def _tells(word: str) -> bool:
    """Tell that a word is no small one, no number, and no mask (`[telefon]`)."""
    return word not in _FUNCTION_WORDS and word[0] != "[" and any(map(str.isalpha, word))


@lru_cache(maxsize=50_000)
def _base_forms(item: str) -> tuple[str, ...]:
    terms = item.split("|")
    first = next((term[1:] for term in terms if term[0] == "="), "")
    tags = tuple(term for term in terms if term[0] == "#" and len(term) > 1)
    return ((first,) if len(first) >= _SHORTEST else ()) + tags
