"""The read-out form: a tagged post flat, as search, export and the page give it."""

from collections.abc import Mapping
from typing import Any


def readout(tagged: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten a tagged post, as JSON gives it.

    The post's and the tags' fields stand side by side; `id`, `thread_id` and `in_reply_to` are
    full (`source:id`).
    """
    flat = dict(tagged["post"])
    for name in ("id", "thread_id", "in_reply_to"):
        if flat[name] is not None:
            flat[name] = f"{flat['source']}:{flat[name]}"
    return flat | (tagged["tags"] or {})
