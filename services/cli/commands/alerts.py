"""Alerts: what has started, the rules that are watched, and what people did."""

from pathlib import Path
from typing import Any

import click

from services.cli.group import app, json_lines


@app.command()
@click.option("--municipality", multiple=True, help="SCB code or name; may be repeated.")
@click.option("--topic", multiple=True, help="A topic's label; may be repeated.")
@click.option("--since", metavar="TIME", help="Leave out what was over by then.")
@click.option("--open", "only_open", is_flag=True, help="Only what goes on.")
@click.option("--now", metavar="TIME", help="As it stood then: what came later is hidden.")
@json_lines
def alerts(  # noqa: PLR0913 - an option for each filter
    *,
    municipality: tuple[str, ...],
    topic: tuple[str, ...],
    since: str | None,
    only_open: bool,
    now: str | None,
    json: bool,
) -> None:
    """Tell what has started: where more is written than usual, since when, about what.

    Usual is what the same topic got there at that hour of the day and day of the week; nothing is
    told before there are seven days of history. What was told is never taken back.

    Example: lyhord alerts --municipality Örebro --open
    """
    from services.cli.alerting import run_alerts

    run_alerts(municipality, topic, since=since, now=now, only_open=only_open, json=json)


@app.command()
@click.option(
    "--try",
    "trial",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What each rule of FILE would have told in the last 90 days; nothing is kept.",
)
@click.option("--now", metavar="TIME", help="With --try: as it stood then.")
@click.option(
    "--add", type=click.Path(path_type=Path), metavar="FILE", help="Keep the rules of FILE."
)
@click.option("--remove", metavar="NAME", help="Forget a rule that was kept.")
@json_lines
def rules(
    *, trial: Path | None, now: str | None, add: Path | None, remove: str | None, json: bool
) -> None:
    """List the alert rules and where each comes from; try, keep or forget some.

    FILE has [[rules]] tables, as examples/rules.toml; see docs/alert-rules.md.

    Example: lyhord rules --try examples/rules.toml
    """
    from services.cli import ruling

    if sum(each is not None for each in (trial, add, remove)) > 1:
        raise click.UsageError("--try, --add and --remove go one at a time")
    if trial is not None:
        ruling.run_try(trial, now, json=json)
    elif add is not None:
        ruling.run_add(add)
    elif remove is not None:
        ruling.run_remove(remove)
    else:
        ruling.run_rules(json=json)


@app.command()
@click.argument("alert", required=False)
@click.option("--acknowledge", is_flag=True, help="Somebody has seen it and takes care of it.")
@click.option("--comment", metavar="TEXT", help="What is said of it.")
@click.option("--mute", metavar="UNTIL", help="Tell nobody of its series until then.")
@click.option("--who", metavar="NAME", help="Who did it.")
@click.option("--rule", help="With --mute: the series, where the alert is not known.")
@click.option("--municipality", help="With --rule.")
@click.option("--topic", help="With --rule.")
@click.option("--list", "listed", is_flag=True, help="List what was done.")
@json_lines
def handle(*, alert: str | None, listed: bool, json: bool, **done: Any) -> None:
    """Record what was done with an ALERT: acknowledged, commented, muted, by whom and when.

    Records are added, never changed; a mute until a time that has passed ends a mute.

    Example: lyhord handle r_12ab34cd --acknowledge --comment 'VA är på plats' --who jouren
    """
    from services.cli import handling

    if listed:
        handling.run_list(json=json)
    elif alert is None:
        raise click.UsageError("name an ALERT, or ask for --list")
    else:
        handling.run_handle(alert, **done)
