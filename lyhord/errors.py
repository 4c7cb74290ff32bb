"""Errors whose class says what to do next: retry, set aside, or stop."""

from typing import Any

INTERNAL = 70
"""Exit code for a mistake of ours (EX_SOFTWARE of sysexits.h)."""


class LyhordError(Exception):
    """Any error that Lyhörd raises on purpose; it can be sent from one process to another."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[LyhordError], arguments: tuple[Any, ...], state: dict[str, Any]) -> Any:
    # Exceptions are rebuilt from their positional arguments alone, and ours have others.
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class Retriable(LyhordError):  # noqa: N818 - the name says what to do, not that it is an error
    """The same call may succeed later.

    Args:
        message: what went wrong.
        after: seconds to wait before the next try.

    """

    def __init__(self, message: str, *, after: float) -> None:
        super().__init__(message)
        self.after = after


class Switched(Retriable):
    """A replay has switched to another index: open the store anew, give it the same again."""

    def __init__(self) -> None:
        super().__init__("a replay has switched to another index, which is opened now", after=0.0)


class Unsure(LyhordError):  # noqa: N818 - as above
    """It may have been done, and nobody knows: do not try again where twice is worse than never.

    Args:
        reason: why, in words for whoever looks after it.

    """


class Rejected(LyhordError):  # noqa: N818 - as above
    """One record will never be accepted as it is: set it aside, go on with the next.

    Args:
        reason: why, in words for whoever mends the record.
        field: the dotted name of the field at fault, where there is one.

    """

    def __init__(self, reason: str, *, field: str | None = None) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field


class Fatal(LyhordError):  # noqa: N818 - as above
    """Nothing more can be done: stop and tell the user.

    Args:
        message: what went wrong and what the user can do.
        exit_code: the process's exit code: 2 = wrong use, 3 = a server is away, 70 = a
            mistake of ours.

    """

    def __init__(self, message: str, *, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Misuse(Fatal):
    """Wrong use: a setting, an option or a query that cannot be meant (exit 2)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, exit_code=2)


class Unavailable(Fatal):
    """A server, or the lease of the embedded index, cannot be had (exit 3)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, exit_code=3)
