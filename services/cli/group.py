"""The `lyhord` command itself, and the options that several of its commands share."""

import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from services.cli import output

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells give it (128 + SIGINT)."""

_WHOLE = 1_000
_NEGATIVE = re.compile(r"-(?!-|h$).")

json_lines = click.option("--json", is_flag=True, help="JSON Lines on stdout, nothing else there.")


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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with whole sentences; click would cut them to one line."""
        rows = [
            (name, self.commands[name].get_short_help_str(limit=_WHOLE))
            for name in self.list_commands(ctx)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _interrupt(self, *_: object) -> None:
        self._interrupted = True
        raise KeyboardInterrupt


class QueryCommand(click.Command):
    """A command with a query, which may begin with - (not these): that is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take an argument that begins with - for a query, where no option looks like it."""
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


def selection(command: Callable[..., Any]) -> Callable[..., Any]:
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
