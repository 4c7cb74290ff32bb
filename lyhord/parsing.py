"""Parsing what stands on the log: quickly where it is as it should be, with a reason where not."""

from typing import Any

import orjson
from pydantic import ValidationError

from lyhord.model import Tagged

_MOST_SHAPES = 10_000


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


class Shapes:
    """The shapes of tagged posts (names, and types of values) that the model has accepted before.

    To know one again takes a third of the model's time. Strings of a known shape may still be
    wrong, as a time that is none; what reads them has to see to that.
    """

    def __init__(self) -> None:
        self._known: set[Any] = set()

    def accept(self, tagged: Any, value: bytes) -> bool:
        """Tell whether a value, as JSON and in bytes, has the shape of a `Tagged`."""
        shape = _shape(tagged)
        if shape in self._known:
            return True
        if problem_with(value) is not None:
            return False
        if len(self._known) >= _MOST_SHAPES:
            self._known.clear()
        self._known.add(shape)
        return True


def _shape(value: Any) -> Any:
    if type(value) is dict:
        return tuple(value), tuple(map(_shape, value.values()))
    if type(value) is list:
        return frozenset(map(_shape, value))
    return type(value)
