"""Servers of a benchmark's own: Kafka and Elasticsearch in a folder that goes with them."""

import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.fault_scenarios.run import Servers
from deploy.local.elasticsearch import ElasticsearchServer
from deploy.local.errors import StartFailed, Unavailable
from deploy.local.kafka import KafkaServer

_MISSING = 3


@contextmanager
def own_servers(*, full_speed: bool) -> Iterator[Servers]:
    """Start both; they end with the block, however it ends (SIGTERM too), or with this process.

    Ends the program where this machine cannot start them. `full_speed` takes longer to start.
    """
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="lyhord-servers-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        # Elasticsearch, run as nobody, has to enter.
        folder.chmod(0o755)
        servers = Servers(
            KafkaServer(folder / "kafka", fast_start=not full_speed),
            ElasticsearchServer(folder / "elasticsearch", fast_start=not full_speed),
        )
        for server in servers:
            stack.callback(server.kill)
        try:
            with ThreadPoolExecutor() as pool:
                list(pool.map(lambda server: server.start(), servers))
        except (Unavailable, StartFailed) as problem:
            print(problem, file=sys.stderr)
            sys.exit(_MISSING)
        yield servers
