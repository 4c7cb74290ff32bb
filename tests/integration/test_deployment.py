"""docker-compose.yml's own commands and environment, run against a real Kafka and Elasticsearch."""

import json
import os
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.deployment import COMPOSE, ROOT, Service, filled_in, services
from tests.waiting import free_port, until

BIN = Path(sys.executable).parent
POSTS = ROOT / "examples" / "posts.jsonl"

Start = Callable[[str], "subprocess.Popen[bytes]"]


class Deployment:
    """The services of the file on this machine: only hosts, ports, folders and the name differ."""

    def __init__(self, kafka: str, elasticsearch: str, folder: Path) -> None:
        self.services: dict[str, Service] = services(COMPOSE, filled_in())
        self.ports = {name: free_port() for name in self.services}
        self._kafka, self._elasticsearch, self._folder = kafka, elasticsearch, folder
        self._name = f"t{uuid.uuid4().hex[:12]}"
        config = ROOT / "deploy" / "compose" / "lyhord.toml"
        self._config = folder / "lyhord.toml"
        (folder / "inbox").mkdir()
        self._config.write_text(config.read_text().replace("/inbox", str(folder / "inbox")))

    def environment(self, name: str) -> dict[str, str]:
        """Give a service's environment with what is elsewhere here put in its place."""
        told = dict(self.services[name].environment)
        here = {
            "LYHORD_LOG": self._kafka,
            "LYHORD_STORE": self._elasticsearch,
            "LYHORD_DATA": str(self._folder / "data"),
            "LYHORD_CONFIG": str(self._config),
            "LYHORD_HEALTH_HOST": "127.0.0.1",
            "LYHORD_HEALTH_PORT": str(self.ports[name]),
            "LYHORD_WEB_HOST": "127.0.0.1",
            "LYHORD_WEB_PORT": str(free_port()),
        }
        told |= {variable: value for variable, value in here.items() if variable in told}
        # The server of the tests has no users; the name keeps this run apart from others.
        for secret in ("LYHORD_STORE_USER", "LYHORD_STORE_PASSWORD"):
            told.pop(secret, None)
        plain = {
            name: value for name, value in os.environ.items() if not name.startswith("LYHORD_")
        }
        return plain | told | {"LYHORD_NAME": self._name}

    def command(self, name: str) -> list[str]:
        """Give a service's command, as installed here."""
        program, *arguments = self.services[name].command
        return [str(BIN / program), *arguments]

    def run(self, name: str, *arguments: str) -> str:
        """Run one more command in a service's environment, and give what it prints."""
        done = subprocess.run(
            [str(BIN / "lyhord"), *arguments],
            env=self.environment(name),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def health(self, name: str) -> int:
        """Ask a service how it is; 0 = it does not answer yet."""
        try:
            url = f"http://127.0.0.1:{self.ports[name]}/health"
            with urllib.request.urlopen(url, timeout=5) as answer:
                return int(answer.status)
        except OSError:
            return 0


@pytest.fixture
def deployment(
    kafka_server: str, elasticsearch_server: str, tmp_path: Path
) -> Iterator[tuple[Deployment, Start]]:
    made = Deployment(kafka_server, elasticsearch_server, tmp_path)
    with ExitStack() as stack:

        def start(name: str) -> "subprocess.Popen[bytes]":
            process = subprocess.Popen(made.command(name), env=made.environment(name))
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield made, start


def test_the_services_of_the_file_work_together(deployment: tuple[Deployment, Start]) -> None:
    made, start = deployment
    setup = start("setup")
    assert setup.wait(120) == 0
    running = {name: start(name) for name in made.services if name != "setup"}
    assert running.keys() >= {"ingest", "enrich", "index", "web"}
    for name, process in running.items():
        until(lambda name=name: made.health(name) == 200, seconds=120, process=process)
    made.run("ingest", "import", str(POSTS))
    found = made.run("web", "search", "vattenläcka", "--json").splitlines()
    assert found
    assert all(json.loads(line)["lemmas"] for line in found)
    for process in running.values():
        process.terminate()
    assert [process.wait(60) for process in running.values()] == [0] * len(running)
