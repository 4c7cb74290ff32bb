"""A municipality's own topics: the file that the setting `topics` names."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lyhord.errors import Misuse

STOP = "stop"
"""The file's words without a topic, beside its topics."""


class OwnTopic(NamedTuple):
    """What a topic is called, and what it means where the file says so."""

    name: str
    description: str | None


def read(file: Path) -> dict[str, Any]:
    """Read the topics by label: `name`, `seeds` by weight, and `description` where there is one.

    Raises:
        Misuse: the file is not there, is no TOML, or lacks a topic's name or seeds.

    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misuse(f"{file}: the topics cannot be read: {error}") from error
    for label, table in _topics(tables).items():
        if not (isinstance(table, dict) and "name" in table and "seeds" in table):
            raise Misuse(f"{file}: topic {label} needs a name and seeds")
        if not _are_seeds(table["seeds"]):
            raise Misuse(f"{file}: topic {label}: seeds are words in a text, grouped by weights")
        if not isinstance(table.get("description", ""), str):
            raise Misuse(f"{file}: topic {label}: the description is a text")
    return tables


def described(file: Path) -> dict[str, OwnTopic]:
    """Read what the topics are called and mean, by label.

    Raises:
        Misuse: as `read`.

    """
    return {
        label: OwnTopic(str(table["name"]), table.get("description"))
        for label, table in _topics(read(file)).items()
    }


def _topics(tables: Mapping[str, Any]) -> dict[str, Any]:
    return {label: table for label, table in tables.items() if label != STOP}


def _are_seeds(seeds: Any) -> bool:
    return isinstance(seeds, dict) and all(
        weight.removeprefix("-").isdecimal() and isinstance(words, str)
        for weight, words in seeds.items()
    )
