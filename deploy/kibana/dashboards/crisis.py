"""Kris: one incident, minute by minute. Choose the municipality and the topic above."""

from deploy.kibana.boards import Board, Row
from deploy.kibana.columns import count, over_time, top, unique, value
from deploy.kibana.looks import chart, figure, table
from deploy.kibana.maps import points
from deploy.kibana.names import COLOURS
from deploy.kibana.panels import documents, lens
from deploy.kibana.searches import ASKED, CITIZENS, EVERY_ALERT, LIVE, OFFICIAL, REPLIED
from deploy.kibana.views import ALERTS, POSTS

TIMELINE = lens(
    "minut",
    "Invånarnas inlägg, fem minuter i taget",
    POSTS,
    chart(
        {
            "tid": over_time("created_at", "5m"),
            "ton": top("sentiment.label", 3),
            "antal": count(),
        },
        x="tid",
        y=("antal",),
        parts="ton",
    ),
    query=CITIZENS,
)
WHO = lens(
    "vem",
    "Invånarna och kommunen, kvart för kvart",
    POSTS,
    chart(
        {
            "tid": over_time("created_at", "15m"),
            "roll": top("author_role", 3),
            "antal": count(),
        },
        x="tid",
        y=("antal",),
        kind="line",
        parts="roll",
    ),
    query=LIVE,
)
SPREAD = lens(
    "spridning",
    "Spridning mellan nätverk",
    POSTS,
    chart(
        {
            "tid": over_time("created_at", "15m"),
            "kalla": top("source", 9, by="antal"),
            "antal": count(),
        },
        x="tid",
        y=("antal",),
        kind="area_stacked",
        parts="kalla",
    ),
    query=CITIZENS,
)
WHERE = lens(
    "plats",
    "Platser, med första omnämnandet",
    POSTS,
    table(
        {
            "plats": top("places.text", 25, by="antal"),
            "antal": count(),
            "skribenter": unique("author", "Skribenter"),
            "forst": value("min", "created_at", "Nämndes först"),
            "sist": value("max", "created_at", "Nämndes senast"),
        },
        by="antal",
    ),
    query=CITIZENS,
)
WORDS = lens(
    "ord",
    "Ord, med första omnämnandet",
    POSTS,
    table(
        {
            "ord": top("held.words", 25, by="antal"),
            "antal": count(),
            "forst": value("min", "created_at", "Skrevs först"),
        },
        by="antal",
    ),
    query=CITIZENS,
    about="De vanligaste orden i grundform, utan småord. Sortera på tiden för att se de nya.",
)
KINDS = lens(
    "fragor-slag",
    "Vad de vill",
    POSTS,
    chart(
        {"typ": top("kind", 9, by="antal"), "antal": count()},
        x="typ",
        y=("antal",),
        kind="bar_horizontal",
        paint={"antal": COLOURS["accent"]},
    ),
    query=CITIZENS,
)
CRISIS = Board(
    id="lyhord-kris",
    title="Kris",
    about="En händelse: när, var, hur det sprids, vad invånarna frågar och vad vi har svarat.",
    since="now-12h",
    refresh=60_000,
    rows=[
        Row(
            5,
            [
                (8, lens("antal-inlagg", "Inlägg av invånare", POSTS,
                         figure({"antal": count()}, "antal"), query=CITIZENS)),
                (8, lens("antal-skribenter", "Skribenter", POSTS,
                         figure({"antal": unique("author", "Skribenter")}, "antal"),
                         query=CITIZENS)),
                (8, lens("antal-fragor", "Behöver svar", POSTS,
                         figure({"antal": count()}, "antal", colour="negative"),
                         query=f"{CITIZENS} AND needs_answer:true")),
                (8, lens("antal-svar", "Kommunens inlägg", POSTS,
                         figure({"antal": count()}, "antal", colour="positive"), query=OFFICIAL)),
                (8, lens("larmade", "Första larmet", ALERTS,
                         figure({"tid": value("min", "fired_at", "Larmade")}, "tid"),
                         query="suspected_spam:false")),
                (8, lens("svarade", "Kommunen skrev, efter", ALERTS,
                         figure({"tid": value("min", "answered_seconds", "Tid")}, "tid"),
                         query="suspected_spam:false")),
            ],
        ),
        Row(12, [(32, TIMELINE), (16, WHO)]),
        Row(14, [(24, WHERE), (24, points("krisekarta", "Var", POSTS, "held.locations",
                                          query=CITIZENS))]),
        Row(12, [(20, SPREAD), (14, KINDS), (14, WORDS)]),
        Row(14, [(24, documents("fragar", "Vad invånarna frågar", ASKED.id)),
                 (24, documents("svarat", "Vad vi har svarat", REPLIED.id))]),
        Row(10, [(48, documents("larm", "Larm under tiden", EVERY_ALERT.id))]),
    ],
)  # fmt: skip
