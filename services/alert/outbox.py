"""The outbox: messages are written down before they are sent, and none is sent twice.

A message is marked `sending`, durably, before it leaves, and `sent` after. What a crash leaves in
`sending` may have been sent: it is never sent again, and stands there as perhaps sent.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from lyhord.crashpoints import reach
from lyhord.errors import Rejected, Retriable, Unsure
from lyhord.messages import KIND, Message, messages
from lyhord.ports import Notifier, State

log = structlog.get_logger()

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
_GIVE_UP = timedelta(hours=24)
"""What could not be sent so long after it was due helps nobody any more."""
Later = Callable[[str, datetime], datetime]
"""Puts off a recipient's message to when it may be sent."""


class Outbox:
    """The messages in `state`, of which one process at a time may have an outbox.

    Raises:
        Retriable: the state cannot be read or written now; go on with a new outbox.

    """

    def __init__(self, state: State, now: datetime) -> None:
        self._state, self._now = state, now
        self._messages = {each.key: each for each in reversed(messages(state))}
        for each in list(self._messages.values()):
            if each.stage == "sending":
                self._perhaps(each, "Lyhörd stopped while it was being sent")

    def __contains__(self, key: str) -> bool:
        return key in self._messages

    def of(self, recipient: str) -> list[Message]:
        """Give a recipient's messages, in the order of their last change."""
        return [each for each in self._messages.values() if each.recipient == recipient]

    def put(self, message: Message) -> None:
        """Write a message down; one that is there already stays as it is."""
        if message.key in self._messages:
            return
        self._write(message)
        reach("alert.outbox.put.after")

    def change(self, message: Message, **changes: Any) -> Message:
        """Write down what has changed of a message; give it as it is now."""
        changed = message._replace(**changes)
        if changed != message:
            self._write(changed)
        return changed

    def send(self, notifiers: Mapping[str, Notifier], later: Later) -> None:
        """Send what is due, the oldest first; what fails is put off, and at last set aside."""
        due = [
            each
            for each in self._messages.values()
            if each.stage == "waiting" and each.due <= self._now
        ]
        for message in sorted(due, key=lambda each: (each.due, each.first)):
            self._send(message, notifiers.get(message.recipient), later)

    def _send(self, message: Message, notifier: Notifier | None, later: Later) -> None:
        if notifier is None:
            self._set_aside(message, "the settings have no such recipient any more")
            return
        sending = self.change(message, stage="sending", at=self._now)
        reach("alert.sending.after")
        try:
            notifier.notify(
                key=message.key, title=message.title, body=message.body, picture=message.picture
            )
        except Retriable as problem:
            self._put_off(sending, problem, later)
            return
        except Rejected as problem:
            self._set_aside(sending, str(problem))
            return
        except Unsure as problem:
            self._perhaps(sending, str(problem))
            return
        reach("alert.sent.before")
        self.change(sending, stage="sent", at=self._now, body="", picture=None, reason="")
        reach("alert.sent.after")

    def _put_off(self, message: Message, problem: Retriable, later: Later) -> None:
        if self._now - message.first >= _GIVE_UP and message.tries > 0:
            self._set_aside(message, f"given up after {message.tries + 1} tries: {problem}")
            return
        doubled = _FIRST_PAUSE * 2 ** min(message.tries, 10)
        pause = max(min(doubled, _LONGEST_PAUSE), timedelta(seconds=problem.after))
        due = later(message.recipient, self._now + pause)
        self.change(
            message,
            stage="waiting",
            at=self._now,
            tries=message.tries + 1,
            due=due,
            reason=str(problem),
        )
        log.warning(
            "message not sent, trying again",
            recipient=message.recipient,
            key=message.key,
            tries=message.tries + 1,
            problem=str(problem),
        )

    def _set_aside(self, message: Message, reason: str) -> None:
        self.change(message, stage="failed", at=self._now, reason=reason)
        log.error("message set aside", recipient=message.recipient, key=message.key, problem=reason)

    def _perhaps(self, message: Message, reason: str) -> None:
        self.change(message, stage="perhaps", at=self._now, reason=reason)
        log.error(
            "message perhaps sent, not sent again",
            recipient=message.recipient,
            key=message.key,
            problem=reason,
        )

    def _write(self, message: Message) -> None:
        self._state.put(KIND, message.key, message.value())
        self._messages[message.key] = message
