"""What a server is made of, and how its process is started."""

from pathlib import Path
from typing import NamedTuple


class Software(NamedTuple):
    """What a server is made of: a `java` and the folder of what was fetched."""

    java: Path
    home: Path


class Launch(NamedTuple):
    """How to start a server's process, in which folder, and as who (`account`, "" = as we are)."""

    command: list[str]
    environment: dict[str, str]
    inside: str
    account: str = ""
