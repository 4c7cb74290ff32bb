"""Parsing what stands on the log: checked whole against the model, and given as JSON has it."""

import re
import types
import typing
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Annotated, Any, NamedTuple

import msgspec
import orjson
from pydantic import BaseModel

from lyhord.model import Tagged

_QUOTED = re.compile(r" '.*'(?= - at )", re.DOTALL)
"""A wrong label in msgspec's message: it may be anything, and is not to be repeated."""


class MalformedError(ValueError):
    """Bytes that are no tagged post; tells which field is at fault, and why."""


def key_text(key: bytes | None) -> str:
    """Give a record's key as text; bytes that are no UTF-8 stand there escaped."""
    return (key or b"").decode("utf-8", "backslashreplace")


def parse(value: bytes) -> tuple[str, dict[str, Any]]:
    """Give a tagged post's `source:id`, and what JSON makes of it.

    Every field has to be there, and no other: that is how this program writes them.

    Raises:
        MalformedError: it is no `Tagged`.

    """
    try:
        _CHECK.decode(value)
        tagged = orjson.loads(value)
    except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
        raise MalformedError(_QUOTED.sub("", str(problem))) from None
    return f"{tagged['post']['source']}:{tagged['post']['id']}", tagged


class Parsed(NamedTuple):
    """A value that is a tagged post: its place among the values, its key, and its JSON."""

    at: int
    key: str
    tagged: dict[str, Any]
    value: bytes


def parse_each(values: Sequence[bytes], refusals: list[str | None]) -> Iterator[Parsed]:
    """Parse values; why one is no tagged post goes into its place in `refusals`."""
    for at, value in enumerate(values):
        try:
            yield Parsed(at, *parse(value), value)
        except MalformedError as problem:
            refusals[at] = str(problem)


def unreadable(problem: Exception) -> str:
    """Say why a post that was parsed cannot be stored after all: some times only JSON knows."""
    return f"a time or a number in it cannot be read ({type(problem).__name__})"


def _struct(model: type[BaseModel]) -> Any:
    """Make of a model what msgspec checks in a tenth of the model's own time."""
    fields = [(name, _plain(field.annotation)) for name, field in model.model_fields.items()]
    return msgspec.defstruct(model.__name__, fields, forbid_unknown_fields=True, gc=False)


def _plain(annotation: Any) -> Any:
    if annotation is datetime:
        return Annotated[datetime, msgspec.Meta(tz=True)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _struct(annotation)
    inner = typing.get_args(annotation)
    match typing.get_origin(annotation):
        case typing.Annotated:
            marks = getattr(inner[1], "metadata", ())
            bounds = {
                name: getattr(mark, name)
                for mark in marks
                for name in ("ge", "le")
                if hasattr(mark, name)
            }
            return Annotated[_plain(inner[0]), msgspec.Meta(**bounds)]
        case typing.Union | types.UnionType:
            return reduce(or_, map(_plain, inner))
        case builtin if builtin is tuple:
            return builtin[_plain(inner[0]), ...]
    return annotation


_CHECK = msgspec.json.Decoder(_struct(Tagged))
