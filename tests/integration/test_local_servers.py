"""The scripts of deploy/local: real servers come up, survive a kill with their data, and end."""

import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from deploy.local import java, lifecycle, maven
from deploy.local.elasticsearch import ElasticsearchServer
from deploy.local.errors import StartFailed, Unavailable
from deploy.local.kafka import KafkaServer
from deploy.local.lifecycle import LocalServer
from deploy.local.locks import using
from deploy.local.processes import HOST, Group, comes_true, is_free
from deploy.local.software import Launch, Software

ROOT = Path(__file__).parents[2]
SERVERS = ROOT / "deploy" / "local" / "servers.py"
Start = Callable[[type[LocalServer]], LocalServer]


class Echo(LocalServer):
    """A server that is up at once, for what all servers have in common."""

    name = "echo"
    scheme = "http"
    variable = "ECHO"
    code = "http.server.test(HandlerClass=http.server.SimpleHTTPRequestHandler, port={port})"

    @classmethod
    def fetch(cls) -> Software:
        return Software(Path(), Path())

    def prepare(self, software: Software) -> Launch:
        assert software
        code = "import http.server, signal, sys; " + self.code.format(port=self.port)
        return Launch([sys.executable, "-c", code], environment={}, inside=str(self.folder))

    def answers(self) -> bool:
        return listens(self)


class Stubborn(Echo):
    code = "signal.signal(signal.SIGTERM, signal.SIG_IGN); " + Echo.code


class Broken(Echo):
    code = "sys.exit('the disk is full')"


def listens(server: LocalServer) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, server.port)) == 0


def call(server: LocalServer, method: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(
        server.address + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def command(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, SERVERS, *words], capture_output=True, text=True, check=False, cwd="/"
    )


def test_kafka_keeps_acknowledged_records_over_a_kill(local_server: Start) -> None:
    server = local_server(KafkaServer)
    broker = server.address.removeprefix("kafka://")
    admin = KafkaAdminClient(bootstrap_servers=broker)
    admin.create_topics([NewTopic("posts", num_partitions=1, replication_factor=1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=broker, acks="all")
    producer.send("posts", b"Vatten").get(timeout=30)
    producer.close()

    server.kill()
    assert not listens(server)
    assert server.start().address == f"kafka://{broker}"

    consumer = KafkaConsumer(
        "posts",
        bootstrap_servers=broker,
        auto_offset_reset="earliest",
        group_id="readers",
        consumer_timeout_ms=30_000,
    )
    assert next(consumer).value == b"Vatten"
    consumer.close()

    server.stop()
    assert not listens(server)
    assert not server.running()


def test_elasticsearch_keeps_acknowledged_documents_over_a_kill(local_server: Start) -> None:
    server = local_server(ElasticsearchServer)
    address = server.address
    assert call(server, "PUT", "/posts/_doc/1", {"text": "Vatten"})["result"] == "created"

    server.kill()
    assert not listens(server)
    assert server.start().address == address
    assert call(server, "GET", "/posts/_doc/1")["_source"] == {"text": "Vatten"}

    server.stop()
    assert not listens(server)
    assert not server.running()


def test_the_shared_servers_answer(kafka_server: str, elasticsearch_server: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka_server.removeprefix("kafka://"))
    assert admin.list_topics() is not None
    admin.close()
    with urllib.request.urlopen(elasticsearch_server) as answer:
        assert json.load(answer)["version"]["number"].startswith("9.")


def test_the_command_line_starts_once_tells_and_stops(kafka_server: str, tmp_path: Path) -> None:
    assert kafka_server  # this machine can start one
    folder = tmp_path / "servers"
    with using(tmp_path / "users"):
        start = ("start", "kafka", "--folder", folder, "--scratch", tmp_path / "users")
        first, second = command(*start), command(*start)
        assert first.returncode == 0, first.stderr
        assert first.stdout.startswith("LYHORD_LOG=kafka://127.0.0.1:")
        assert second.stdout == first.stdout

        address = first.stdout.strip().partition("=")[2]
        assert command("status", "kafka", "--folder", folder).stdout == f"kafka {address}\n"
        assert command("stop", "kafka", "--folder", folder).returncode == 0
        stopped = command("status", "kafka", "--folder", folder)
        assert (stopped.returncode, stopped.stdout) == (3, "kafka does not run\n")


def test_a_scratch_server_ends_with_its_last_user_and_leaves_nothing(tmp_path: Path) -> None:
    server = Echo(tmp_path / "servers" / "echo", scratch=tmp_path / "users")
    with using(tmp_path / "users"):
        with using(tmp_path / "users"):
            server.start()
        assert server.running()
    assert comes_true(lambda: not (tmp_path / "servers").exists(), within=30)
    assert not listens(server)


def test_a_server_ends_with_a_killed_test_run(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests/integration');"
        f"from test_local_servers import *; server = Echo(Path({str(tmp_path)!r})).start();"
        "print(server.port, flush=True); signal.pause()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout
        server = Echo(tmp_path, port=int(run.stdout.readline()))
        assert server.running()
        run.kill()
    assert comes_true(lambda: not server.running(), within=30)
    assert (tmp_path / "server.log").exists()


def test_stop_kills_what_does_not_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "STOP_SECONDS", 0.5)
    with Stubborn(tmp_path) as server:
        assert listens(server)
    assert not listens(server)


def test_stop_leaves_a_stranger_with_the_same_process_id_alone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        state = {"port": 1, "leader": stranger.pid, "started": Group.of(stranger.pid).started - 1}
        (tmp_path / "process.json").write_text(json.dumps(state))
        server = Echo(tmp_path)
        assert not server.running()
        server.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_a_failed_start_shows_the_log(tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match="the disk is full"):
        Broken(tmp_path).start()


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartFailed, match=f"port {port}"):
            Echo(tmp_path, port=port).start()
    assert is_free(port)


def test_an_old_java_is_no_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "bin" / "java"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019' >&2\n")
    old.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(java, "USUAL_FOLDER", tmp_path / "none")
    with pytest.raises(Unavailable, match=r"Java 21 or later \(.*bin/java is 11\).*jre-headless"):
        java.find_java(21, wanted_by="Elasticsearch")


def test_a_missing_maven_is_told_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LYHORD_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(Unavailable, match="apt-get install maven"):
        maven.fetch("thing", (), "1 MB", lambda _from, _to: None)
    assert [path.name for path in (tmp_path / "servers").iterdir()] == ["thing.lock"]
