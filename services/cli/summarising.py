"""`lyhord summary`: the latest day or week of the municipalities, in words or as a picture."""

import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from lyhord import labels, municipalities, times, wiring
from lyhord.analysis import keeping
from lyhord.errors import Misuse
from services.alert.summarising import draw, text
from services.alert.summary import Period, summaries
from services.alert.telling import Words
from services.cli import output


def run_summary(names: Sequence[str], *, period: Period, now: str | None, out: Path | None) -> None:
    """Print summaries for reading, or draw one into a file.

    Raises:
        Misuse: a municipality or the time cannot be meant, or the file is no picture of one.

    """
    moment = times.option("--now", now) or datetime.now(UTC)
    codes = [municipalities.meant(name) for name in names]
    form = _form(out, codes)
    settings = output.settings()
    own = {label: topic.name for label, topic in wiring.own_topics(settings).items()}
    words = Words(topics={**labels.TOPICS, **own})
    found = False
    with closing(wiring.open_state(settings)) as state:
        known = [each for each in keeping.told(state) if each.fired_at <= moment]
    for each in summaries(wiring.open_store(settings), codes, period, moment, alerts=known):
        found = True
        if out is not None:
            out.write_bytes(draw(each, form))
            output.say(f"drawn: {out}")
            continue
        told = text(each, words)
        sys.stdout.write(f"{told.title}\n{told.body}\n\n")
    if not found:
        output.say("no municipality has posts in the weeks before")


def _form(out: Path | None, codes: Sequence[str]) -> Literal["png", "svg"]:
    if out is None or out.suffix == ".png":
        form: Literal["png", "svg"] = "png"
    elif out.suffix == ".svg":
        form = "svg"
    else:
        raise Misuse(f"--out {out}: a picture's name ends in .png or .svg")
    if out is not None and len({*codes}) != 1:
        raise Misuse("--out draws one municipality: name it with --municipality")
    return form
