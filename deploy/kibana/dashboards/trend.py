"""Trend: month by month, what rises and falls, and who is heard."""

from deploy.kibana.boards import Board, Row
from deploy.kibana.columns import count, over_time, top, unique
from deploy.kibana.formulas import Count, formula
from deploy.kibana.looks import chart, table
from deploy.kibana.names import COLOURS
from deploy.kibana.panels import lens
from deploy.kibana.searches import CITIZENS, LIVE
from deploy.kibana.views import PERCENT, POSTS

_NEGATIVE = formula("negativa", "Negativa", Count("sentiment.label:negative") / Count(), PERCENT)
_RECENT, _BEFORE = "created_at:[now-30d TO *]", "created_at:[now-60d TO now-30d}"
"""Lens shows an error for top values beside shifted times, so the two months are queries."""
_CHANGE = {
    "senast": count("Senaste 30 dagarna", _RECENT),
    "fore": count("30 dagarna före", _BEFORE),
    **formula("andring", "Ändring", Count(_RECENT) / Count(_BEFORE) - 1, PERCENT),
}
_SPAN = "Senaste 30 dagarna mot de 30 före, så långt som tidsintervallet räcker."
_MONTH = over_time("created_at", "1M")

MONTHS = lens(
    "manader",
    "Månaderna, per ämne",
    POSTS,
    chart(
        {"manad": _MONTH, "amne": top("topic", 14, by="antal"), "antal": count()},
        x="manad",
        y=("antal",),
        parts="amne",
    ),
    query=CITIZENS,
)
TONE = lens(
    "ton",
    "Andel negativa, månad för månad",
    POSTS,
    chart(
        {"manad": _MONTH, **_NEGATIVE},
        x="manad",
        y=("negativa",),
        kind="line",
        paint={"negativa": COLOURS["negative"]},
    ),
    query=CITIZENS,
)
RISING = lens(
    "stiger",
    "Ämnen som stiger och faller",
    POSTS,
    table(
        {
            "amne": top("topic", 20, by="antal"),
            "antal": count(),
            **_CHANGE,
            **_NEGATIVE,
        },
        by="andring",
    ),
    query=CITIZENS,
    about=_SPAN,
).leading_to(lyhord_nu="Visa läget nu")
PLACES = lens(
    "platser-stiger",
    "Platser som stiger och faller",
    POSTS,
    table(
        {
            "plats": top("places.text", 25, by="antal"),
            "antal": count(),
            **_CHANGE,
        },
        by="andring",
    ),
    query=CITIZENS,
    about=_SPAN,
)
VOICE = lens(
    "rost",
    "Vem som hörs: andel per månad",
    POSTS,
    chart(
        {"manad": _MONTH, "roll": top("author_role", 3), "antal": count()},
        x="manad",
        y=("antal",),
        kind="bar_percentage_stacked",
        parts="roll",
    ),
    query=LIVE,
)
NETWORKS = lens(
    "natverk",
    "Var det sägs: andel per månad",
    POSTS,
    chart(
        {"manad": _MONTH, "kalla": top("source", 10, by="antal"), "antal": count()},
        x="manad",
        y=("antal",),
        kind="bar_percentage_stacked",
        parts="kalla",
    ),
    query=CITIZENS,
)
PEOPLE = lens(
    "skribenter",
    "Skribenter per månad",
    POSTS,
    chart(
        {"manad": _MONTH, "antal": unique("author", "Skribenter")},
        x="manad",
        y=("antal",),
        kind="bar",
        paint={"antal": COLOURS["accent"]},
    ),
    query=CITIZENS,
)
MODELS = lens(
    "modell",
    "Taggmodell",
    POSTS,
    chart(
        {"manad": _MONTH, "modell": top("model", 6, by="antal"), "antal": count()},
        x="manad",
        y=("antal",),
        parts="modell",
    ),
    query=LIVE,
    about="Där modellen byts kan en kurva hoppa utan att något har hänt.",
)
TREND = Board(
    id="lyhord-trend",
    title="Trend",
    about="Månader, ämnen som stiger och faller, och vem som hörs.",
    since="now-180d",
    rows=[
        Row(15, [(28, MONTHS), (20, TONE)]),
        Row(14, [(28, RISING), (20, PLACES)]),
        Row(12, [(16, VOICE), (16, NETWORKS), (16, PEOPLE)]),
        Row(8, [(48, MODELS)]),
    ],
)
