"""The `lyhord` command: what it can do, and how every mistake ends."""

import io
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from lyhord.dialogue import ORDERS, STATUSES
from lyhord.dialogue.groups import BYS, By
from lyhord.errors import INTERNAL, Fatal, Rejected, Retriable
from services.cli import output

if TYPE_CHECKING:
    from lyhord.exporting import Form
    from services.alert.summary import Period

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells give it (128 + SIGINT)."""

_NEGATIVE = re.compile(r"-(?!-|h$).")

_json = click.option("--json", is_flag=True, help="JSON Lines on stdout, nothing else there.")


class _App(click.Group):
    """The commands; what ends them from outside is told in our words, not in click's."""

    def invoke(self, ctx: click.Context) -> Any:
        self._interrupted = False
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._interrupt)
        try:
            try:
                return super().invoke(ctx)
            finally:
                if sys.stdout is not None:  # closed by whoever started us
                    sys.stdout.flush()
        except BrokenPipeError:
            # The reader of our output has gone (`| head`): nothing to say, and nobody to say it to.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (KeyboardInterrupt, Exception):
            # Where it struck, a library may have made an error of its own of it.
            if not self._interrupted:
                raise
            output.complain("interrupted")
            ctx.exit(INTERRUPTED)

    def _interrupt(self, *_: object) -> None:
        self._interrupted = True
        raise KeyboardInterrupt


class _QueryCommand(click.Command):
    """A command with a query, which may begin with - (not these): that is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        queries = (f" {arg}" if _NEGATIVE.match(arg) else arg for arg in args)
        return super().parse_args(ctx, list(queries))


@click.group(
    cls=_App, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="lyhord")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="LYHORD_CONFIG",
    help="Settings file (TOML). Without it: ./lyhord.toml if it is there, else defaults.",
)
def app(config: Path | None) -> None:
    """Lyhörd listens to what citizens and municipalities write to each other in public.

    Start with `lyhord import FILE`, then `lyhord search WORDS`, or `lyhord run` for the web page.
    """
    output.config_file = config or next(iter(Path().glob("lyhord.toml")), None)


def _selection(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the query and the filters that every selection of posts has."""
    for decorate in reversed(
        (
            click.argument("query", default="*"),
            click.option("--since", metavar="TIME", help="From this time or day on (inclusive)."),
            click.option("--until", metavar="TIME", help="Before this time or day (exclusive)."),
            click.option("--municipality", multiple=True, help="SCB code or name."),
            click.option("--topic", multiple=True, help="Any of a post's topics."),
            click.option("--sentiment", multiple=True, help="negative, neutral or positive."),
            click.option("--kind", multiple=True, help="question, request, report, complaint …"),
            click.option("--source", multiple=True, help="facebook, youtube, x …"),
            click.option("--author-role", multiple=True, help="citizen, municipality, unknown."),
            click.option("--place", multiple=True, help="A place named in the text."),
            click.option("--saved", metavar="NAME", help="Narrow what `lyhord save` kept."),
        )
    ):
        command = decorate(command)
    return command


@app.command("import")
@click.argument("files", nargs=-1, required=True)
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Rename a column.")
@click.option(
    "--set",
    "fixed",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Give every row a field; {line} in the value is the row's line number.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv"]),
    help="Instead of going by the file's name.",
)
def import_command(
    files: tuple[str, ...], mapping: tuple[str, ...], fixed: tuple[str, ...], form: str | None
) -> None:
    """Import FILES (JSON Lines or CSV; - is stdin) through all stages.

    Returns when every post is indexed and searchable. Refused rows cost nothing else: see
    `lyhord rejected`. Importing the same again changes nothing, and completes an import that was
    interrupted.

    Example: lyhord import brev.csv --map text=body --set municipality=1780 --set id={line}
    """
    from services.cli.importing import import_files

    sys.exit(import_files(files, mapping=mapping, fixed=fixed, form=form))


@app.command(cls=_QueryCommand)
@_selection
@click.option("--size", type=click.IntRange(1, 10_000), default=20, show_default=True)
@click.option(
    "--sort", type=click.Choice(["relevance", "newest"]), default="relevance", show_default=True
)
@click.option("--fold", is_flag=True, help="Show near-duplicates once, with how many there are.")
@_json
def search(*, size: int, sort: str, fold: bool, json: bool, **selection: Any) -> None:
    """Search posts: Lucene syntax, levelled for Swedish; * or nothing finds everything.

    A filter may be repeated: its values are alternatives.

    Example: lyhord search 'vattenläcka NEAR/5 skola' --municipality Örebro --since 2026-01-01
    """
    from services.cli.searching import run_search

    run_search(selection, size=size, sort=sort, fold=fold, json=json)


@app.command(cls=_QueryCommand)
@click.argument("name")
@_selection
@click.option("--remove", is_flag=True, help="Forget it.")
def save(*, name: str, remove: bool, **selection: Any) -> None:
    """Keep a query and its filters under a NAME, for `--saved NAME` of any command that searches.

    Example: lyhord save vinter 'snö* OR halka' --topic snorojning --municipality Örebro
    """
    from services.cli.saving import run_save

    run_save(name, selection, remove=remove)


@app.command()
@_json
def saved(*, json: bool) -> None:
    """List the searches that were kept."""
    from services.cli.saving import run_saved

    run_saved(json=json)


@app.command(cls=_QueryCommand)
@_selection
@click.option("--by", default="topic", show_default=True, help="A field, or day, month.")
@click.option("--then-by", help="Another field: each count is parted by it.")
@_json
def counts(*, by: str, then_by: str | None, json: bool, **selection: Any) -> None:
    """Count the posts that a search finds by a field, by day or month, and within that by another.

    Says what the counts are of, and which versions of the tagger judged the posts: a change of
    model is no trend.

    Example: lyhord counts snöröjning --by month --then-by sentiment --since 2024-01-01
    """
    from services.cli.counting import run_counts

    run_counts(selection, by=by, then_by=then_by, json=json)


@app.command(cls=_QueryCommand)
@_selection
@click.option("--size", type=click.IntRange(1, 200), default=20, show_default=True)
@_json
def terms(*, size: int, json: bool, **selection: Any) -> None:
    """Give the words that tell the posts of a search from all others, the most telling first.

    Example: lyhord terms --municipality Örebro --since 2026-03-01
    """
    from services.cli.analysing import run_terms

    run_terms(selection, size=size, json=json)


@app.command()
@click.argument("id")
@click.option("--size", type=click.IntRange(1, 1_000), default=20, show_default=True)
@_json
def similar(*, id: str, size: int, json: bool) -> None:  # noqa: A002 - what it is called everywhere
    """Find the posts that are most like the post ID (source:id), the likest first.

    Example: lyhord similar facebook:123
    """
    from services.cli.analysing import run_similar

    run_similar(id, size=size, json=json)


@app.command(cls=_QueryCommand)
@_selection
@click.option("--size", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--seed", default=0, show_default=True, help="Another seed draws others.")
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv"]), default="csv", show_default=True
)
def sample(*, size: int, seed: int, form: "Form", **selection: Any) -> None:
    """Draw posts of a search at random, to be read and coded by hand.

    The CSV has an empty column `coded`: fill in what you would have called each post, and let
    `lyhord agreement` tell how far that agrees with the tags.

    Example: lyhord sample snöröjning --size 200 > att_koda.csv
    """
    from services.cli.analysing import run_sample

    run_sample(selection, size=size, seed=seed, form=form)


@app.command(cls=_QueryCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_selection
@click.option(
    "--field",
    type=click.Choice(["sentiment", "topic", "kind", "stance"]),
    default="sentiment",
    show_default=True,
    help="What was coded.",
)
@_json
def agreement(*, file: Path, field: str, json: bool, **selection: Any) -> None:
    """Tell how far a coded sample agrees with the tags, and what the shares then really are.

    FILE is what `lyhord sample` wrote, with its column `coded` filled; QUERY and filters are those
    that it was drawn by. Gives Krippendorff's alpha, and each label's share with the tagger's
    error carried into a 95 % interval.

    Example: lyhord agreement kodat.csv snöröjning
    """
    from services.cli.analysing import run_agreement

    run_agreement(file, selection, field=field, json=json)


@app.command(cls=_QueryCommand)
@_selection
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv", "xlsx"]),
    default="jsonl",
    show_default=True,
)
def export(*, form: "Form", **selection: Any) -> None:
    """Write every post that a search finds to stdout, newest first.

    In CSV, a cell that a spreadsheet would run as a formula is made harmless by a leading ', which
    import takes away again. XLSX is a workbook for Excel and its like, with a sheet that says what
    was asked for; nothing in it is a formula.

    Example: lyhord export 'needs_answer:ja' --since 2026-01-01 --format xlsx > obesvarade.xlsx
    """
    from services.cli.searching import run_export

    run_export(selection, form=form)


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
@_json
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
@_json
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
@_json
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
@_json
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
@click.option("--topic", multiple=True, help="A topic's label; may be repeated.")
@click.option("--since", metavar="TIME", help="Leave out what was over by then.")
@click.option("--open", "only_open", is_flag=True, help="Only what goes on.")
@click.option("--now", metavar="TIME", help="As it stood then: what came later is hidden.")
@_json
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


@app.command()
@click.option("--json", is_flag=True, expose_value=False, hidden=True)
def tag() -> None:
    """Tag texts from stdin (JSON Lines or plain lines): a JSON line out for each line in.

    Nothing is stored. Example: echo 'Vattenläcka på Storgatan i Hjo!' | lyhord tag
    """
    from services.cli.tagging import run_tag

    sys.exit(run_tag(sys.stdin.buffer, sys.stdout.buffer))


@app.command()
@click.argument("topics", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("posts", type=click.File("rb"), default="-")
@_json
def topics(topics: Path, posts: BinaryIO, *, json: bool) -> None:
    """Show what a topics file would change: the POSTS that would get other topics, and the sums.

    TOPICS is a file as the setting `topics` names one; what is in force now is what it is compared
    with. POSTS are JSON Lines or plain lines; - or nothing is stdin. Nothing is stored.

    Example: lyhord topics hamnen.toml examples/posts.jsonl
    """
    from services.cli.comparing import run_topics

    sys.exit(run_topics(topics, posts, sys.stdout, json=json))


@app.command()
@_json
def sources(*, json: bool) -> None:
    """Tell how every source is: when it was last read, what hinders it, when it was away.

    Answers "is it quiet or broken?" for what the settings name; `lyhord coverage` asks the posts.
    """
    from services.cli.covering import run_sources

    run_sources(json=json)


@app.command(cls=_QueryCommand)
@_selection
@_json
def coverage(*, json: bool, **selection: Any) -> None:
    """Tell what there is of each source, and the days on which it fell silent unlike itself.

    Of the filters, municipality, source and time are heeded, and no query: whether a source was
    there is not told by what was said. A figure over time stands beside these gaps.

    Example: lyhord coverage --municipality Örebro --since 2025-01-01
    """
    from services.cli.covering import run_coverage

    run_coverage(selection, json=json)


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
@_json
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
@_json
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


@app.command()
@_json
def rejected(*, json: bool) -> None:
    """List what was refused: from where, which line, why, and when."""
    from services.cli.searching import run_rejected

    run_rejected(json=json)


@app.command()
@click.option(
    "--create", is_flag=True, help="Make the topics and index templates that are missing."
)
def check(*, create: bool) -> None:
    """Check settings, data folder, log and store, and say what to do about problems.

    On Kafka and Elasticsearch, run it once with --create before the services start.
    """
    from services.cli.checking import run_check

    sys.exit(run_check(create=create))


@app.command()
@click.option("--keep", is_flag=True, help="Leave the old index; the next replay removes it.")
@click.option(
    "--allow-fewer",
    is_flag=True,
    help="Switch even if the log no longer has every post of the old index.",
)
def replay(*, keep: bool, allow_fewer: bool) -> None:
    """Tag every post on the log anew, into a new index that then replaces the old one.

    For a new version of Lyhörd, and for other `topics`: restart `lyhord run` with them first. All
    else goes on meanwhile: posts come in, searches are answered by the old index until the new one
    has everything. An interrupted replay changes nothing; start it again.

    Room is needed for both indices.
    """
    from services.cli.replaying import run_replay

    sys.exit(run_replay(keep=keep, allow_fewer=allow_fewer))


@app.command()
def run() -> None:
    """Run everything in one process tree: sources, all stages, alerts, and the web page."""
    from services.cli.running import run_services

    run_services("run", ("ingest", "enrich", "index", "alert", "web"))


def _service(name: str, tells: str) -> None:
    def command() -> None:
        from services.cli.running import run_services, run_stream

        if name == "enrich" and output.settings().log:
            sys.exit(run_stream())
        run_services(name, (name,))

    app.command(name, help=tells)(command)


_service("ingest", "Run only the sources: posts go through the door onto the log.")
_service("enrich", "Run only the tagging of posts on the log.")
_service("index", "Run only the indexing of tagged posts.")
_service("alert", "Run only the alerts: what has started, looked for every five minutes.")
_service("web", "Run only the web page.")


def main() -> None:
    """Run the command line; every mistake ends with a message and a meant exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that knows no emoji gets a question mark.
        sys.stdout.reconfigure(errors="replace")
    try:
        app()
    except (Fatal, Retriable, Rejected) as problem:
        output.complain(str(problem))
        sys.exit(problem.exit_code if isinstance(problem, Fatal) else 3)
    except OSError as problem:
        output.complain(f"{problem.strerror or problem}: {problem.filename or ''}".rstrip(": "))
        sys.exit(3)
    except Exception as problem:
        if os.environ.get("LYHORD_DEBUG"):
            raise
        output.complain(
            f"internal error: {type(problem).__name__}: {problem} "
            "(LYHORD_DEBUG=1 shows where; please report it)"
        )
        sys.exit(INTERNAL)
