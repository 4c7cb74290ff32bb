"""Installing into Kibana: against a server that answers as its API is documented.

Spaces, saved objects, roles, connectors and rules of https://www.elastic.co/docs/api/doc/kibana:
404 for what is not there, 409 for what is made twice, 400 without `kbn-xsrf`.
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from deploy.kibana import spaces
from deploy.kibana.install import Kibana, Refused, install
from deploy.kibana.write import objects

OPTIONS = {"roles": True, "rules": True}


class Standing(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.held: dict[str, Any] = {}
        self.writes: list[str] = []
        self.refuse = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Standing

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def answer(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def error(self, status: int, message: str) -> None:
        self.answer(status, {"statusCode": status, "error": "", "message": message})

    def do_GET(self) -> None:
        held = self.server.held.get(self.path)
        self.answer(200, held) if held else self.error(404, "Not Found")

    def do_PUT(self) -> None:
        self.write(new=False)

    def do_POST(self) -> None:
        self.write(new=True)

    def write(self, *, new: bool) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "kbn-xsrf" not in self.headers:
            self.error(400, "Request must contain a kbn-xsrf header.")
        elif self.server.refuse and self.server.refuse in self.path:
            self.error(403, "Forbidden: API key lacks the privilege")
        elif "_import" in self.path:
            self.load(body)
        else:
            made = json.loads(body)
            path = self.path
            if path == "/api/spaces/space":
                path = f"{path}/{made['id']}"
            if new and path in self.server.held:
                self.error(409, "conflict")
                return
            self.server.held[path] = {**self.server.held.get(path, {}), **made, "updated_at": "x"}
            self.server.writes.append(path)
            self.answer(200, made)

    def load(self, body: bytes) -> None:
        assert self.headers["Content-Type"].startswith("multipart/form-data; boundary=")
        file = body.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0]
        space = self.path.partition("/api/")[0]
        there = self.server.held
        read = [json.loads(line) for line in file.splitlines()]
        known = {(each["type"], each["id"]) for each in read}
        errors, results = [], []
        for each in read:
            missing = [r for r in each["references"] if (r["type"], r["id"]) not in known]
            if missing:
                error = {"type": "missing_references", "references": missing}
                errors.append({"type": each["type"], "id": each["id"], "error": error})
                continue
            key = f"{space} {each['type']} {each['id']}"
            results.append({"id": each["id"], "overwrite": key in there})
            there[key] = each
        told: dict[str, Any] = {"success": not errors, "successCount": len(results)}
        self.answer(200, told | {"successResults": results, "errors": errors})


@pytest.fixture
def kibana() -> Iterator[Standing]:
    with Standing() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_everything_lies_in_the_municipalitys_space(kibana: Standing) -> None:
    changed = install(Kibana(kibana.url), "1880", page="https://lyhord.example.com", **OPTIONS)
    assert changed == [
        "space kommun-1880",
        f"{len(objects())} objects",
        "role lyhord-1880",
        "connector",
        "rule Lyhörd: nytt larm",
        "rule Lyhörd: många inlägg",
    ]
    assert kibana.held["/api/spaces/space/kommun-1880"]["name"] == "Örebro"
    board = kibana.held["/s/kommun-1880 dashboard kommun-1880-lyhord-nu"]
    assert '"query":{"match_phrase":{"municipality":"1880"}}' in json.dumps(
        json.loads(board["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"]),
        separators=(",", ":"),
    )
    view = kibana.held["/s/kommun-1880 index-pattern kommun-1880-lyhord-threads"]
    assert "https://lyhord.example.com/trad?post=" in view["attributes"]["fieldFormatMap"]


def test_a_second_run_changes_nothing(kibana: Standing) -> None:
    install(Kibana(kibana.url), "1880", **OPTIONS)
    held, writes = dict(kibana.held), list(kibana.writes)
    assert install(Kibana(kibana.url), "1880", **OPTIONS) == []
    assert (kibana.held, kibana.writes) == (held, writes)


def test_what_somebody_changed_is_put_back(kibana: Standing) -> None:
    install(Kibana(kibana.url), "1880", **OPTIONS)
    rule = next(each for path, each in kibana.held.items() if "/rule/" in path)
    rule["schedule"] = {"interval": "1d"}
    assert install(Kibana(kibana.url), "1880", **OPTIONS) == [f"rule {rule['name']}"]


def test_a_rush_is_counted_whole_and_every_alert_is_told() -> None:
    alert, rush = spaces.rules("1880", "lyhord", "c", rush=30).values()
    assert (rush["params"]["threshold"], alert["params"]["threshold"]) == ([30], [0])
    assert not rush["params"]["excludeHitsFromPreviousRun"]
    assert rush["actions"][0]["frequency"]["notify_when"] == "onActionGroupChange"
    assert alert["params"]["excludeHitsFromPreviousRun"]
    assert alert["actions"][0]["frequency"]["notify_when"] == "onActiveAlert"


def test_two_municipalities_have_nothing_in_common(kibana: Standing) -> None:
    for code in ("1880", "1780"):
        install(Kibana(kibana.url), code, **OPTIONS)
    ids = [path.rpartition("/")[2] for path in kibana.held if "/rule/" in path]
    assert len(set(ids)) == 4
    assert not {each["id"] for each in spaces.narrowed(objects(), "1880")} & {
        each["id"] for each in spaces.narrowed(objects(), "1780")
    }


def test_sources_are_everybodys() -> None:
    made = {each["id"]: each for each in spaces.narrowed(objects(), "1880")}

    def filters(name: str) -> list[Any]:
        held = made[f"kommun-1880-lyhord-{name}"]["attributes"]["kibanaSavedObjectMeta"]
        found: list[Any] = json.loads(held["searchSourceJSON"])["filter"]
        return found

    assert len(filters("nu")) == 1
    assert filters("kallor") == []


def test_the_default_space_takes_the_file_as_it_is(kibana: Standing) -> None:
    install(Kibana(kibana.url))
    assert " dashboard lyhord-nu" in kibana.held


def test_a_refusal_is_told_with_what_was_asked(kibana: Standing) -> None:
    kibana.refuse = "/api/security/role"
    with pytest.raises(Refused, match=r"PUT /api/security/role/lyhord-1880: 403 Forbidden: API"):
        install(Kibana(kibana.url), "1880", **OPTIONS)


def test_an_import_that_fails_names_the_objects(
    kibana: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    boards = [each for each in objects() if each["type"] == "dashboard"][:1]
    monkeypatch.setattr("deploy.kibana.install.objects", lambda *_: boards)
    with pytest.raises(Refused, match="dashboard lyhord-nu: missing_references"):
        install(Kibana(kibana.url))


def test_document_security_is_asked_for_only_where_wanted() -> None:
    plain = spaces.role("1880", "lyhord", documents=False)
    strict = spaces.role("1880", "lyhord", documents=True)
    assert "query" not in plain["elasticsearch"]["indices"][0]
    assert strict["elasticsearch"]["indices"][0]["query"] == '{"term":{"municipality":"1880"}}'


def test_an_unknown_municipality_is_an_error(kibana: Standing) -> None:
    with pytest.raises(ValueError, match="9999"):
        install(Kibana(kibana.url), "9999")
