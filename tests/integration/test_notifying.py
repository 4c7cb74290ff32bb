"""Notifying for real: a webhook by HTTP, a mail by SMTP, and crashes between every two steps."""

import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from lyhord.adapters.apprise_notifier import AppriseNotifier
from lyhord.adapters.sqlite_state import SqliteState
from lyhord.errors import LyhordError, Misuse, Rejected, Retriable, Unsure
from lyhord.messages import messages

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
SECRET = "hemlig-4711"  # noqa: S105 - of nothing


class Receiver(ThreadingHTTPServer):
    """A webhook: keeps what it gets, answers with `status`, or hangs up instead."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.got: list[dict[str, Any]] = []
        self.status: int | None = 200

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that hung up."""

    def address(self, path: str = SECRET) -> str:
        return f"json://user:{SECRET}@127.0.0.1:{self.server_port}/{path}"


class _Answer(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status is None:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if self.server.status < 300:
            self.server.got.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(SECRET.encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Mailbox:
    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.got.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answer


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def mailto(port: int, to: str = "jour@example.org") -> str:
    return f"mailto://127.0.0.1:{port}?from=lyhord@example.org&to={to}&mode=insecure"


def test_a_webhook_gets_the_message_as_it_is(receiver: Receiver) -> None:
    body = "Rad 1 <b>å</b> & «ö»\nRad 2 \\n *x*"
    AppriseNotifier("jour", receiver.address()).notify(
        key="k", title="Många skriver", body=body, picture=PNG
    )
    [got] = receiver.got
    assert (got["title"], got["message"]) == ("Många skriver", body)
    assert [each["filename"] for each in got["attachments"]] == ["lyhord.png"]


def test_a_mail_is_plain_text_with_the_picture(mail: tuple[Mailbox, int]) -> None:
    box, port = mail
    body = "23 inlägg <i>\n– «Vatten på Storgatan»"
    AppriseNotifier("jour", mailto(port)).notify(
        key="k", title="Många skriver i Örebro", body=body, picture=PNG
    )
    [got] = box.got
    assert got["Subject"] == "Många skriver i Örebro"
    assert got["To"] == "jour@example.org"
    parts = [part for part in got.walk() if not part.is_multipart()]
    texts = [part.get_content() for part in parts if part.get_content_type() == "text/plain"]
    assert [text.replace("\r", "").strip() for text in texts] == [body]
    assert [part.get_content() for part in parts if part.get_content_type() == "image/png"] == [PNG]
    assert "text/html" not in {part.get_content_type() for part in parts}


@pytest.mark.parametrize(
    ("status", "kind"),
    [(503, Retriable), (429, Retriable), (404, Rejected), (401, Rejected), (504, Unsure)],
)
def test_what_the_service_answers_tells_what_to_do(
    receiver: Receiver,
    status: int,
    kind: type[LyhordError],
    capfd: pytest.CaptureFixture[str],
) -> None:
    receiver.status = status
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    handler.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    with pytest.raises(kind) as problem:
        AppriseNotifier("jour", receiver.address()).notify(key="k", title="t", body="timed out")
    assert str(problem.value) == f"json: the service answered HTTP {status}"
    logging.getLogger().removeHandler(handler)
    assert SECRET not in logged.getvalue() + "".join(capfd.readouterr())


def test_a_connection_that_breaks_leaves_it_open(receiver: Receiver) -> None:
    receiver.status = None
    with pytest.raises(Unsure) as problem:
        AppriseNotifier("jour", receiver.address()).notify(key="k", title="t", body="b")
    assert SECRET not in repr(problem.value)


def test_nobody_there_was_told_nothing(mail: tuple[Mailbox, int]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for address in (f"json://127.0.0.1:{port}/{SECRET}", mailto(port)):
        with pytest.raises(Retriable) as problem:
            AppriseNotifier("jour", address).notify(key="k", title="t", body="b")
        assert str(problem.value).endswith("could not be reached")
    box, port = mail
    box.answer = "451 later"
    with pytest.raises(Retriable):
        AppriseNotifier("jour", mailto(port)).notify(key="k", title="t", body="b")


@pytest.mark.parametrize(
    "address",
    [f"nosuch://{SECRET}", f"slack://{SECRET}", mailto(25, f"a@example.org,{SECRET}@example.org")],
)
def test_an_address_that_cannot_be_used_is_refused_without_being_told(address: str) -> None:
    with pytest.raises(Misuse) as problem:
        AppriseNotifier("jour", address)
    assert SECRET not in str(problem.value)
    assert "recipient jour" in str(problem.value)


TELLING = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from lyhord.adapters.apprise_notifier import AppriseNotifier
from lyhord.adapters.sqlite_state import SqliteState
from lyhord.alerting.alerts import Alert
from lyhord.recipients import RecipientSettings
from services.alert.notifying import tell
now = datetime(2026, 3, 3, 13, 30, tzinfo=UTC)
alerts = [
    Alert(str(n), "volym", str(n), code, None, now, now, None, 9, 1, 9, 9, 9, False)
    for n, code in enumerate(["1880", "1780", "0180"])
]
recipients = [RecipientSettings(name="jour", address=sys.argv[1])]
ways = {"jour": AppriseNotifier("jour", sys.argv[1])}
minute = int(sys.argv[3])
tell(alerts, recipients, SqliteState(Path(sys.argv[2])), ways, now + timedelta(minutes=minute))
"""


@pytest.mark.parametrize("reaches", [1, 3])
@pytest.mark.parametrize(
    ("point", "lost"),
    [
        ("alert.outbox.put.after", 0),
        ("alert.sending.after", 1),
        ("alert.sent.before", 0),
        ("alert.sent.after", 0),
    ],
)
def test_no_crash_tells_anything_twice_and_what_it_leaves_open_is_said(
    receiver: Receiver, tmp_path: Path, point: str, lost: int, reaches: int
) -> None:
    def run(minute: int, crash: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-c", TELLING, receiver.address(), tmp_path / "s.db", str(minute)],
            env={**os.environ, "LYHORD_CRASH_AT": crash},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert run(0, f"{point}:{reaches}").returncode == -signal.SIGKILL
    again = run(5)
    assert (again.returncode, run(10).returncode) == (0, 0)
    titles = [got["title"] for got in receiver.got]
    assert len(titles) == len(set(titles)) == 3 - lost
    unsure = int(point in {"alert.sending.after", "alert.sent.before"})
    stages = [each.stage for each in messages(SqliteState(tmp_path / "s.db"))]
    assert sorted(stages) == sorted(["perhaps"] * unsure + ["sent"] * (3 - unsure))
    assert again.stdout.count("message perhaps sent, not sent again") == unsure
