"""Läget nu: the morning view of the last week."""

from deploy.kibana.boards import Board, Row
from deploy.kibana.columns import count, over_time, top
from deploy.kibana.dashboards.dialogue import LATE
from deploy.kibana.formulas import Count, Term, formula
from deploy.kibana.looks import chart, figure, table
from deploy.kibana.maps import points
from deploy.kibana.names import COLOURS
from deploy.kibana.panels import documents, lens
from deploy.kibana.searches import CITIZENS, LIVE, LONGEST, OPEN_ALERTS, TOP_POSTS
from deploy.kibana.views import ALERTS, NUMBER, PERCENT, POSTS, QUEUE

WEEKS = ("1w", "2w", "3w", "4w")
ONE_DECIMAL = {"id": "number", "params": {"decimals": 1}}


def normal() -> Term:
    """Give what is usual: the mean of the same time in the four weeks before."""
    first, *others = (Count(shift=week) for week in WEEKS)
    total: Term = first
    for each in others:
        total += each
    return total / len(WEEKS)


_AGAINST = formula("mot", "Mot det vanliga", Count() / normal() - 1, PERCENT)
_NORMAL = formula("vanligt", "Vanligt (snitt av fyra veckor)", normal(), ONE_DECIMAL)
_NEGATIVE = formula("andel", "Negativa", Count("sentiment.label:negative") / Count(), PERCENT)

FIGURES = Row(
    5,
    [
        (8, lens("inlagg", "Inlägg av invånare", POSTS, figure({"antal": count()}, "antal"),
                 query=CITIZENS)),
        (8, lens("mot-normalt", "Mot det vanliga", POSTS,
                 figure(_AGAINST, "mot", under="snittet av samma tid i fyra veckor"),
                 query=CITIZENS)),
        (8, lens("andel-negativa", "Andel negativa", POSTS,
                 figure(_NEGATIVE, "andel", colour="negative"), query=CITIZENS)),
        (8, lens("vantar-nu", "Trådar som väntar på svar", QUEUE,
                 figure({"antal": count("Trådar")}, "antal", under="oavsett när de öppnades"),
                 query="status:unanswered")),
        (8, lens("over-loftet", "Över en arbetsdag", QUEUE,
                 figure({"antal": count("Trådar")}, "antal", colour="negative",
                        under="har väntat nio kontorstimmar eller mer"),
                 query=LATE)),
        (8, lens("pagar-nu", "Pågående händelser", ALERTS,
                 figure({"antal": count("Larm")}, "antal", colour="negative"),
                 query=OPEN_ALERTS.query)),
    ],
)  # fmt: skip
VOLUME = lens(
    "volym",
    "Inlägg av invånare, mot det vanliga",
    POSTS,
    chart(
        {"tid": over_time("created_at", "1d"), "antal": count(), **_NORMAL},
        x="tid",
        y=("antal", "vanligt"),
        kind="line",
        paint={"antal": COLOURS["accent"], "vanligt": COLOURS["neutral"]},
    ),
    query=CITIZENS,
    about="Det vanliga är snittet av samma dygn i de fyra veckorna före.",
)
TOPICS = lens(
    "ton-per-amne",
    "Ton per ämne",
    POSTS,
    chart(
        {
            "amne": top("topic", 14, by="antal"),
            "ton": top("sentiment.label", 3),
            "antal": count(),
        },
        x="amne",
        y=("antal",),
        kind="bar_horizontal_stacked",
        parts="ton",
    ),
    query=CITIZENS,
).leading_to(lyhord_kris="Följ ämnet minut för minut", lyhord_trend="Visa månaderna")
_RECENT, _BEFORE = "created_at:[now-7d TO *]", "created_at:[now-14d TO now-7d}"
"""Lens shows an error for top values beside shifted times, so the two weeks are queries, and the
panel has a time of its own that holds both."""
WORDS = lens(
    "ord",
    "Ord som ökar",
    POSTS,
    table(
        {
            "ord": top("held.words", 40, by="antal"),
            "antal": count(query=_RECENT),
            "fore": count("Veckan före", _BEFORE),
            **formula("fler", "Fler", Count(_RECENT) - Count(_BEFORE), NUMBER),
        },
        by="fler",
    ),
    query=CITIZENS,
    about="De 40 vanligaste orden i grundform, utan småord: de senaste sju dagarna mot de sju före,"
    " vilken tid som än är vald.",
).since("now-14d")
PLACES = lens(
    "platser",
    "Platser som nämns",
    POSTS,
    chart(
        {"plats": top("places.text", 15, by="antal"), "antal": count()},
        x="plats",
        y=("antal",),
        kind="bar_horizontal",
        paint={"antal": COLOURS["accent"]},
    ),
    query=CITIZENS,
).leading_to(lyhord_kris="Följ platsen minut för minut")
NOW = Board(
    id="lyhord-nu",
    title="Läget nu",
    about="Morgonens vy: hur mycket, om vad, var, hur det känns, vad som pågår och vem som väntar.",
    since="now-7d",
    refresh=300_000,
    rows=[
        FIGURES,
        Row(12, [(24, VOLUME), (24, documents("handelser", "Pågående händelser", OPEN_ALERTS.id))]),
        Row(15, [(24, TOPICS), (24, WORDS)]),
        Row(15, [(24, PLACES), (24, points("karta", "Var", POSTS, "held.locations", query=LIVE))]),
        Row(
            15,
            [
                (24, documents("toppar", "Mest engagerande inlägg", TOP_POSTS.id)),
                (24, documents("langst", "Har väntat längst på svar", LONGEST.id)),
            ],
        ),
    ],
)
