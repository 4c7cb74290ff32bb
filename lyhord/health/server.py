"""The two answers by HTTP: `/health` for whoever restarts a service, `/metrics` for Prometheus."""

import json
import socket
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, NamedTuple

import structlog
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from lyhord.errors import Unavailable
from lyhord.health.metrics import registry
from lyhord.health.watch import Watch, watching
from lyhord.telemetry import Telemetry

log = structlog.get_logger()


class Answer(NamedTuple):
    """What is answered to a GET."""

    status: HTTPStatus
    kind: str
    body: bytes


@contextmanager
def serve(
    host: str, port: int, components: Collection[Telemetry], watches: Mapping[str, Watch]
) -> Iterator[str]:
    """Answer while the block runs; gives the address.

    Args:
        host: the address to listen on.
        port: as above; 0 = any that is free.
        components: what they counted is in `/metrics`.
        watches: component → its watch; what all of them say is `/health`.

    Raises:
        Unavailable: the address and port cannot be had.

    """
    metrics = registry(components, watches)
    server = _listen(host, port)
    server.answers = {
        "/health": lambda: health(watches),
        "/metrics": lambda: Answer(
            HTTPStatus.OK, CONTENT_TYPE_PLAIN_0_0_4, generate_latest(metrics)
        ),
    }
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    address = f"http://{host}:{server.server_address[1]}"
    log.info("health is told", health=f"{address}/health", metrics=f"{address}/metrics")
    try:
        with watching(watches.values()):
            yield address
    finally:
        server.shutdown()
        server.server_close()


def health(watches: Mapping[str, Watch]) -> Answer:
    """Tell whether every stage gets on, and if not, why not."""
    troubles = {name: watch.trouble() for name, watch in watches.items()}
    reasons = [f"{name}: {trouble}" for name, trouble in troubles.items() if trouble]
    told: dict[str, Any] = {"alive": not reasons}
    if reasons:
        told["reason"] = "; ".join(reasons)
    told["lag"] = {name: watch.lag() for name, watch in watches.items()}
    status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
    return Answer(status, "application/json", json.dumps(told, ensure_ascii=False).encode() + b"\n")


class _Server(ThreadingHTTPServer):
    answers: Mapping[str, Callable[[], Answer]]

    def server_bind(self) -> None:
        # HTTPServer's own asks the name service what this machine is called, which can take long.
        TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what broke; that somebody went away is nothing."""
        del request, client_address
        problem = sys.exc_info()[1]
        if not isinstance(problem, OSError):
            log.error("no answer about health", problem=repr(problem))


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 5
    server_version, sys_version = "lyhord", ""

    def do_GET(self) -> None:
        """Answer."""
        answer = self._head()
        self.wfile.write(answer.body)

    def do_HEAD(self) -> None:
        """Answer without the body."""
        self._head()

    def log_message(self, *_: Any) -> None:
        """Say nothing: probes come every few seconds."""

    def _head(self) -> Answer:
        give = self.server.answers.get(self.path.partition("?")[0])
        told = f"{' and '.join(self.server.answers)} are here\n".encode()
        answer = give() if give else Answer(HTTPStatus.NOT_FOUND, "text/plain", told)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        return answer


def _listen(host: str, port: int) -> _Server:
    try:
        return (_Server6 if ":" in host else _Server)((host, port), _Handler)
    except OSError as problem:
        raise Unavailable(
            f"health cannot be told on {host}:{port} ({problem.strerror}); "
            "choose another port with LYHORD_HEALTH_PORT"
        ) from None
