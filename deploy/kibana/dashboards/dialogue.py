"""Dialog: how fast the municipality answers, against the promise, and who waits."""

from deploy.kibana.boards import Board, Row
from deploy.kibana.columns import Column, count, groups, over_time, percentile, top, value
from deploy.kibana.formulas import Count, formula
from deploy.kibana.looks import chart, figure, heat, table
from deploy.kibana.names import COLOURS
from deploy.kibana.panels import Panel, documents, lens
from deploy.kibana.searches import CITIZENS, LONGEST
from deploy.kibana.views import PERCENT, POSTS, QUEUE, THREADS
from lyhord.dialogue.office import OFFICE_DAY

ASKS = "status:(answered OR unanswered)"
LATE = "due_at:[* TO now]"
"""Who waits still, and has for a working day: nine office hours."""
_WITHIN = Count(f"{ASKS} AND first_response_office_seconds:[0 TO {OFFICE_DAY}]")
_DUE = Count(f"{ASKS} AND (first_response_at:* OR {LATE})")
"""Who has been answered, or has waited for a working day."""


def within(key: str = "inom") -> dict[str, Column]:
    """Give the share of what is due that was answered within a working day."""
    return formula(key, "Inom en arbetsdag", _WITHIN / _DUE, PERCENT)


def answered(key: str = "besvarade") -> dict[str, Column]:
    """Give the share of those that asked that have been answered."""
    return formula(key, "Besvarade", Count("status:answered") / Count(ASKS), PERCENT)


def _office(operation: str, label: str) -> Column:
    return value(operation, "first_response_office_seconds", label)


_P90 = percentile("first_response_office_seconds", "Nio av tio inom", 90)
_FIGURES = {
    "fragade": count("Trådar som frågar"),
    **answered(),
    **within(),
    "mitten": _office("median", "Mediantid"),
    "p90": _P90,
}


def _by(slug: str, title: str, field: str) -> tuple[int, Panel]:
    columns = {field: top(field, 25, by="fragade"), **_FIGURES}
    panel = lens(slug, title, THREADS, table(columns, by="fragade", rows=12), query=ASKS)
    return 24, panel.leading_to(lyhord_jamfor="Jämför kommuner")


PARTS = [
    ("under ett dygn", "waiting_since:[now-1d TO *]"),
    ("1–3 dygn", "waiting_since:[now-3d TO now-1d}"),
    ("3–7 dygn", "waiting_since:[now-7d TO now-3d}"),
    ("över en vecka", "waiting_since:[* TO now-7d}"),
]
QUEUED = lens(
    "ko",
    "Kön: hur länge de har väntat",
    QUEUE,
    chart(
        {"vantan": groups("Har väntat", PARTS), "antal": count("Trådar")},
        x="vantan",
        y=("antal",),
        kind="bar",
        paint={"antal": COLOURS["negative"]},
    ),
    query="status:unanswered",
    about="Alla som väntar nu, oavsett tidsintervallet.",
)
WEEKLY = lens(
    "lofte",
    "Besvarade inom en arbetsdag, vecka för vecka",
    THREADS,
    chart(
        {"tid": over_time("opened_at", "1w"), **within()},
        x="tid",
        y=("inom",),
        kind="line",
        paint={"inom": COLOURS["accent"]},
    ),
    query=ASKS,
    about="En arbetsdag är nio kontorstimmar. De som inte har väntat så länge räknas inte.",
)
CLOCK = lens(
    "nar",
    "När invånarna skriver",
    POSTS,
    heat(
        {
            "timme": top("hour", 24, kind="number"),
            "dag": top("weekday", 7, kind="number"),
            "antal": count(),
        },
        x="timme",
        y="dag",
        value="antal",
        ordered=True,
    ),
    query=CITIZENS,
)
DIALOGUE = Board(
    id="lyhord-dialog",
    title="Dialog",
    about="Svarstider mot löftet (en arbetsdag), kön, och vilka som svarar.",
    since="now-30d",
    view=THREADS,
    rows=[
        Row(
            5,
            [
                (8, lens("fragade", "Trådar som frågar", THREADS,
                         figure({"antal": count("Trådar")}, "antal"), query=ASKS)),
                (8, lens("besvarade", "Besvarade", THREADS, figure(answered(), "besvarade"))),
                (8, lens("inom-dag", "Inom en arbetsdag", THREADS, figure(within(), "inom"))),
                (8, lens("mediantid", "Mediantid, kontorstid", THREADS,
                         figure({"mitten": _office("median", "Mediantid")}, "mitten"),
                         query=ASKS)),
                (8, lens("nio-av-tio", "Nio av tio inom, kontorstid", THREADS,
                         figure({"p90": _P90}, "p90"), query=ASKS)),
                (8, lens("vantan-median", "Medianväntan i kön, timmar", QUEUE,
                         figure({"mitten": value("median", "waiting_hours", "Timmar")}, "mitten",
                                colour="negative"),
                         query="status:unanswered")),
            ],
        ),
        Row(12, [(28, WEEKLY), (20, QUEUED)]),
        Row(13, [_by("per-forvaltning", "Per förvaltning", "department"),
                 _by("per-natverk", "Per nätverk", "source")]),
        Row(13, [(20, CLOCK), (28, documents("ko-lista", "Har väntat längst", LONGEST.id))]),
    ],
)  # fmt: skip
