"""Dialogue: threads, answers, municipalities beside each other, and their accounts."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lyhord.dialogue import ORDERS, STATUSES
from lyhord.dialogue.groups import BYS, By
from services.cli.group import app, json_lines

if TYPE_CHECKING:
    from lyhord.exporting import Form
    from services.alert.summary import Period


@app.command()
@click.option(
    "--status",
    multiple=True,
    type=click.Choice(STATUSES),
    help="Only threads that stand so; may be repeated.",
)
@click.option("--municipality", multiple=True, help="SCB code or name; may be repeated.")
@click.option("--now", metavar="TIME", help="As it stood then: what came later is hidden.")
@click.option(
    "--sort",
    type=click.Choice(ORDERS),
    default="waiting",
    show_default=True,
    help="Who waits: the longest first, or the most urgent.",
)
@json_lines
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "xlsx"]),
    help="A file on stdout, with the columns that --json has.",
)
def threads(*, json: bool, form: "Form | None", **asked: Any) -> None:
    """List threads: who waits for an answer, the longest first; then the others, the latest first.

    A thread is a post and all that answer it, however deep. It is unanswered while the citizens'
    latest posts hold one that needs an answer, and the municipality has not written since.

    Example: lyhord threads --status unanswered --municipality Örebro
    """
    from services.cli.dialogue import run_threads

    run_threads(json=json, form=form, **asked)


@app.command()
@click.option(
    "--by",
    type=click.Choice(BYS),
    default="municipality",
    show_default=True,
    help="What the threads are grouped by.",
)
@click.option("--municipality", multiple=True, help="SCB code or name; may be repeated.")
@click.option("--now", metavar="TIME", help="As it stood then: what came later is hidden.")
@json_lines
def responses(*, by: By, municipality: tuple[str, ...], now: str | None, json: bool) -> None:
    """Tell how many threads that asked for an answer got one, and how fast.

    By the clock and in office hours (weekdays 8-17, holidays off), with the share that was answered
    within a working day. Threads in which nobody asked anything are not counted.

    Example: lyhord responses --by month --municipality Örebro
    """
    from services.cli.dialogue import run_responses

    run_responses(municipality, by=by, now=now, json=json)


@app.command()
@click.argument("municipalities", nargs=-1)
@click.option("--since", metavar="TIME", help="From this time or day on (inclusive).")
@click.option("--until", metavar="TIME", help="Before this time or day (exclusive).")
@click.option("--population", metavar="RANGE", help="20000-50000; either end may be left out.")
@click.option("--group", metavar="NAME", help="Only those of this group.")
@click.option("--like", metavar="MUNICIPALITY", help="Population within a third of its own.")
@json_lines
def compare(*, municipalities: tuple[str, ...], json: bool, **bounds: Any) -> None:
    """Put MUNICIPALITIES (SCB codes or names; all without) beside each other.

    Accounts by network, posts and comments a month, what was asked and answered, and how fast; then
    the median of each figure, and how many municipalities have it. No figure about citizens is told
    where fewer than five wrote. Populations and groups are those of the setting
    `municipality_facts`.

    Example: lyhord compare --like Örebro --since 2026-01-01
    """
    from services.cli.municipal import run_compare

    run_compare(municipalities, json=json, **bounds)


@app.command()
@click.argument("municipalities", nargs=-1)
@json_lines
def accounts(*, municipalities: tuple[str, ...], json: bool) -> None:
    """List the accounts of MUNICIPALITIES (SCB codes or names; all without), and which are silent.

    Those of the register (setting `accounts`) and those that wrote as the municipality: an account
    writes, is silent (not for 90 days), is closed, or is unregistered.

    Example: lyhord accounts Örebro
    """
    from services.cli.municipal import run_accounts

    run_accounts(municipalities, json=json)


@app.command()
@click.option("--municipality", multiple=True, help="SCB code or name; may be repeated.")
@click.option("--period", type=click.Choice(["day", "week"]), default="day", show_default=True)
@click.option("--now", metavar="TIME", help="As it stood then: what came later is hidden.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Draw one municipality's posts a day (.png or .svg) instead.",
)
def summary(
    *, municipality: tuple[str, ...], period: "Period", now: str | None, out: Path | None
) -> None:
    """Sum up the latest whole day, or week from Monday, of each municipality, in Swedish.

    Citizens' posts against what is usual, topics that rise, the share of negative ones, and how
    they were answered.

    Example: lyhord summary --municipality Örebro --period week
    """
    from services.cli.summarising import run_summary

    run_summary(municipality, period=period, now=now, out=out)
