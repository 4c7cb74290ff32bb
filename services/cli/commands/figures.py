"""Figures: counts, telling words, samples, and what they stand on."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from services.cli.group import QueryCommand, app, json_lines, selection

if TYPE_CHECKING:
    from lyhord.exporting import Form


@app.command(cls=QueryCommand)
@selection
@click.option("--by", default="topic", show_default=True, help="A field, or day, month.")
@click.option("--then-by", help="Another field: each count is parted by it.")
@json_lines
def counts(*, by: str, then_by: str | None, json: bool, **selection: Any) -> None:
    """Count the posts that a search finds by a field, by day or month, and within that by another.

    Says what the counts are of, and which versions of the tagger judged the posts: a change of
    model is no trend.

    Example: lyhord counts snöröjning --by month --then-by sentiment --since 2024-01-01
    """
    from services.cli.counting import run_counts

    run_counts(selection, by=by, then_by=then_by, json=json)


@app.command(cls=QueryCommand)
@selection
@click.option("--size", type=click.IntRange(1, 200), default=20, show_default=True)
@json_lines
def terms(*, size: int, json: bool, **selection: Any) -> None:
    """Give the words that tell the posts of a search from all others, the most telling first.

    Example: lyhord terms --municipality Örebro --since 2026-03-01
    """
    from services.cli.analysing import run_terms

    run_terms(selection, size=size, json=json)


@app.command()
@click.argument("id")
@click.option("--size", type=click.IntRange(1, 1_000), default=20, show_default=True)
@json_lines
def similar(*, id: str, size: int, json: bool) -> None:  # noqa: A002 - what it is called everywhere
    """Find the posts that are most like the post ID (source:id), the likest first.

    Example: lyhord similar facebook:123
    """
    from services.cli.analysing import run_similar

    run_similar(id, size=size, json=json)


@app.command(cls=QueryCommand)
@selection
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


@app.command(cls=QueryCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@selection
@click.option(
    "--field",
    type=click.Choice(["sentiment", "topic", "kind", "stance"]),
    default="sentiment",
    show_default=True,
    help="What was coded.",
)
@json_lines
def agreement(*, file: Path, field: str, json: bool, **selection: Any) -> None:
    """Tell how far a coded sample agrees with the tags, and what the shares then really are.

    FILE is what `lyhord sample` wrote, with its column `coded` filled; QUERY and filters are those
    that it was drawn by. Gives Krippendorff's alpha, and each label's share with the tagger's
    error carried into a 95 % interval.

    Example: lyhord agreement kodat.csv snöröjning
    """
    from services.cli.analysing import run_agreement

    run_agreement(file, selection, field=field, json=json)


@app.command(cls=QueryCommand)
@selection
@json_lines
def coverage(*, json: bool, **selection: Any) -> None:
    """Tell what there is of each source, and the days on which it fell silent unlike itself.

    Of the filters, municipality, source and time are heeded, and no query: whether a source was
    there is not told by what was said. A figure over time stands beside these gaps.

    Example: lyhord coverage --municipality Örebro --since 2025-01-01
    """
    from services.cli.covering import run_coverage

    run_coverage(selection, json=json)


@app.command()
@json_lines
def sources(*, json: bool) -> None:
    """Tell how every source is: when it was last read, what hinders it, when it was away.

    Answers "is it quiet or broken?" for what the settings name; `lyhord coverage` asks the posts.
    """
    from services.cli.covering import run_sources

    run_sources(json=json)
