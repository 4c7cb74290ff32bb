"""Measures `lyhord import`: wall and CPU time, memory of the whole process tree, size on disk.

`python -m benchmarks.import_posts --count 200000` writes a Markdown table of `--repeat` runs, each
into a fresh data folder (under TMPDIR: let it be on the disk that counts, not in memory).
"""

import argparse
import hashlib
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import NamedTuple

import orjson

from benchmarks.posts import Row, generate

MIB = 2**20
EXPORT = ("export", "*", "--format", "jsonl")


class Run(NamedTuple):
    """One import: seconds, seconds of all processors, bytes, and the load average before."""

    wall: float
    cpu: float
    pss: float
    rss: float
    disk: float
    load: float


def start(
    arguments: Sequence[str],
    data: Path,
    *,
    stdout: int = subprocess.DEVNULL,
    stderr: int | None = None,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.Popen[bytes]:
    """Start `lyhord` on a data folder, in a session of its own."""
    return subprocess.Popen(  # noqa: S603 - it is the program that is measured
        [str(Path(sys.executable).with_name("lyhord")), *arguments],
        env={**os.environ, "LYHORD_DATA": str(data), **settings},
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )


def by_time(row: Row) -> str:
    """Sort key of a history as it was lived; a tombstone without a time comes last."""
    return str(row.get("deleted_at") or row.get("edited_at") or row.get("created_at", "~"))


def memory(session: int) -> tuple[int, int]:
    """Add up PSS (a page shared by n processes counts 1/n in each) and RSS of a session, bytes."""
    pss = rss = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # proc(5): the session is the fourth field behind the name, which may hold anything.
            if int((process / "stat").read_text().rpartition(")")[2].split()[3]) != session:
                continue
            lines = (process / "smaps_rollup").read_text().splitlines()[1:]
        except (OSError, IndexError):
            continue
        sizes = {name: value for name, _, value in (line.partition(":") for line in lines)}
        pss += int(sizes["Pss"].split()[0]) * 1024
        rss += int(sizes["Rss"].split()[0]) * 1024
    return pss, rss


def measure(arguments: Sequence[str], data: Path, *, every: float = 0.25) -> Run:
    """Run `lyhord` on a data folder and sample its memory each `every` seconds.

    CPU time is that of the process and of all descendants that were waited for.

    Raises:
        CalledProcessError: it did not end with 0.

    """
    load, peaks, done = os.getloadavg()[0], [(0, 0)], threading.Event()
    before = time.perf_counter()
    process = start(arguments, data)

    def sample() -> None:
        while not done.wait(every):
            peaks.append(memory(process.pid))

    sampler = threading.Thread(target=sample)
    sampler.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - before
    done.set()
    sampler.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    pss, rss = (max(column) for column in zip(*peaks, strict=True))
    return Run(wall, usage.ru_utime + usage.ru_stime, pss, rss, disk(data), load)


def disk(folder: Path) -> int:
    """Give the bytes that a folder's files occupy."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def read(arguments: Sequence[str], data: Path) -> Iterator[Row]:
    """Give the JSON Lines that `lyhord` writes of a data folder.

    Raises:
        CalledProcessError: it did not end with 0.

    """
    with start(arguments, data, stdout=subprocess.PIPE) as process:
        yield from map(orjson.loads, process.stdout or ())
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)


def write_posts(path: Path, count: int, *, seed: int, in_order: bool) -> None:
    """Write seeded posts to a file; `in_order` sorts them by time."""
    rows = generate(count, seed=seed)
    with path.open("wb") as file:
        for row in sorted(rows, key=by_time) if in_order else rows:
            file.write(orjson.dumps(row) + b"\n")


def imports(path: Path, count: int, repeat: int) -> Iterator[Run]:
    """Import a file of `count` posts again and again, each time from nothing."""
    for _ in range(repeat):
        with tempfile.TemporaryDirectory(prefix="lyhord-benchmark-") as data:
            yield measure(("import", str(path)), Path(data))
            if (found := sum(1 for _ in read(EXPORT, Path(data)))) != count:
                sys.exit(f"{found:,} posts can be read out, {count:,} were imported")


def machine() -> str:
    """Describe what the figures were measured on."""
    cores = len(os.sched_getaffinity(0))
    models = (
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    )
    model = next(models, platform.machine()).rpartition(": ")[2]
    loads = " ".join(f"{load:.2f}" for load in os.getloadavg())
    python = f"Python {platform.python_version()}"
    return f"{cores} cores ({model}), {python}, load average {loads} before"


def table(runs: Sequence[Run], count: int) -> str:
    """Write the runs and their medians as Markdown."""
    middle = Run(*(median(column) for column in zip(*runs, strict=True)))
    names = [str(number) for number in range(1, len(runs) + 1)] + ["**median**"]
    lines = [
        "| run | wall s | CPU s | posts/s | peak PSS MiB | peak RSS MiB | disk MiB | load before |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, run in zip(names, [*runs, middle], strict=True):
        sizes = " | ".join(f"{size / MIB:,.0f}" for size in (run.pss, run.rss, run.disk))
        speed = f"{run.wall:.1f} | {run.cpu:.1f} | {count / run.wall:,.0f}"
        lines.append(f"| {name} | {speed} | {sizes} | {run.load:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, and print a table; the program's own summary goes to stderr as it comes."""
    parser = argparse.ArgumentParser(prog="benchmarks.import_posts", description=__doc__)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--sorted", action="store_true", help="in order of time, as a history")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lyhord-posts-") as folder:
        path = Path(folder) / "posts.jsonl"
        write_posts(path, options.count, seed=options.seed, in_order=options.sorted)
        digest = hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
        print(
            f"{machine()}; {options.count:,} posts, {path.stat().st_size / MIB:,.0f} MiB, {digest}"
        )
        runs = list(imports(path, options.count, options.repeat))
    print(f"\n{table(runs, options.count)}")


if __name__ == "__main__":
    main()
