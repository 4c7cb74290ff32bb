"""Parsing what stands on the log: quickly where it is as it should be, with a reason where not."""

from typing import Any

import orjson
from pydantic import ValidationError

from lyhord.model import Tagged


def key_text(key: bytes | None) -> str:
    """Give a record's key as text; bytes that are no UTF-8 stand there escaped."""
    return (key or b"").decode("utf-8", "backslashreplace")


def key_of(value: bytes) -> tuple[str, Any]:
    """Give a tagged post's `source:id`, empty where it has none, and what JSON makes of it."""
    try:
        tagged = orjson.loads(value)
        return f"{tagged['post']['source']}:{tagged['post']['id']}", tagged
    except (KeyError, TypeError, ValueError):
        return "", None


def problem_with(value: bytes) -> str | None:
    """Tell what is wrong with a tagged post, or nothing."""
    try:
        Tagged.model_validate_json(value)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        return f"{where}: {problem['msg']}"
    return None
