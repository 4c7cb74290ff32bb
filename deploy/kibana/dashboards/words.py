"""Words: which are written more than in the period before."""

from deploy.kibana.columns import count, top
from deploy.kibana.formulas import Count, formula
from deploy.kibana.looks import table
from deploy.kibana.panels import Panel, lens
from deploy.kibana.searches import CITIZENS
from deploy.kibana.views import NUMBER, POSTS

_MOST = 40


def words(slug: str, length: int, unit: str) -> Panel:
    """List the words of citizens' last `length` days (`d`) or hours (`h`), the most risen first.

    Lens shows an error for top values beside shifted times, so the periods are queries, and the
    panel has a time of its own that holds both.
    """
    middle, start = f"now-{length}{unit}", f"now-{2 * length}{unit}"
    recent, before = f"created_at:[{middle} TO *]", f"created_at:[{start} TO {middle}}}"
    columns = {
        "ord": top("held.words", _MOST, by="antal"),
        "antal": count(query=recent),
        "fore": count("Perioden före", before),
        **formula("fler", "Fler", Count(recent) - Count(before), NUMBER),
    }
    span = f"{length} {'dagarna' if unit == 'd' else 'timmarna'}"
    about = (
        f"De {_MOST} vanligaste orden i grundform, utan småord: de senaste {span} mot lika lång tid"
        " före, vilken tid som än är vald."
    )
    look = table(columns, by="fler")
    return lens(slug, "Ord som ökar", POSTS, look, query=CITIZENS, about=about).since(start)
