"""Writes the saved objects as the file that Kibana imports.

python -m deploy.kibana.write
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from deploy.kibana.boards import Board
from deploy.kibana.dashboards.comparing import COMPARING
from deploy.kibana.dashboards.crisis import CRISIS
from deploy.kibana.dashboards.dialogue import DIALOGUE
from deploy.kibana.dashboards.now import NOW
from deploy.kibana.dashboards.sources import SOURCES_BOARD
from deploy.kibana.dashboards.trend import TREND
from deploy.kibana.searches import SEARCHES
from deploy.kibana.views import PAGE, VIEWS

FILE: Final = Path(__file__).parent / "lyhord.ndjson"
BOARDS: Final[tuple[Board, ...]] = (NOW, DIALOGUE, CRISIS, TREND, COMPARING, SOURCES_BOARD)


def objects(name: str = "lyhord", page: str = PAGE) -> list[dict[str, Any]]:
    """Make all saved objects, those first that others refer to.

    Args:
        name: what the names of the indices begin with.
        page: the address of Lyhörd's own page, which links lead to.

    """
    views = [each.saved(name, page) for each in VIEWS]
    return [*views, *(each.saved() for each in SEARCHES), *(each.saved() for each in BOARDS)]


def ndjson(saved: Iterable[Mapping[str, Any]]) -> str:
    """Write objects a line each."""
    return "".join(json.dumps(each, ensure_ascii=False, sort_keys=True) + "\n" for each in saved)


if __name__ == "__main__":
    FILE.write_text(ndjson(objects()), encoding="utf-8")
    print(f"{FILE}: {len(objects())} objects")
