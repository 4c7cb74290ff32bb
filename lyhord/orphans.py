"""Orphans: a process that another one made ends when that one has died, however it died."""

import os
import threading
from multiprocessing import connection, parent_process


def end_with_parent() -> None:
    """End this process, without ceremony, as soon as the process that made it is no more."""
    threading.Thread(target=_watch, name="parent", daemon=True).start()


def _watch() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
    os._exit(1)
