"""Reading the values of fields: each by its field's kind, refused in words a user can act on."""

import math
import re
from datetime import date, datetime, timedelta

from lyhord import municipalities, times
from lyhord.query.errors import QueryError
from lyhord.query.fields import Field, FieldKind, Vocabulary
from lyhord.query.tree import FieldMatch, FieldPrefix, FieldRange, Node, Nothing, Value

_NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d{1,25})?(?:[eE][-+]?\d{1,3})?", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,15}", re.ASCII)
_PERIOD = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_COUNTY = re.compile(r"\d{2,4}", re.ASCII)
_BOOLEANS = {"true": True, "ja": True, "false": False, "nej": False}
_PLAIN = str.maketrans("åäö-", "aao_")

_Period = tuple[datetime, datetime]


def match(field: Field, text: str, position: int, vocabulary: Vocabulary) -> Node:
    """Read `field:text`; a bare day, month or year is the range of its moments.

    Raises:
        QueryError: the field has no such value.

    """
    if field.kind is FieldKind.TIME:
        start, end = _period(field, text, position)
        return FieldRange(field.name, start, end, include_upper=start == end, position=position)
    return FieldMatch(field.name, _value(field, text, position, vocabulary), position)


def prefix(field: Field, text: str, position: int) -> Node:
    """Read `field:text*`.

    Raises:
        QueryError: the field's values have no beginnings.

    """
    match field.kind:
        case FieldKind.KEYWORD | FieldKind.ID:
            return FieldPrefix(field.name, text, position)
        case FieldKind.FOLDED:
            return FieldPrefix(field.name, text.casefold(), position)
        case FieldKind.MUNICIPALITY if _COUNTY.fullmatch(text):
            return FieldPrefix(field.name, text, position)
        case FieldKind.MUNICIPALITY:
            reason = "municipality kan bara förkortas som kod, t.ex. municipality:18*"
        case _:
            reason = f"fältet {field.name} kan inte sökas med * efter en början"
    raise QueryError(reason, position)


def between(
    field: Field,
    lower: tuple[str, int] | None,
    upper: tuple[str, int] | None,
    *,
    include: tuple[bool, bool],
    position: int,
) -> Node:
    """Read a range, whose bounds are texts with their positions; None is an open end.

    With bare days, months and years, an included bound takes the whole period in, and an
    excluded one leaves the whole of it out.

    Raises:
        QueryError: the field has no order or no such value, or the range ends before it begins.

    """
    if not field.ordered:
        raise QueryError(f"fältet {field.name} har inga intervall", position)
    include_lower, include_upper = include
    low: Value | None = None
    high: Value | None = None
    if lower is not None:
        low, include_lower = _bound(field, *lower, include=include_lower, upper=False)
    if upper is not None:
        high, include_upper = _bound(field, *upper, include=include_upper, upper=True)
    if low is not None and high is not None:
        if low > high:  # type: ignore[operator]  # both are of the field's kind
            raise QueryError("intervallet slutar innan det börjar", position)
        if low == high and not (include_lower and include_upper):
            return Nothing(position)
    return FieldRange(field.name, low, high, include_lower, include_upper, position)


def _bound(
    field: Field, text: str, position: int, *, include: bool, upper: bool
) -> tuple[Value, bool]:
    if field.kind is not FieldKind.TIME:
        return _number(field, text, position), include
    start, end = _period(field, text, position)
    if start == end:
        return start, include
    return (end if include == upper else start), not upper


def _value(field: Field, text: str, position: int, vocabulary: Vocabulary) -> Value:
    match field.kind:
        case FieldKind.FOLDED:
            return text.casefold()
        case FieldKind.LABEL:
            return _label(field, text, position, vocabulary.labels(field))
        case FieldKind.MUNICIPALITY:
            return _municipality(text, position)
        case FieldKind.BOOLEAN:
            if (truth := _BOOLEANS.get(text.casefold())) is not None:
                return truth
            raise QueryError(f"{field.name} är antingen true (ja) eller false (nej)", position)
        case FieldKind.INTEGER | FieldKind.NUMBER:
            return _number(field, text, position)
        case _:
            return text


def _label(field: Field, text: str, position: int, known: tuple[str, ...]) -> str:
    label = text.casefold()
    if label in known:
        return label
    if (plain := label.translate(_PLAIN)) in known:
        return plain
    raise QueryError(
        f"{field.name} kan inte vara ”{text}”; det som finns är {', '.join(known)}", position
    )


def _municipality(text: str, position: int) -> str:
    code = text if municipalities.exists(text) else municipalities.code_of(text)
    if code is None:
        raise QueryError(
            f"”{text}” är ingen kommun; skriv SCB:s kod eller namnet, flera ord inom citattecken",
            position,
        )
    return code


def _number(field: Field, text: str, position: int) -> int | float:
    if field.kind is FieldKind.INTEGER:
        if not _INTEGER.fullmatch(text):
            raise QueryError(f"{field.name} är ett heltal, t.ex. {field.name}:>=5", position)
        return int(text)
    number = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else math.inf
    if math.isinf(number):
        raise QueryError(f"{field.name} är ett tal, t.ex. {field.name}:<0,5", position)
    return number


def _period(field: Field, text: str, position: int) -> _Period:
    """Give the half-open period that the text names; an instant has equal ends."""
    try:
        if found := _PERIOD.fullmatch(text):
            year, month, day = (int(part) if part else None for part in found.groups())
            return _local_period(year or 0, month, day)
        moment = times.parse(text)
    except (ValueError, OverflowError):
        raise QueryError(
            f"{field.name} är en tid: 2024, 2024-05, 2024-05-01 eller 2024-05-01T12:00:00+02:00",
            position,
        ) from None
    return moment, moment


def _local_period(year: int, month: int | None, day: int | None) -> _Period:
    first = date(year, month or 1, day or 1)
    if day:
        last = first + timedelta(days=1)
    elif month:
        last = date(year + month // 12, month % 12 + 1, 1)
    else:
        last = date(year + 1, 1, 1)
    return times.local_midnight(first), times.local_midnight(last)
