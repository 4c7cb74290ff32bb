"""Errors survive the way from one process to another."""

import pickle

import pytest

from lyhord.errors import Fatal, LyhordError, Misuse, Rejected, Retriable, Unavailable
from lyhord.query.errors import QueryError


@pytest.mark.parametrize(
    "error",
    [
        Retriable("away", after=2.5),
        Rejected("is wrong", field="id"),
        Fatal("broken", exit_code=70),
        Misuse("no"),
        Unavailable("gone"),
        QueryError("paren", 7),
    ],
)
def test_errors_are_the_same_after_pickling(error: LyhordError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)
