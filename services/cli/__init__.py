"""The command line: the one place where processes are put together."""

from services.cli.app import main

__all__ = ["main"]
