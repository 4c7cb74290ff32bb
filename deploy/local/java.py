"""Finds a Java that is new enough, without asking for it to be the machine's default."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from deploy.local.errors import Unavailable

USUAL_FOLDER = Path("/usr/lib/jvm")


def find_java(least: int, *, wanted_by: str) -> Path:
    """Give the first `java` of at least this version: JAVA_HOME's, the PATH's, an installed one."""
    seen = []
    for java in candidates():
        number = version(java)
        if number >= least:
            return java
        if number:
            seen.append(f"{java} is {number}")
    raise Unavailable(
        f"{wanted_by} needs Java {least} or later ({', '.join(seen) or 'no Java was found'}). "
        f"Install one, for example `apt-get install openjdk-{least}-jre-headless` or a Temurin "
        "build, and set JAVA_HOME if it is in a folder of its own."
    )


def candidates() -> Iterator[Path]:
    """Name every `java` worth asking, in order of preference."""
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    if on_path := shutil.which("java"):
        yield Path(on_path)
    yield from sorted(USUAL_FOLDER.glob("*/bin/java"))


@cache
def version(java: Path) -> int:
    """Ask a `java` for its feature version (17, 21, …); 0 if it does not say."""
    try:
        answer = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    number = re.search(r'version "(\d+)', answer.stderr)
    return int(number[1]) if number else 0
