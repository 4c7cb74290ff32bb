"""Names and colours that Kibana shows: from Lyhörd's own tables, the rest once here."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lyhord import labels, municipalities
from services.web.naming import GROUPS, TITLES

_CSS = Path(__file__).parents[2] / "services" / "web" / "static" / "page.css"
STATUSES: Final[Mapping[str, str]] = {
    "unanswered": "Väntar på svar",
    "answered": "Besvarad",
    "none-needed": "Behöver inget svar",
}
STATES: Final[Mapping[str, str]] = {"ok": "Läses", "broken": "Felar", "away": "Läses inte"}
KINDS: Final[Mapping[str, str]] = {
    "feed": "Källa i inställningarna",
    "gap": "Avbrott",
    "network": "Nätverk",
    "silence": "Tystnad",
}
WEEKDAYS: Final = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")

FIELDS: Final[Mapping[str, str]] = {
    **TITLES,
    **{name: title for name, title in GROUPS.items() if name != "month"},
    "sentiment.label": TITLES["sentiment"],
    "sentiment.score": "Ton, −1 till 1",
    "places.text": TITLES["place"],
    "topics.label": "Alla ämnen",
    "created_at": "Skrivet",
    "fetched_at": "Hämtat",
    "@timestamp": "Tid",
    "text": "Text",
    "url": "Till inlägget",
    "id": "Id",
    "author": "Skribent (pseudonym)",
    "account": "Konto",
    "needs_answer": "Behöver svar",
    "thread_id": "Tråd",
    "lang": "Språk",
    "model": "Taggmodell",
    "metrics.likes": "Gillar",
    "metrics.comments": "Kommentarer",
    "metrics.shares": "Delningar",
    "engagement": "Engagemang",
    "hour": "Timme på dygnet",
    "weekday": "Veckodag",
    "held.locations": "Läge",
    "held.words": "Ord",
    "status": "Status",
    "posts": "Inlägg",
    "urgency": "Angelägenhet, 0–4",
    "opened_at": "Öppnad",
    "last_at": "Senaste inlägg",
    "waiting_since": "Väntar sedan",
    "due_at": "Ska vara besvarad",
    "waiting_hours": "Har väntat, timmar",
    "first_response_seconds": "Första svar",
    "first_response_office_seconds": "Första svar, kontorstid",
    "start": "Började",
    "fired_at": "Larmade",
    "end": "Slutade",
    "answered_at": "Kommunen skrev",
    "observed": "Antal inlägg",
    "expected": "Väntat antal",
    "score": "Hur oväntat",
    "authors": "Skribenter",
    "terms": "Ord",
    "open": "Pågår",
    "suspected_spam": "Misstänkt skräp",
    "incident": "Händelse",
    "answered_seconds": "Kommunen skrev efter larmet",
    "location": "Läge",
    "state": "Läge",
    "problem": "Fel",
    "alive": "Senast läst",
    "interval": "Läses var (sekunder)",
    "at": "Tid",
    "last": "Senaste inlägg",
    "days": "Dagar med inlägg",
    "seconds": "Längd",
}
"""What each field that Kibana shows is called."""


def _ours() -> Mapping[str, str]:
    css = _CSS.read_text(encoding="utf-8")
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", css))


COLOURS: Final = _ours()
"""The page's own colours by name: `accent`, `negative`, `neutral`, `positive`, …"""

VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "topic": labels.TOPICS,
    "topics.label": labels.TOPICS,
    "sentiment.label": labels.SENTIMENTS,
    "kind": labels.KINDS,
    "source": labels.SOURCES,
    "author_role": labels.AUTHOR_ROLES,
    "municipality": {each.code: each.name for each in municipalities.all_municipalities()},
    "status": STATUSES,
    "state": STATES,
}
"""What the values of each field are called."""
PALETTES: Final[Mapping[str, Mapping[str, str]]] = {
    "sentiment.label": {name: COLOURS[name] for name in labels.SENTIMENTS},
    "status": {
        "unanswered": COLOURS["negative"],
        "answered": COLOURS["positive"],
        "none-needed": COLOURS["neutral"],
    },
    "author_role": {"citizen": COLOURS["accent"], "municipality": COLOURS["positive"],
                    "unknown": COLOURS["neutral"]},
    "kind": {"gap": COLOURS["negative"], "silence": COLOURS["neutral"]},
}  # fmt: skip
"""The colours of values that have one of their own."""
