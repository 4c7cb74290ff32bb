"""Which language a post is written in: a few telling words first, a classifier for the rest."""

import re
from functools import cache

from py3langid.langid import (  # type: ignore[import-untyped]  # it ships no types
    MODEL_FILE,
    LanguageIdentifier,
)

DEFAULT = "sv"

# Characters read; more tells nothing new, and the classifier's time grows with the text.
_ENOUGH = 2_000
# How much more likely (natural logarithm) than Swedish another language must be: the classifier
# guesses at short texts, so the demand falls with each letter.
_MARGIN, _MARGIN_AT_START, _MARGIN_FALL = 2.0, 14.0, 0.18
# Up to so many words, the first one may tell more than the classifier.
_FEW = 3
_GREETINGS = {
    "hello": "en",
    "thanks": "en",
    "thank": "en",
    "please": "en",
    "danke": "de",
    "kiitos": "fi",
    "moi": "fi",
    "takk": "no",
    "gracias": "es",
    "merci": "fr",
    "dziękuję": "pl",
    "hvala": "bs",
    "mahadsanid": "so",
    "teşekkürler": "tr",
}

_NO_LANGUAGE = re.compile(
    r"https?://\S+|www\.\S+|[@#]\w+|\[[\w-]{1,20}\]|\b(?:h[aeio])+h?\b", re.IGNORECASE
)
_STRETCHED = re.compile(r"(\w)\1{2,}")
_LETTERS = re.compile(r"[^\W\d_]+")

# Languages that citizens of a Swedish municipality write, as py3langid calls them.
_LANGUAGES = (
    *("sv", "no", "nn", "da", "fi", "is", "en", "de", "nl", "fr", "es", "pt", "it", "pl", "ro"),
    *("ru", "uk", "bg", "sr", "bs", "hr", "sq", "el", "tr", "ku", "ar", "fa", "ps", "ur", "he"),
    *("so", "am", "et", "lt", "lv", "hu", "th", "zh", "vi"),
)
_RENAMED = {"nn": "no"}
_NORDIC = frozenset(("no", "da"))

# Function words that Swedish does not share with its neighbours.
_SWEDISH = frozenset(
    """
    och att är för inte jag från när där här också någon något några bara ska vad utan
    måste sedan varför våra våran vår blir gör göra säga säger finns hade honom väl allt
    varje mellan behöver borde tycker nån nåt sån sånt redan väldigt även eller över ännu
    kommunen skolan vägen gatan vattnet undrar ert
    """.split()  # noqa: SIM905 - sixty quoted words would be no easier to read
)
# Words that make Swedish doubtful, though Swedish has some of them too.
_DOUBTFUL = frozenset(
    """
    og til er af fra is are this that with not what kommune meget open my
    """.split()  # noqa: SIM905 - as above
)
# Words that only a Norwegian or only a Dane writes: the classifier can hardly part the two.
_NORWEGIAN = frozenset(
    """
    hva noen noe dere åpner åpent åpen stenger stengt barnehage barnehagen veien søppel uken takk
    ikkje kva korleis kvifor nokon frå mye svarer veldig
    """.split()  # noqa: SIM905 - as above
)
_DANISH = frozenset(
    """
    hvad nogen noget hvornår åbner åben lukker lukket børn vejen affald ugen jer søen
    """.split()  # noqa: SIM905 - as above
)
# Words that no Swede writes.
_FOREIGN = (
    frozenset(
        """
        ikke jeg hvor hvorfor hvis deg meg være været hvordan hvem hvilken hvilke også gjør gjøre
        the and you of have why when does please thank thanks your our how where who can there which
        und ist nicht ich wir warum wann mit auf für bitte danke wo vielen
        ei että mutta kun ovat missä milloin kiitos onko miten kuka
        """.split()  # noqa: SIM905 - as above
    )
    | _NORWEGIAN
    | _DANISH
)
_OTHER = _DOUBTFUL | _FOREIGN


def detect(text: str) -> str:
    """Return the ISO 639-1 code of the text's language; Norwegian of either kind is `no`.

    Text without words, or too short to tell, is taken for Swedish: it stands on a Swedish page.
    """
    start = text[:_ENOUGH]
    words = set(start.lower().split())
    swedish = bool(words & _SWEDISH)
    if swedish and not words & _OTHER:
        return DEFAULT
    return _classify(_NO_LANGUAGE.sub(" ", start), swedish=swedish)


def _classify(text: str, *, swedish: bool) -> str:
    words = _LETTERS.findall(text)
    if not words:
        return DEFAULT
    if len(words) <= _FEW and (lang := _GREETINGS.get(words[0].lower())):
        return lang
    plain = _STRETCHED.sub(r"\1\1", " ".join(words))
    ranked: list[tuple[str, float]] = _identifier().rank(plain)
    met = set(plain.lower().split())
    if met & _FOREIGN and not swedish:
        best = next(lang for lang, _ in ranked if lang != DEFAULT)
    else:
        best, score = ranked[0]
        margin = max(_MARGIN, _MARGIN_AT_START - _MARGIN_FALL * len(plain))
        if score - dict(ranked)[DEFAULT] < margin:
            return DEFAULT
    best = _RENAMED.get(best, best)
    if best in _NORDIC and bool(met & _NORWEGIAN) != bool(met & _DANISH):
        return "no" if met & _NORWEGIAN else "da"
    return best


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(_LANGUAGES)
    # The table of the other hundred languages is 27 MB, and nobody asks for it any more.
    full = (identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes)
    identifier._full_model = full  # noqa: SLF001 - py3langid has no public way to let go of it
    return identifier
