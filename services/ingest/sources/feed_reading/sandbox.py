"""The feed sandbox: reads a stranger's feed in a process of its own, bounded in time and memory.

feedparser's regular expressions take quadratic to cubic time on hostile input (measured with
6.0.14: 7 s for 100 kB of `<!ENTITY`, 1.5 s for 20 kB of blank lines before the root), and a
regular expression at work holds up every thread of its process.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CPU_SECONDS = 20
MEMORY = 1 << 30
"""Bytes of address space."""
_READER = "services.ingest.sources.feed_reading.program"
_ROOT = str(Path(__file__).resolve().parents[4])


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A feed's entry as it stands there: plain text, absolute URLs, RFC 3339 times in UTC."""

    id: str | None
    link: str | None
    title: str
    body: str
    author: str | None
    published: str | None
    updated: str | None
    comments: str | None
    """The URL of the entry's comments feed."""
    comment_count: int | None


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read, with its line where that is known."""

    line: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a feed held: entries as ordered there, problems, and names of fields not read."""

    entries: Sequence[Entry] = ()
    problems: Sequence[Problem] = ()
    unread: Sequence[str] = ()


def read_feed(
    body: bytes, *, url: str, content_type: str | None, limit: int, seconds: int = CPU_SECONDS
) -> Reading:
    """Read RSS 0.9x, 1.0, 2.0 or Atom; whatever the bytes are, this ends and tells.

    Args:
        body: the document, in any encoding.
        url: where it came from, for relative links.
        content_type: the HTTP header, for its charset.
        limit: most entries to give; the newest ones are kept.
        seconds: most processor time to take; three times as much may pass on the clock.

    """
    order = {"url": url, "content_type": content_type, "limit": limit, "seconds": seconds}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter runs our own module
            [sys.executable, "-P", "-m", _READER],
            input=json.dumps(order).encode() + b"\n" + body,
            capture_output=True,
            timeout=3 * seconds,
            check=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([_ROOT, *filter(None, sys.path)])},
        )
    except subprocess.TimeoutExpired:
        return _failed(f"takes longer than {3 * seconds} s to read")
    except subprocess.CalledProcessError as error:
        return _failed(_reason(error, seconds))
    answer = json.loads(done.stdout)
    return Reading(
        [Entry(**entry) for entry in answer["entries"]],
        [Problem(**problem) for problem in answer["problems"]],
        answer["unread"],
    )


def _failed(reason: str) -> Reading:
    return Reading(problems=[Problem(None, reason)])


def _reason(error: subprocess.CalledProcessError, seconds: int) -> str:
    if error.returncode < 0:
        return f"takes more than {seconds} s of processor time to read"
    last = error.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    if last.startswith("MemoryError"):
        return f"takes more than {MEMORY >> 20} MiB of memory to read"
    return f"cannot be read ({last[:200]})"
