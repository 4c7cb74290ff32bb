"""Running: the services, and what keeps them in order."""

import sys

import click

from services.cli import output
from services.cli.group import app


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
