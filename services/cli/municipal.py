"""`lyhord accounts` and `compare`: the municipalities side by side, and their accounts."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from lyhord import municipalities, times, wiring
from lyhord.analysis import cohorts
from lyhord.analysis.activity import Activity, activity
from lyhord.analysis.comparing import compare
from services.cli import output
from services.cli.tables import share, span, write_table

_ACCOUNTS = (
    *("", "source", "account", "department", "state"),
    *("registered", "own posts", "first", "last"),
)
_REGISTERED = {True: "yes", False: "no", None: "-"}


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _rate(value: float) -> str:
    return f"{value:,.1f}"


def _small(value: float) -> str:
    return f"{value:.2f}"


_FIGURES: Mapping[str, tuple[str, Callable[[float], str]]] = {
    "population": ("inhabitants", _number),
    "accounts": ("accounts", _number),
    "networks": ("networks", _number),
    "departments": ("departments", _number),
    "own_posts_a_month": ("own posts a month", _rate),
    "own_posts_a_month_per_1000": ("of 1,000", _small),
    "comments_a_month": ("comments a month", _rate),
    "comments_a_month_per_1000": ("of 1,000", _small),
    "share_negative": ("negative", share),
    "asked": ("asked", _number),
    "share_answered": ("answered", share),
    "share_within_day": ("within a day", share),
    "median_office_seconds": ("office median", span),
}
"""The columns of a comparison: a figure's name, its heading, and how it is written."""
_OF_FACTS = ("population", "own_posts_a_month_per_1000", "comments_a_month_per_1000")


def run_accounts(names: Sequence[str], *, json: bool) -> None:
    """Print the municipalities' accounts, as JSON Lines or as a table.

    Raises:
        Misuse: a municipality cannot be meant, or the register has mistakes.

    """
    settings = output.settings()
    codes = [municipalities.meant(name) for name in names]
    register = wiring.registers(settings).accounts
    found = activity(wiring.open_store(settings), register, codes, now=datetime.now(UTC))
    if json:
        output.write_lines(each._asdict() for each in found)
        return
    rows = list(found)
    write_table([_ACCOUNTS, *map(_account, rows)], names=5)
    states = Counter(each.state for each in rows)
    told = ", ".join(f"{count:,} {state}" for state, count in states.most_common())
    output.say(f"{len(rows):,} accounts" + (f": {told}" if told else ""))
    if not register:
        output.say("no register is set (setting accounts): only accounts that wrote are known")


def _account(each: Activity) -> tuple[str, ...]:
    return (
        municipalities.name_of(each.municipality) or each.municipality,
        each.source,
        each.account,
        each.department or "-",
        each.state,
        _REGISTERED[each.registered],
        f"{each.own_posts:,}",
        each.first_day or "-",
        each.last_day or "-",
    )


def run_compare(  # noqa: PLR0913 - an option each
    names: Sequence[str],
    *,
    since: str | None,
    until: str | None,
    population: str | None,
    group: str | None,
    like: str | None,
    json: bool,
) -> None:
    """Print municipalities beside each other and what is usual, as JSON Lines or as a table.

    Raises:
        Misuse: a municipality, a time or a cohort cannot be meant, or a register has mistakes.

    """
    settings = output.settings()
    known = wiring.registers(settings)
    found = compare(
        wiring.open_store(settings),
        [municipalities.meant(name) for name in names],
        since=times.option("--since", since),
        until=times.option("--until", until),
        known=known,
        among=cohorts.members(known.facts, population=population, group=group, like=like),
    )
    rows = list(found)
    usual = cohorts.cohort(rows)
    if json:
        output.write_lines(each._asdict() for each in rows)
        if usual is not None:
            output.write_lines([{"municipality": None, **usual._asdict()}])
        return
    if not rows:
        output.say("no municipality that has posts or accounts is within these bounds")
        return
    shown = [name for name in _FIGURES if known.facts or name not in _OF_FACTS]
    table = [("", *(_FIGURES[name][0] for name in shown))]
    for row in rows:
        figures = cohorts.figures(row)
        name = municipalities.name_of(row.municipality) or row.municipality
        table.append((name, *(_cell(each, figures[each]) for each in shown)))
    if usual is not None:
        cells = (f"{_cell(each, usual.medians[each])} ({usual.n[each]})" for each in shown)
        table.append((f"median of {usual.municipalities} (n)", *cells))
    write_table(table)
    output.say("- : fewer than five citizens wrote, or nothing was asked")


def _cell(name: str, value: float | None) -> str:
    return "-" if value is None else _FIGURES[name][1](value)
