"""Källor: whether a source is quiet or broken."""

from deploy.kibana.boards import Board, Row
from deploy.kibana.columns import count, over_time, top, value
from deploy.kibana.looks import chart, figure, table
from deploy.kibana.panels import documents, lens
from deploy.kibana.searches import FEEDS, LIVE, SILENCES
from deploy.kibana.views import POSTS, SOURCES

_BAD = "kind:feed AND state:(broken OR away)"
DAYS = lens(
    "dagar",
    "Inlägg per dag och nätverk",
    POSTS,
    chart(
        {
            "tid": over_time("created_at", "1d"),
            "kalla": top("source", 10, by="antal"),
            "antal": count(),
        },
        x="tid",
        y=("antal",),
        parts="kalla",
    ),
    query=LIVE,
)
NETWORKS = lens(
    "natverken",
    "Nätverken: när senast",
    POSTS,
    table(
        {
            "kalla": top("source", 20, by="antal"),
            "antal": count(),
            "senast": value("max", "created_at", "Senaste inlägg"),
            "hamtat": value("max", "fetched_at", "Senast hämtat"),
        },
        by="senast",
        ascending=True,
    ),
    query=LIVE,
)
GAPS = lens(
    "avbrott",
    "Avbrott och tystnader",
    SOURCES,
    chart(
        {
            "tid": over_time("at", "1d"),
            "typ": top("kind", 4),
            "langd": value("sum", "seconds", "Sammanlagd längd"),
        },
        x="tid",
        y=("langd",),
        parts="typ",
    ),
    query="kind:(gap OR silence)",
    about="Avbrott: källan lästes inte. Tystnad: den lästes, men inget kom där det brukar komma.",
)
SOURCES_BOARD = Board(
    id="lyhord-kallor",
    title="Källor",
    about="Tyst eller trasig: när varje källa lästes, och när inget kom där det brukar.",
    since="now-30d",
    view=SOURCES,
    controls=("source",),
    refresh=300_000,
    rows=[
        Row(
            5,
            [
                (12, lens("trasiga", "Källor som felar eller inte läses", SOURCES,
                          figure({"antal": count("Källor")}, "antal", colour="negative"),
                          query=_BAD)),
                (12, lens("lases", "Källor som läses", SOURCES,
                          figure({"antal": count("Källor")}, "antal", colour="positive"),
                          query="kind:feed AND state:ok")),
                (12, lens("antal-avbrott", "Avbrott", SOURCES,
                          figure({"antal": count("Avbrott")}, "antal"), query="kind:gap")),
                (12, lens("senaste", "Senaste inlägg", POSTS,
                          figure({"senast": value("max", "created_at", "Senaste inlägg")},
                                 "senast"), query=LIVE)),
            ],
        ),
        Row(12, [(24, documents("kallorna", "Källorna i inställningarna", FEEDS.id)),
                 (24, NETWORKS)]),
        Row(12, [(28, DAYS), (20, GAPS)]),
        Row(10, [(48, documents("tystnader", "Avbrott och tystnader", SILENCES.id))]),
    ],
)  # fmt: skip
