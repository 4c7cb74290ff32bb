"""Dialogue: posts become threads, and threads tell who waits for an answer, and since when."""

from lyhord.dialogue.members import Member
from lyhord.dialogue.threads import (
    ORDERS,
    STATUSES,
    Order,
    Status,
    Thread,
    rank,
    threads_before,
    threads_of,
)

__all__ = [
    "ORDERS",
    "STATUSES",
    "Member",
    "Order",
    "Status",
    "Thread",
    "rank",
    "threads_before",
    "threads_of",
]
