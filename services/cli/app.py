"""The whole command line: every command is known here, and every mistake ends well."""

import io
import os
import sys

from lyhord.errors import INTERNAL, Fatal, Rejected, Retriable
from services.cli import output
from services.cli.commands import alerts, dialogue, figures, posts, running
from services.cli.group import app

__all__ = ["app", "main"]

_KNOWN = (posts, figures, dialogue, alerts, running)
"""What adds its commands to the group by being imported."""


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
