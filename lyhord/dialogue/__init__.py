"""Dialogue: posts become threads, and threads tell who waits for an answer, and since when."""

from lyhord.dialogue.members import Member
from lyhord.dialogue.threads import STATUSES, Status, Thread, rank, threads_of

__all__ = ["STATUSES", "Member", "Status", "Thread", "rank", "threads_of"]
