"""Reading rules: strictly, from TOML or JSON, with every mistake named at once."""

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lyhord.alerting.rules import Rule
from lyhord.errors import Misuse
from lyhord.unicode import clean

_MOST_MISTAKES = 20

Check = Callable[[Rule], Iterable[str]]
"""Gives what else is wrong with a rule, each as `field: why`."""


def read_rule(given: Mapping[str, Any], where: str, check: Check | None = None) -> Rule:
    """Read one rule from what JSON or TOML gave.

    Raises:
        Misuse: it has mistakes; all are named, `where` before each.

    """
    rule, problems = _read(given, check)
    if rule is None or problems:
        raise Misuse("\n".join(f"{where}: {problem}" for problem in problems[:_MOST_MISTAKES]))
    return rule


def read_rules(file: Path, check: Check | None = None) -> list[Rule]:
    """Read a TOML file of `[[rules]]` tables.

    Raises:
        Misuse: it cannot be read, or has mistakes; all are named, each with file, table and field,
            the first 20 of them.

    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        raise Misuse(f"{file}: cannot be read ({problem.strerror}); name a file that can") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as problem:
        raise Misuse(f"{file}: is no TOML in UTF-8: {problem}") from None
    listed = tables.pop("rules", [])
    problems = [f"{file}: {clean(key)}: is not known; rules are [[rules]] tables" for key in tables]
    if not isinstance(listed, list) or not all(isinstance(table, dict) for table in listed):
        raise Misuse(f"{file}: rules: should be [[rules]] tables")
    rules: list[Rule] = []
    first: dict[str, int] = {}
    for number, table in enumerate(listed, 1):
        where = f"{file}: table {number}"
        rule, mistakes = _read(table, check)
        problems += [f"{where}: {mistake}" for mistake in mistakes]
        name = (rule.name if rule else str(table.get("name", number))).casefold()
        if first.setdefault(name, number) != number:
            problems.append(f"{where}: name: stands in table {first[name]} already")
        elif rule is not None:
            rules.append(rule)
    if problems:
        more = len(problems) - _MOST_MISTAKES
        problems[_MOST_MISTAKES:] = [f"and {more:,} mistakes more"] if more > 0 else []
        raise Misuse("\n".join(problems))
    return rules


def _read(given: Mapping[str, Any], check: Check | None) -> tuple[Rule | None, list[str]]:
    try:
        # Through JSON: its arrays are read as tuples, and all else strictly.
        rule = Rule.model_validate_json(json.dumps(given, default=str))
    except ValidationError as error:
        return None, [problem for item in error.errors() for problem in _told(item)]
    except (ValueError, RecursionError) as error:
        return None, [f"the rule cannot be read: {error}"]
    return rule, [] if check is None else list(check(rule))


def _told(item: Any) -> list[str]:
    field = clean(".".join(map(str, item["loc"])))
    message: str = item["msg"].removeprefix("Value error, ")
    match item["type"]:
        case "missing":
            return [f"{field}: is missing"]
        case "extra_forbidden":
            return [f"{field}: is not known; see docs/alert-rules.md for what is"]
        case "string_pattern_mismatch" if field == "quiet_hours":
            return [f"{field}: should be two hours of the clock, such as 22-07"]
        case "string_pattern_mismatch":
            return [f"{field}: should be at most 60 letters, digits, spaces and .+-_"]
    return [f"{field}: {message}"] if field else message.split("\n")
