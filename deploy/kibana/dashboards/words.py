"""Words: which are written more than in the period before."""

from deploy.kibana.columns import count, top
from deploy.kibana.formulas import Count, formula
from deploy.kibana.looks import table
from deploy.kibana.panels import Panel, lens
from deploy.kibana.searches import CITIZENS
from deploy.kibana.views import NUMBER, POSTS

_MOST = 40


def words(slug: str) -> Panel:
    """List the words of citizens' posts, those that have risen most first."""
    columns = {
        "ord": top("held.words", _MOST, by="antal"),
        "antal": count(),
        "fore": count("Perioden före", shift="previous"),
        **formula("fler", "Fler", Count() - Count(shift="previous"), NUMBER),
    }
    about = f"De {_MOST} vanligaste orden i grundform, utan småord; perioden före är lika lång."
    look = table(columns, by="fler")
    return lens(slug, "Ord som ökar", POSTS, look, query=CITIZENS, about=about)
