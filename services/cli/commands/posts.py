"""Posts in and out: importing, searching, exporting, tagging, and what was refused."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from services.cli.group import QueryCommand, app, json_lines, selection

if TYPE_CHECKING:
    from lyhord.exporting import Form


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


@app.command(cls=QueryCommand)
@selection
@click.option("--size", type=click.IntRange(1, 10_000), default=20, show_default=True)
@click.option(
    "--sort", type=click.Choice(["relevance", "newest"]), default="relevance", show_default=True
)
@click.option("--fold", is_flag=True, help="Show near-duplicates once, with how many there are.")
@json_lines
def search(*, size: int, sort: str, fold: bool, json: bool, **selection: Any) -> None:
    """Search posts: Lucene syntax, levelled for Swedish; * or nothing finds everything.

    A filter may be repeated: its values are alternatives.

    Example: lyhord search 'vattenläcka NEAR/5 skola' --municipality Örebro --since 2026-01-01
    """
    from services.cli.searching import run_search

    run_search(selection, size=size, sort=sort, fold=fold, json=json)


@app.command(cls=QueryCommand)
@click.argument("name")
@selection
@click.option("--remove", is_flag=True, help="Forget it.")
def save(*, name: str, remove: bool, **selection: Any) -> None:
    """Keep a query and its filters under a NAME, for `--saved NAME` of any command that searches.

    Example: lyhord save vinter 'snö* OR halka' --topic snorojning --municipality Örebro
    """
    from services.cli.saving import run_save

    run_save(name, selection, remove=remove)


@app.command()
@json_lines
def saved(*, json: bool) -> None:
    """List the searches that were kept."""
    from services.cli.saving import run_saved

    run_saved(json=json)


@app.command(cls=QueryCommand)
@selection
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
@json_lines
def topics(topics: Path, posts: BinaryIO, *, json: bool) -> None:
    """Show what a topics file would change: the POSTS that would get other topics, and the sums.

    TOPICS is a file as the setting `topics` names one; what is in force now is what it is compared
    with. POSTS are JSON Lines or plain lines; - or nothing is stdin. Nothing is stored.

    Example: lyhord topics hamnen.toml examples/posts.jsonl
    """
    from services.cli.comparing import run_topics

    sys.exit(run_topics(topics, posts, sys.stdout, json=json))


@app.command()
@json_lines
def rejected(*, json: bool) -> None:
    """List what was refused: from where, which line, why, and when."""
    from services.cli.searching import run_rejected

    run_rejected(json=json)
