"""Real Kafka and Elasticsearch on one Linux machine, without Docker: fetch, start, stop, status.

    python deploy/local/servers.py start --folder data/servers

`start` prints `LYHORD_LOG=…` and `LYHORD_STORE=…` on stdout and leaves the servers running; what
else there is to say goes to stderr. Exit 0 = done, 1 = a server did not come up, 2 = wrong use,
3 = something is missing on this machine (Java, Maven, the network) or, for `status`, not running.
"""

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

# Called by its path, Python looks for modules in this folder; they go by their full names.
if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from deploy.local.elasticsearch import ElasticsearchServer
from deploy.local.errors import StartFailed, Unavailable
from deploy.local.kafka import KafkaServer
from deploy.local.lifecycle import LocalServer
from deploy.local.maven import cache_folder

SERVERS: dict[str, type[LocalServer]] = {"kafka": KafkaServer, "elasticsearch": ElasticsearchServer}
Command = Callable[[str, argparse.Namespace], "Outcome"]


class Outcome(NamedTuple):
    """What a command has to say, and its exit code."""

    code: int
    out: str = ""
    error: str = ""


def main() -> int:
    """Do what the command line says, for all servers at the same time."""
    options = arguments().parse_args()
    command = {"fetch": fetch, "start": start, "stop": stop, "status": status}[options.command]
    names = dict.fromkeys(options.servers or SERVERS)
    codes = []
    with ThreadPoolExecutor() as pool:
        for code, out, error in pool.map(lambda name: attempt(command, name, options), names):
            codes.append(code)
            if out:
                print(out, flush=True)
            if error:
                print(error, file=sys.stderr)
    return max(codes)


def arguments() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("command", choices=["fetch", "start", "stop", "status"])
    parser.add_argument("servers", nargs="*", type=known, help="kafka, elasticsearch; both if none")
    parser.add_argument("--folder", type=Path, default=cache_folder() / "data", help="their data")
    for name in SERVERS:
        parser.add_argument(f"--{name}-port", type=int, default=0, help="0 = a free one")
    parser.add_argument("--full-speed", action="store_true", help="slower to start; to benchmark")
    parser.add_argument(
        "--scratch",
        type=Path,
        metavar="FILE",
        help="for tests: once no process holds a shared flock on FILE, end and delete the data",
    )
    return parser


def known(name: str) -> str:
    """Accept the name of a server."""
    if name not in SERVERS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(SERVERS)}")
    return name


def attempt(command: Command, name: str, options: argparse.Namespace) -> Outcome:
    """Carry out a command for one server."""
    try:
        return command(name, options)
    except Unavailable as missing:
        return Outcome(3, error=str(missing))
    except StartFailed as failed:
        return Outcome(1, error=str(failed))


def fetch(name: str, _: argparse.Namespace) -> Outcome:
    """Fetch a server into the cache, and tell where it is."""
    return Outcome(0, str(SERVERS[name].fetch().home))


def start(name: str, options: argparse.Namespace) -> Outcome:
    """Start a server, and tell the setting that makes Lyhörd use it."""
    server = SERVERS[name](
        options.folder / name,
        port=getattr(options, f"{name}_port"),
        fast_start=not options.full_speed,
        stay=options.scratch is None,
        scratch=options.scratch,
    )
    return Outcome(0, f"{server.variable}={server.start().address}")


def stop(name: str, options: argparse.Namespace) -> Outcome:
    """End the server of a folder in good order; nothing to do is fine."""
    SERVERS[name](options.folder / name).stop()
    return Outcome(0)


def status(name: str, options: argparse.Namespace) -> Outcome:
    """Tell where a server runs."""
    server = SERVERS[name](options.folder / name)
    if server.running():
        return Outcome(0, f"{name} {server.address}")
    return Outcome(3, f"{name} does not run")


if __name__ == "__main__":
    sys.exit(main())
