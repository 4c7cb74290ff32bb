"""The page's server, in a thread of the process that asks for it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn

from lyhord import wiring
from lyhord.errors import Unavailable
from lyhord.settings import Settings
from services.web.app import create_app
from services.web.rules_api import open_desk

log = structlog.get_logger()

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@contextmanager
def serve(settings: Settings) -> Iterator[str]:
    """Serve the page while the block runs; gives its address.

    Raises:
        Misuse: a topics file or a register that the settings name has mistakes.
        Unavailable: the address and port cannot be had.

    """
    topics, known = wiring.own_topics(settings), wiring.registers(settings)
    listener = _listen(settings.web_host, settings.web_port)
    port = listener.getsockname()[1]
    hosts = [*_LOOPBACK, "[::1]"] if settings.web_host in _LOOPBACK else ["*"]
    store, state = wiring.open_store(settings), wiring.open_state(settings)
    desk = open_desk(settings)
    app = create_app(store, hosts=hosts, topics=topics, known=known, state=state, desk=desk)
    config = uvicorn.Config(app, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="web", daemon=True
    )
    thread.start()
    address = f"http://{settings.web_host}:{port}/"
    log.info("the page is open", address=address)
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
        desk.state.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as problem:
        listener.close()
        raise Unavailable(
            f"the page cannot listen on {host}:{port} ({problem.strerror}); "
            "choose another port with LYHORD_WEB_PORT"
        ) from None
    return listener
