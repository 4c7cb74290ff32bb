"""Jämför kommuner: the same figures beside each other, with what they are counted from."""

from deploy.kibana.boards import Board, Row
from deploy.kibana.columns import count, over_time, top, unique, value
from deploy.kibana.dashboards.dialogue import ASKS, answered, within
from deploy.kibana.formulas import Count, formula
from deploy.kibana.looks import chart, heat, table
from deploy.kibana.panels import lens
from deploy.kibana.searches import CITIZENS
from deploy.kibana.views import ALERTS, PERCENT, POSTS, THREADS

_MOST = 30
_NEGATIVE = formula("negativa", "Negativa", Count("sentiment.label:negative") / Count(), PERCENT)
_ASKING = formula("behover", "Behöver svar", Count("needs_answer:true") / Count(), PERCENT)

SAID = lens(
    "sagt",
    "Vad som sägs",
    POSTS,
    table(
        {
            "kommun": top("municipality", _MOST, by="antal"),
            "antal": count(),
            "skribenter": unique("author", "Skribenter"),
            **_NEGATIVE,
            **_ASKING,
        },
        by="antal",
    ),
    query=CITIZENS,
).leading_to(lyhord_nu="Visa läget nu", lyhord_trend="Visa månaderna")
ANSWERED = lens(
    "svar",
    "Hur det besvaras",
    THREADS,
    table(
        {
            "kommun": top("municipality", _MOST, by="fragade"),
            "fragade": count("Trådar som frågar"),
            **answered(),
            **within(),
            "mitten": value("median", "first_response_office_seconds", "Mediantid, kontorstid"),
        },
        by="fragade",
    ),
    query=ASKS,
    about="Andelar av få trådar säger lite: se hur många som frågade.",
).leading_to(lyhord_dialog="Visa dialogen")
TOPICS = lens(
    "amnen",
    "Ämnen per kommun",
    POSTS,
    heat(
        {
            "kommun": top("municipality", _MOST, by="antal"),
            "amne": top("topic", 14, by="antal"),
            "antal": count(),
        },
        x="amne",
        y="kommun",
        value="antal",
    ),
    query=CITIZENS,
)
WEEKS = lens(
    "veckor",
    "Inlägg per vecka",
    POSTS,
    chart(
        {
            "tid": over_time("created_at", "1w"),
            "kommun": top("municipality", 10, by="antal"),
            "antal": count(),
        },
        x="tid",
        y=("antal",),
        kind="line",
        parts="kommun",
    ),
    query=CITIZENS,
)
TONES = lens(
    "toner",
    "Ton per kommun",
    POSTS,
    chart(
        {
            "kommun": top("municipality", _MOST, by="antal"),
            "ton": top("sentiment.label", 3),
            "antal": count(),
        },
        x="kommun",
        y=("antal",),
        kind="bar_horizontal_percentage_stacked",
        parts="ton",
    ),
    query=CITIZENS,
)
RISES = lens(
    "larm-antal",
    "Larm per kommun",
    ALERTS,
    table(
        {
            "kommun": top("municipality", _MOST, by="antal"),
            "antal": count("Larm"),
            "inlagg": value("sum", "observed", "Inlägg i larmen"),
            "svarade": value("median", "answered_seconds", "Kommunen skrev efter (median)"),
        },
        by="antal",
    ),
    query="suspected_spam:false",
)
COMPARING = Board(
    id="lyhord-jamfor",
    title="Jämför kommuner",
    about="Samma mått för varje kommun, med hur många de räknas av.",
    since="now-90d",
    rows=[
        Row(14, [(24, SAID), (24, ANSWERED)]),
        Row(14, [(28, TOPICS), (20, WEEKS)]),
        Row(14, [(24, TONES), (24, RISES)]),
    ],
)
