"""The image's recipe and the scripts in the containers; the scripts are run, the recipe is read."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests import deployment
from tests.deployment import COMPOSE, ROOT

RECIPE = (ROOT / "deploy/image/Dockerfile").read_text(encoding="utf-8")
STEPS = [line for line in RECIPE.replace("\\\n", " ").splitlines() if re.match(r"[A-Z]+ ", line)]
FINAL = STEPS[[n for n, step in enumerate(STEPS) if step.startswith("FROM ")][-1] :]
USER = "10001"
USERS = ROOT / "deploy/compose/users.sh"


@dataclass
class Server:
    """An HTTP server that answers everything with one status, and keeps what it was sent."""

    status: int
    url: str = ""
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    users: set[str] = field(default_factory=set)


@contextmanager
def serving(status: int) -> Iterator[Server]:
    server = Server(status)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            server.sent.append((self.command, self.path, body))
            server.users.add(self.headers["Authorization"] or "")
            self.send_response(server.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_PUT = do_POST = answer  # noqa: N815 - as http.server calls them

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        server.url = f"http://127.0.0.1:{listener.server_address[1]}"
        thread = threading.Thread(target=listener.serve_forever, args=(0.02,))
        thread.start()
        yield server
        listener.shutdown()
        thread.join()


def ask(port: int | str) -> int:
    script = str(ROOT / "deploy/image/healthy.py")
    # A proxy that is set for the feeds must not be asked for this machine.
    environment = {"LYHORD_HEALTH_PORT": str(port), "http_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, check=False
    )
    assert done.stderr == b""
    return done.returncode


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
def test_a_service_is_as_well_as_it_says(status: int, code: int) -> None:
    with serving(status) as server:
        assert ask(server.url.rpartition(":")[2]) == code
        assert server.sent == [("GET", "/health", "")]


def test_a_service_that_does_not_answer_is_not_well() -> None:
    with serving(200) as server:
        port = server.url.rpartition(":")[2]
    assert ask(port) == 1


def make_users(server: str, **changed: str) -> "subprocess.CompletedProcess[str]":
    if not (shutil.which("bash") and shutil.which("curl")):
        pytest.skip("bash and curl are not there")
    passwords = {
        name: value
        for name, value in deployment.filled_in().items()
        if name in deployment.raw(COMPOSE)["services"]["users"]["environment"]
    }
    environment = {"PATH": os.environ["PATH"], "ELASTICSEARCH_URL": server}
    return subprocess.run(
        [str(USERS)],
        env=environment | passwords | changed,
        capture_output=True,
        text=True,
        check=False,
    )


def test_kibana_gets_its_password_and_lyhord_its_user() -> None:
    given = deployment.filled_in()
    with serving(200) as server:
        done = make_users(server.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert not any(password in done.stdout for password in given.values())
    superuser = base64.b64encode(f"elastic:{given['ELASTIC_PASSWORD']}".encode()).decode()
    assert server.users == {f"Basic {superuser}"}
    sent = {(method, path): json.loads(body) for method, path, body in server.sent}
    kibana = sent.pop(("POST", "/_security/user/kibana_system/_password"))
    role = sent.pop(("PUT", "/_security/role/lyhord"))
    user = sent.pop(("PUT", "/_security/user/lyhord"))
    assert sent == {}
    assert kibana == {"password": given["KIBANA_PASSWORD"]}
    assert role["indices"] == [{"names": ["lyhord-*"], "privileges": ["all"]}]
    assert user == {"password": given["LYHORD_STORE_PASSWORD"], "roles": ["lyhord"]}


@pytest.mark.parametrize(
    "password", ["", "short", 'twelve"quotes', "two words here", "back\\slashes"]
)
def test_a_password_that_would_break_json_is_refused(password: str) -> None:
    with serving(200) as server:
        done = make_users(server.url, KIBANA_PASSWORD=password)
    assert done.returncode == 2
    assert "KIBANA_PASSWORD in .env" in done.stderr
    assert server.sent == []


def test_a_refusal_of_elasticsearch_ends_the_start() -> None:
    with serving(401) as server:
        assert make_users(server.url).returncode != 0
        assert len(server.sent) == 1


def test_the_image_is_built_of_what_is_there_and_let_in() -> None:
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert "*" in rules
    copied = {
        source
        for step in STEPS
        if step.startswith("COPY ") and "--from" not in step
        for source in re.sub(r"--\S+", "", step).split()[1:-1]
    }
    assert copied == let_in
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert not any(fnmatch(".env", name) or "key" in name for name in let_in)


def test_the_image_is_nobody_and_has_no_tools_to_build_with() -> None:
    assert f"USER {USER}:{USER}" in FINAL
    assert any("pip uninstall" in step for step in FINAL)
    assert not any("install" in step and "apt" in step for step in STEPS)
    bases = [step for step in STEPS if step.startswith("FROM ")]
    assert all(step.split()[1] == "${PYTHON_IMAGE}" for step in bases)


def test_the_base_image_and_the_user_are_the_same_everywhere() -> None:
    (base,) = re.findall(r"ARG PYTHON_IMAGE=(\S+)", RECIPE)
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", base)
    assert deployment.variables_in(COMPOSE)["PYTHON_IMAGE"] == base
    assert f"uid={USER},gid={USER}" in COMPOSE.read_text(encoding="utf-8")
    for document in deployment.manifests():
        if "template" in document["spec"]:
            context = document["spec"]["template"]["spec"]["securityContext"]
            assert {str(context["runAsUser"]), str(context["runAsGroup"])} == {USER}


@pytest.mark.parametrize("script", ["deploy/image/healthy.py", "deploy/compose/users.sh"])
def test_scripts_can_be_run(script: str) -> None:
    assert os.access(Path(ROOT, script), os.X_OK)
