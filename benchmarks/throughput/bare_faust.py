"""A Faust app that does nothing but count: what consuming costs before any work is done.

`python -m benchmarks.throughput.bare_faust BROKER TOPIC COUNT` prints events and CPU seconds each.
"""

import io
import os
import sys
import tempfile
import time
from typing import Any

import faust


def main() -> None:
    """Count until `COUNT` events have come, and print."""
    broker, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    app = faust.App(
        f"bare-{os.urandom(4).hex()}",
        broker=broker,
        store="memory://",
        web_enabled=False,
        datadir=tempfile.mkdtemp(),
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=8 * 2**20,
    )
    source = app.topic(
        topic,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
    )

    async def pass_through(stream: Any) -> None:
        seen, began, used = 0, 0.0, 0.0
        async for _ in stream:
            if not seen:
                began, used = time.perf_counter(), time.process_time()
            seen += 1
            if seen == count:
                wall, cpu = time.perf_counter() - began, time.process_time() - used
                print(count / wall, cpu / count, flush=True)
                os._exit(0)

    app.agent(source, name="count")(pass_through)
    # It draws on the terminal otherwise.
    aside = io.StringIO()
    worker = faust.Worker(app, loglevel="ERROR", quiet=True, redirect_stdouts=False, stdout=aside)
    worker.execute_from_commandline()


if __name__ == "__main__":
    main()
