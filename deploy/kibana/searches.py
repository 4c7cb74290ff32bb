"""Saved searches: the lists of documents that dashboards show, and that open in Discover."""

from typing import Final

from deploy.kibana.boards import Search
from deploy.kibana.views import ALERTS, POSTS, QUEUE, SOURCES
from lyhord import labels

LIVE: Final = "held.live:true"
"""Finds posts that stand; deleted ones stay as empty documents."""
CITIZENS: Final = f"{LIVE} AND author_role:({' OR '.join(labels.CITIZENS)})"
OFFICIAL: Final = f"{LIVE} AND author_role:municipality"

_READ = ("municipality", "source", "topic", "sentiment.label", "text", "id", "url")
TOP_POSTS = Search(
    "lyhord-mest-engagerande",
    "mest engagerande inlägg",
    POSTS,
    ("created_at", *_READ, "engagement"),
    ("engagement", "desc"),
    CITIZENS,
)
NEWEST_POSTS = Search(
    "lyhord-senaste", "senaste inlägg", POSTS, ("created_at", *_READ), ("created_at", "desc"), LIVE
)
ASKED = Search(
    "lyhord-fragor",
    "vad invånarna frågar",
    POSTS,
    ("created_at", "municipality", "topic", "kind", "text", "id", "url"),
    ("created_at", "desc"),
    f"{CITIZENS} AND needs_answer:true",
)
REPLIED = Search(
    "lyhord-svar",
    "vad kommunen har svarat",
    POSTS,
    ("created_at", "municipality", "department", "text", "id", "url"),
    ("created_at", "desc"),
    OFFICIAL,
)
LONGEST = Search(
    "lyhord-vantar",
    "väntar på svar",
    QUEUE,
    (
        "waiting_since",
        "due_at",
        "municipality",
        "department",
        "topic",
        "posts",
        "urgency",
        "thread_id",
    ),
    ("waiting_since", "asc"),
    "status:unanswered",
)
_RISEN = ("municipality", "topic", "observed", "expected", "terms", "places.text", "incident")
OPEN_ALERTS = Search(
    "lyhord-pagar",
    "pågående händelser",
    ALERTS,
    ("fired_at", *_RISEN),
    ("fired_at", "desc"),
    "open:true AND suspected_spam:false",
)
EVERY_ALERT = Search(
    "lyhord-alla-larm",
    "alla larm",
    ALERTS,
    ("fired_at", "end", *_RISEN, "answered_at", "suspected_spam"),
    ("fired_at", "desc"),
)
FEEDS = Search(
    "lyhord-kallor-lage",
    "källorna",
    SOURCES,
    ("source", "state", "alive", "problem", "interval"),
    ("alive", "asc"),
    "kind:feed",
)
SILENCES = Search(
    "lyhord-tystnader",
    "avbrott och tystnader",
    SOURCES,
    ("start", "end", "kind", "source", "seconds", "expected"),
    ("start", "desc"),
    "kind:(gap OR silence)",
)
SEARCHES: Final = (
    *(TOP_POSTS, NEWEST_POSTS, ASKED, REPLIED, LONGEST, OPEN_ALERTS, EVERY_ALERT, FEEDS),
    SILENCES,
)
