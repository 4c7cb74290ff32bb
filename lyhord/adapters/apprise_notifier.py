"""Notifying over apprise: mail, Teams, Slack, Mattermost, ntfy, text messages, webhooks."""

import logging
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from lyhord.errors import Misuse, Rejected, Retriable, Unsure

log = structlog.get_logger()

_AFTER = 60.0
_READ_TIMEOUT = 30.0
_STATUS = re.compile(r"error=(\d{3})\b")
_LOUD = {"WARNING", "ERROR", "CRITICAL"}
_GATEWAY_TIMEOUT = 504
_NEVER = {400, 401, 403, 404, 405, 410, 413, 422}
"""HTTP statuses that another try does not change while the settings stay as they are."""
_MAYBE = re.compile(
    r"timed out|aborted|reset by peer|disconnected|unexpectedly closed|broken pipe|unhandled"
    r"|EOF occurred|^Sent ",
    re.IGNORECASE,
)
_NOT_BEGUN = re.compile(
    r"connect timeout|refused|NameResolutionError|Name or service not known|unreachable"
    r"|No route to host|Temporary failure in name resolution|CERTIFICATE_VERIFY_FAILED"
)


class AppriseNotifier:
    """A `Notifier` to the one receiver that an apprise address names; nothing is opened here.

    Neither its errors nor its logs hold anything of the address but the scheme: tokens stand in
    every part of such addresses, the host's too.

    Raises:
        Misuse: apprise knows no such address, or it names several receivers.

    """

    def __init__(self, name: str, address: str) -> None:
        import apprise

        # What apprise logs says why it failed, and holds addresses: it is read here alone.
        logger = logging.getLogger(apprise.LOGGER_NAME)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        self._name, self._scheme = name, address.partition("://")[0].lower()
        asset = apprise.AppriseAsset(
            app_id="Lyhörd",
            app_desc="Lyhörd",
            async_mode=False,
            secure_logging=True,
            storage_mode=apprise.PersistentStoreMode.MEMORY,
            service_timeout=0,
        )
        self._apprise = apprise.Apprise(asset=asset)
        self._text = apprise.NotifyFormat.TEXT
        if not self._apprise.add(address):
            raise Misuse(
                f"recipient {name}: the address ({self._scheme}://…) is none that apprise knows; "
                "see https://appriseit.com for how they are written"
            )
        [service, *others] = list(self._apprise)
        if others or len(service) > 1:
            raise Misuse(
                f"recipient {name}: the address ({self._scheme}://…) names several receivers; give "
                "each a [[recipients]] table, so that one can be tried again without the others"
            )
        service.service_retry = 0
        service.socket_read_timeout = max(service.socket_read_timeout, _READ_TIMEOUT)

    def notify(self, *, key: str, title: str, body: str, picture: bytes | None = None) -> None:
        """See `Notifier.notify`."""
        lines: list[tuple[str, str]] = []
        with tempfile.TemporaryDirectory(prefix="lyhord-") as folder:
            attached: list[str] = []
            if picture is not None:
                file = Path(folder, "lyhord.png")
                file.write_bytes(picture)
                attached.append(str(file))
            done = self._send(lines, title=title, body=body, attach=attached or None)
        if not done:
            raise self._problem(lines)
        log.info("message sent", recipient=self._name, way=self._scheme, key=key)

    def _send(self, lines: list[tuple[str, str]], **message: Any) -> bool:
        def heard(entry: Any, _: Any) -> None:
            lines.append((entry.level, entry.message))

        return bool(
            self._apprise.notify(
                **message,
                body_format=self._text,
                interpret_escapes=False,
                log_callback=heard,
                log_level=logging.DEBUG,
            )
        )

    def _problem(self, lines: Sequence[tuple[str, str]]) -> Exception:
        """Say what went wrong, by what apprise logged, of which nothing is passed on."""
        # Others hold the message itself, whose words tell nothing of the way.
        heard = [
            line
            for level, line in lines
            if level in _LOUD or line.startswith(("Socket Exception", "Sent "))
        ]
        found = _STATUS.search("\n".join(heard))
        if found:
            status, told = int(found[1]), f"{self._scheme}: the service answered HTTP {found[1]}"
            if status == _GATEWAY_TIMEOUT:
                return Unsure(told)
            return Rejected(told) if status in _NEVER else Retriable(told, after=_AFTER)
        if any(map(_MAYBE.search, heard)) and not any(map(_NOT_BEGUN.search, heard)):
            return Unsure(f"{self._scheme}: the connection broke before the service had answered")
        return Retriable(f"{self._scheme}: the service could not be reached", after=_AFTER)
