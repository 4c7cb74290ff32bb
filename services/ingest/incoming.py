"""The fields that a record may come with, and how strictly each is read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from lyhord import municipalities, times
from lyhord.errors import Rejected
from lyhord.model import AuthorRole, Metrics
from lyhord.unicode import clean

_MAX_SHORT = 2_000
_REDACTIONS = frozenset({"personnummer", "telefon", "e-post", "kortnummer"})


def _short(text: str) -> str:
    if len(text) <= _MAX_SHORT and text.isascii() and text.isprintable():
        return text
    if len(text) > _MAX_SHORT:
        raise ValueError(f"is longer than {_MAX_SHORT} characters")
    return clean(text)


def _whole_number_as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _identifier(text: str) -> str:
    text = _short(text)
    if not text.strip():
        raise ValueError("is empty")
    return text


def _time(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("is not an RFC 3339 time in a string")  # noqa: TRY004 - pydantic wants it
    return times.parse(value)


def _municipality(code: str) -> str:
    if not municipalities.exists(code):
        named = municipalities.code_of(code)
        hint = f"; {municipalities.name_of(named)}'s is {named}" if named else ""
        raise ValueError(f"is not a known SCB code of a municipality (four digits){hint}")
    return code


def _redactions(values: list[str]) -> list[str]:
    if not _REDACTIONS.issuperset(values):
        raise ValueError(f"knows only {', '.join(sorted(_REDACTIONS))}")
    return values


_Short = Annotated[str, AfterValidator(_short)]
_Identifier = Annotated[str, BeforeValidator(_whole_number_as_text), AfterValidator(_identifier)]
_Time = Annotated[datetime, BeforeValidator(_time)]


class _StrictMetrics(Metrics):
    model_config = ConfigDict(strict=True, extra="ignore")


class Incoming(BaseModel):
    """The fields that a post may come with; others are not read."""

    model_config = ConfigDict(strict=True, extra="ignore")

    source: str
    id: _Identifier
    account: _Short | None = None
    municipality: Annotated[str, AfterValidator(_municipality)] | None = None
    department: _Short | None = None
    author: Annotated[_Short, BeforeValidator(_whole_number_as_text)] | None = None
    author_role: AuthorRole | None = None
    text: str | None = None
    truncated: bool | None = None
    url: _Short | None = None
    created_at: _Time | None = None
    edited_at: _Time | None = None
    deleted_at: _Time | None = None
    fetched_at: _Time | None = None
    thread_id: _Identifier | None = None
    in_reply_to: _Identifier | None = None
    metrics: _StrictMetrics | None = None
    deleted: bool | None = None
    redactions: Annotated[list[str], AfterValidator(_redactions)] | None = None


class Partial(Incoming):
    """A post of which only the text has to be there."""

    source: str | None = None  # type: ignore[assignment]  # wider than Incoming's on purpose
    id: _Identifier | None = None  # type: ignore[assignment]  # as above


_Shape = TypeVar("_Shape", bound=Incoming)


def read(shape: type[_Shape], data: Mapping[str, Any]) -> _Shape:
    """Read a record's fields.

    Raises:
        Rejected: fields are missing or break the contract; the reason names them.

    """
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        raise Rejected("; ".join(_problem(item) for item in error.errors()[:5])) from None


def _problem(item: Any) -> str:
    field = ".".join(str(part) for part in item["loc"])
    if item["type"] == "missing":
        return f"{field}: is missing"
    message = item["msg"].removeprefix("Value error, ")
    return f"{field}: {message[:1].lower()}{message[1:]}"
