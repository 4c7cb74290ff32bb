"""Groups: what threads may be counted by."""

from typing import Literal

By = Literal["municipality", "department", "topic", "source", "month"]
BYS: tuple[By, ...] = ("municipality", "department", "topic", "source", "month")
