"""Words of the example posts: what is written about each topic, by whom it is answered, and where.

Everything is invented; the municipalities are real, the streets and schools are not.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

MUNICIPALITIES: Final[Mapping[str, int]] = {
    "1880": 24, "1780": 16, "2480": 16, "1281": 14, "2180": 10, "2080": 8, "0780": 7, "0880": 5,
}  # fmt: skip
"""SCB codes, and how much is written about each."""
SOURCES: Final[Mapping[str, int]] = {
    "facebook": 44, "instagram": 14, "eservice": 12, "x": 9, "youtube": 7, "forum": 6, "blog": 3,
    "mastodon": 3, "bluesky": 2,
}  # fmt: skip
PLACES: Final = (
    *("Kvarnvägen", "Norra torget", "Sjöparken", "Lindskolan", "Österängen", "Bruksgatan"),
    *("Hamnplan", "Skogsbacken", "Strandbadet", "Kyrkbyn", "Solhöjden", "Järnvägsgatan"),
)
INCIDENT_PLACES: Final = ("Kvarnvägen", "Bruksgatan", "Lindskolan")


class Saying(NamedTuple):
    """A text with `{p}` for a place, its kind, how it feels, and whether it needs an answer."""

    text: str
    kind: str
    sentiment: str
    asks: bool


def _said(*rows: tuple[str, str, str, bool]) -> tuple[Saying, ...]:
    return tuple(Saying(*row) for row in rows)


TOPICS: Final[Mapping[str, tuple[str, int, tuple[Saying, ...]]]] = {
    "vatten_avlopp": ("tekniska förvaltningen", 8, _said(
        ("Vattnet är brunt vid {p} igen, när blir det bättre?", "question", "negative", True),
        ("Det läcker ur en brunn på {p}.", "report", "neutral", True),
        ("Bra att ni byter rören vid {p} i sommar.", "praise", "positive", False))),
    "snorojning": ("tekniska förvaltningen", 9, _said(
        ("Vilken fantastisk snöröjning vid {p}, inte plogat på fyra dagar", "complaint", "negative",
         True),
        ("När kommer plogen till {p}?", "question", "neutral", True),
        ("Tack för snabb sandning vid {p}!", "thanks", "positive", False))),
    "trafik_vagar": ("tekniska förvaltningen", 14, _said(
        ("Gatlyktorna är trasiga på {p}.", "report", "neutral", True),
        ("Bilarna kör alldeles för fort förbi {p}, det är livsfarligt", "complaint", "negative",
         True),
        ("Kan ni sätta upp cykelställ vid {p}?", "suggestion", "neutral", True))),
    "skola_forskola": ("barn- och utbildningsförvaltningen", 15, _said(
        ("Hur går det till att byta skola om man bor vid {p}?", "question", "neutral", True),
        ("Maten på {p} är kall varje dag, skäms inte ni?", "complaint", "negative", True),
        ("Vilka fina pedagoger det finns på {p}!", "praise", "positive", False))),
    "aldreomsorg": ("socialförvaltningen", 9, _said(
        ("Mamma har väntat på hemtjänsten sedan i morse, {p}.", "complaint", "negative", True),
        ("Vem ringer man om trygghetslarm?", "question", "neutral", True))),
    "avfall": ("tekniska förvaltningen", 9, _said(
        ("Soporna är inte tömda vid {p} den här veckan heller.", "report", "negative", True),
        ("När öppnar återvinningen vid {p} i helgen?", "question", "neutral", True))),
    "kultur_fritid": ("kultur- och fritidsförvaltningen", 14, _said(
        ("När öppnar badet vid {p}?", "question", "neutral", True),
        ("Så trevlig konsert vid {p} i går!", "praise", "positive", False),
        ("Kan biblioteket ha öppet längre på kvällarna?", "suggestion", "neutral", True))),
    "bygg_plan": ("samhällsbyggnadsförvaltningen", 8, _said(
        ("Varför får man bygga så högt vid {p}?", "complaint", "negative", True),
        ("Hur lång tid tar ett bygglov nu?", "question", "neutral", True))),
    "trygghet": ("kommunledningskontoret", 6, _said(
        ("Det känns otryggt vid {p} efter att det blivit mörkt.", "complaint", "negative", True),
        ("Tack till nattvandrarna vid {p}", "thanks", "positive", False))),
    "politik_demokrati": ("kommunledningskontoret", 5, _said(
        ("Politikerna lyssnar inte, nu igen.", "other", "negative", False),
        ("När är nästa fullmäktige?", "question", "neutral", True))),
    "ovrigt": ("kommunledningskontoret", 4, _said(
        ("Trevlig helg!", "other", "positive", False),
        ("Var lämnar man in hittegods?", "question", "neutral", True))),
}  # fmt: skip
"""By topic: the department that answers, how much is written, and what."""
WINTER: Final = (11, 12, 1, 2, 3)
SEASONS: Final[Mapping[bool, Mapping[str, float]]] = {
    True: {"snorojning": 2, "kultur_fritid": 0.7},
    False: {"snorojning": 0.05, "kultur_fritid": 1.5, "trafik_vagar": 1.2},
}
"""By whether it is winter: how much more or less is written about a topic."""
REPLIES: Final = (
    "Hej! Tack för att du hör av dig, vi har lämnat det vidare till dem som arbetar med det.",
    "Hej! Det är åtgärdat nu. Hör av dig igen om det inte stämmer.",
    "Hej! Du hittar svaret på vår webbplats, eller ring kontaktcenter så hjälper vi dig.",
)
THANKS: Final = "Tack för svaret!"
LEAK: Final = _said(
    ("Det forsar vatten ur gatan vid {p}!", "report", "negative", True),
    ("Inget vatten i kranen vid {p}, vad händer?", "question", "negative", True),
    ("Hela {p} är översvämmad, ring någon!", "report", "negative", True),
    ("När är vattnet tillbaka? Bor vid {p} med småbarn", "question", "negative", True),
)
LEAK_REPLY: Final = (
    "Vi har en vattenläcka och arbetar för fullt. Vattentankar kommer inom en timme."
)
