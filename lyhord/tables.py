"""Tables: small CSV files that the settings name, read strictly into records, row by row."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from lyhord import municipalities
from lyhord.errors import Misuse
from lyhord.formulas import unguard
from lyhord.model import Frozen
from lyhord.unicode import clean

MOST = 20
"""Mistakes that are told at once."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WHOLE = re.compile(r"\d{1,12}", re.ASCII)
_CUT_CODE = re.compile(r"\d{3}", re.ASCII)
_WORDS = {"missing": "is missing"}


def _code(text: str) -> str:
    try:
        return municipalities.meant(text)
    except Misuse as problem:
        hint = f"; is it 0{text}, without its 0?" if _CUT_CODE.fullmatch(text) else ""
        raise ValueError(f"{problem}{hint}") from None


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass  # a day that no calendar has
    raise ValueError(f"{value!r} is no day such as 2024-05-01")


def _whole(value: Any) -> Any:
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError(f"{value!r} is no whole number such as 20000")
    return value


Code = Annotated[str, AfterValidator(_code)]
"""A municipality, by SCB code or name; the SCB code."""
Day = Annotated[date, BeforeValidator(_day)]
"""A day as `2024-05-01`."""
Whole = Annotated[int, BeforeValidator(_whole), Field(gt=0)]
"""A whole number above 0, in digits alone."""

Row = TypeVar("Row", bound=Frozen)


def read_table(
    file: Path,
    kind: type[Row],
    *,
    unique: Sequence[str],
    context: Mapping[str, Any] | None = None,
) -> list[Row]:
    """Read a CSV file into records of a kind, in the file's order.

    The header names the kind's fields, in any order. UTF-8 or Windows-1252; `,`, `;` or tab. An
    empty cell is a missing value, and a `'` before a formula is no part of the cell.

    Args:
        file: the file.
        kind: the records.
        unique: the fields that no two rows may have the same, case aside.
        context: for the kind's validators.

    Raises:
        Misuse: the file cannot be read, a column is unknown or missing, or a row breaks the rules;
            each mistake is named by file, line and field, the first `MOST` of them.

    """
    rows, problems = [], []
    lines: dict[tuple[str, ...], int] = {}
    for line, cells, problem in _records(file, kind):
        if problem is not None:
            problems.append(f"{file}:{line}: {problem}")
            continue
        try:
            row = kind.model_validate(cells, context=context)
        except ValidationError as error:
            problems += [f"{file}:{line}: {each}" for each in _told(error)]
            continue
        key = tuple(str(getattr(row, name)).casefold() for name in unique)
        if (first := lines.setdefault(key, line)) == line:
            rows.append(row)
        else:
            problems.append(f"{file}:{line}: {unique[-1]}: stands on line {first} already")
    if problems:
        more = len(problems) - MOST
        problems[MOST:] = [f"and {more:,} mistakes more"] if more > 0 else []
        raise Misuse("\n".join(problems))
    return rows


def _told(error: ValidationError) -> Iterator[str]:
    for item in error.errors():
        why = _WORDS.get(item["type"]) or item["msg"].removeprefix("Value error, ")
        yield f"{'.'.join(map(str, item['loc']))}: {why}"


def _records(file: Path, kind: type[Frozen]) -> Iterator[tuple[int, dict[str, str], str | None]]:
    """Give each record's first line and its cells that are not empty, or what is wrong with it."""
    text = _text(file)
    header_end = text.find("\n")
    delimiter = max(",;\t", key=text[: header_end if header_end >= 0 else None].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    start = 1
    try:
        for record in reader:
            line, start = start, reader.line_num + 1
            cells = [clean(unguard(cell)).strip() for cell in record]
            if not any(cells):
                continue
            if header is None:
                header = cells
                _check(header, kind, f"{file}:{line}")
            elif len(cells) != len(header):
                why = f"has {len(cells)} cells where the header has {len(header)}"
                yield line, {}, why
            else:
                pairs = zip(header, cells, strict=True)
                yield line, {name: cell for name, cell in pairs if cell}, None
    except csv.Error as error:
        yield start, {}, f"is not valid CSV ({error}); is a quote never closed?"
    if header is None:
        raise Misuse(f"{file}:1: there is no header; it names {', '.join(kind.model_fields)}")


def _text(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as problem:
        raise Misuse(
            f"{file} cannot be read ({problem.strerror}); mend the setting that names it"
        ) from None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Misuse(f"{file} is neither UTF-8 nor Windows-1252; save it as UTF-8")


def _check(header: Sequence[str], kind: type[Frozen], where: str) -> None:
    fields = kind.model_fields
    known = ", ".join(fields)
    problems = [
        f"{name or 'a column without a name'}: is not known; columns are {known}"
        for name in header
        if name not in fields
    ]
    problems += [f"{name}: is there twice" for name in sorted(fields) if header.count(name) > 1]
    problems += [
        f"{name}: the column is missing"
        for name, field in fields.items()
        if field.is_required() and name not in header
    ]
    if problems:
        raise Misuse("\n".join(f"{where}: {problem}" for problem in problems[:MOST]))
