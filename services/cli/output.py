"""What the commands share: their settings, and where messages go."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lyhord.settings import Settings

config_file: Path | None = None
"""The settings file that the command line named or found."""


def settings() -> "Settings":
    """Read the settings that this command goes by."""
    from lyhord.settings import load

    return load(config_file)


def say(message: str) -> None:
    """Tell the user something, on stderr."""
    sys.stderr.write(message + "\n")


def complain(message: str) -> None:
    """Tell the user what went wrong, on stderr."""
    say(f"lyhord: {message}")


def write_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows to stdout as JSON Lines."""
    import orjson

    out = sys.stdout.buffer
    for row in rows:
        out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    out.flush()


def write_chunks(chunks: Iterable[bytes]) -> None:
    """Write a file to stdout, piece by piece."""
    out = sys.stdout.buffer
    for chunk in chunks:
        out.write(chunk)
    out.flush()


def refuse_terminal(form: str | None) -> None:
    """Keep a workbook off the screen.

    Raises:
        Misuse: stdout is a terminal.

    """
    if form == "xlsx" and sys.stdout.isatty():
        from lyhord.errors import Misuse

        raise Misuse("a workbook is no text: write it to a file, `lyhord … > urval.xlsx`")


def asked(options: Mapping[str, Any]) -> dict[str, str]:
    """Give the options that a command was given as a workbook's last sheet tells them."""
    return {
        f"--{name.replace('_', '-')}": value if isinstance(value, str) else ", ".join(value)
        for name, value in options.items()
        if value
    }


def log_to_stderr() -> None:
    """Send what the library logs to stderr, readable on a terminal, JSON elsewhere."""
    import structlog

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer()
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
