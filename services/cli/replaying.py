"""`lyhord replay`: every post tagged anew, into a new index that then takes the old one's place."""

import os
import time
from collections.abc import Callable
from contextlib import ExitStack, closing

import structlog

from lyhord import wiring
from lyhord.crashpoints import reach
from lyhord.errors import Unavailable
from lyhord.rebuilding import Lost, Rebuild
from lyhord.telemetry import Telemetry
from services.cli import output
from services.cli.embedded import interrupts_blocked
from services.cli.importing import SOME_REJECTED
from services.cli.progress import Bar
from services.cli.refilling import Refill
from services.enrich.driver import BATCH
from services.enrich.nlp.versions import model_name
from services.enrich.pool import Pool

log = structlog.get_logger()

NEAR = BATCH
"""Posts still to be taken at which the writers of the old index can be kept waiting for them."""
_TRIES = 5


def run_replay(*, keep: bool, allow_fewer: bool) -> int:
    """Replay and tell how it went; give the exit code.

    Raises:
        Unavailable: another replay is at work here, or the log lacks posts that the index has.
        Retriable: the log or the store cannot be reached.

    """
    output.log_to_stderr()
    settings = output.settings()
    telemetry = Telemetry("replay")
    start = time.perf_counter()
    with ExitStack() as stack:
        stack.enter_context(wiring.lease(settings, "replay"))
        source = stack.enter_context(closing(wiring.open_log(settings)))
        model = model_name(settings.topics)
        rebuild = stack.enter_context(closing(wiring.open_rebuild(settings, model)))
        workers = settings.workers or os.cpu_count() or 1
        with interrupts_blocked():
            pool = stack.enter_context(
                closing(Pool(workers, topics=settings.topics, names=settings.names))
            )
            for _ in range(workers):
                pool.submit(())  # starts a process
        refill = Refill(source, pool, rebuild.store, telemetry, depth=2 * workers)
        Replay(rebuild, refill, telemetry).run(allow_fewer=allow_fewer)
        seconds = time.perf_counter() - start
        rate = telemetry.received / seconds
        output.say(
            f"{telemetry.received:,} entries of the log tagged by {model} into {rebuild.name}, "
            f"{telemetry.rejected:,} rejected, in {seconds:.1f} s ({rate:,.0f} posts/s)"
        )
        output.say(_fate(rebuild, keep=keep))
    if telemetry.rejected:
        output.say("`lyhord rejected` tells which posts, and why")
    return SOME_REJECTED if telemetry.rejected else 0


class Replay:
    """Fills a new index and switches to it such that nothing is missing in it."""

    def __init__(self, rebuild: Rebuild, refill: Refill, telemetry: Telemetry) -> None:
        self._rebuild, self._refill, self._telemetry = rebuild, refill, telemetry

    def run(self, *, allow_fewer: bool) -> None:
        """Catch up, put the fence up before the old index's writers, take what is left, and switch.

        What the writers took for done before that comes from posts that were on the log then, and
        these are read here; what they did not comes again, to be written to the new index.

        Raises:
            Unavailable: the log lacks posts that the serving index has, or the fence was taken
                down again and again.
            Retriable: the log or the store was away for too long.

        """
        with Bar("replaying") as bar:

            def show() -> None:
                bar.show(*self._refill.progress())

            for _ in range(_TRIES):
                self._catch_up(show)
                try:
                    self._rebuild.fence()
                    serving = self._rebuild.size_of_serving()
                    self._refill.fill(self._rebuild.fence)
                    show()
                    if not allow_fewer:
                        self._compare(serving)
                    reach("replay.switch.before")
                    self._rebuild.switch()
                    reach("replay.switch.after")
                except Lost as problem:
                    log.warning("switching again", problem=str(problem))
                else:
                    return
        raise Unavailable(
            "nothing was switched: the switch took too long, or another replay began meanwhile "
            "on another machine; start `lyhord replay` again when the log is quieter"
        )

    def _catch_up(self, show: Callable[[], None]) -> None:
        """Follow the log until little is left, or no less than before."""
        self._refill.fill(show)
        before, now = 0, self._refill.left()
        while now > NEAR and (before == 0 or now < before / 2):
            self._refill.fill(show)
            before, now = now, self._refill.left()

    def _compare(self, serving: int) -> None:
        """Refuse to replace an index by one that lacks posts of it."""
        new = self._rebuild.size_of_new()
        if new + self._telemetry.rejected < serving:
            raise Unavailable(
                f"the new index has {new:,} posts, the old one {serving:,}: the log no longer has "
                "them all. Nothing was switched; with --allow-fewer, the difference would be lost"
            )


def _fate(rebuild: Rebuild, *, keep: bool) -> str:
    if keep:
        return "the old index is kept until the next replay"
    if rebuild.remove_old():
        return "the old index is removed"
    return "the old index is still being written by another process; the next replay removes it"
