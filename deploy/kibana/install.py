"""Installs the dashboards into Kibana: one space a municipality, or the default space.

    KIBANA_API_KEY=… python -m deploy.kibana.install https://kibana:5601 --municipality 1880

The same again changes nothing: everything has an id of its own, and is compared before it is put.
Kibana's API: https://www.elastic.co/docs/api/doc/kibana (spaces, saved objects, connectors,
alerting, roles).
"""

import argparse
import json
import os
import secrets
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.kibana import spaces
from deploy.kibana.views import PAGE
from deploy.kibana.write import ndjson, objects

_MISSING, _TIMEOUT, _SHOWN = 404, 60, 300
_WRONG, _AWAY = 1, 3


class Refused(Exception):  # noqa: N818 - names what happened, as the library's errors do
    """Kibana answered that it will not; the message says to what, and why."""


@dataclass
class Kibana:
    """A Kibana to talk to, and what was changed there."""

    url: str
    key: str = ""
    certificates: str | None = None
    changed: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: Any = None, *, missing: bool = False) -> Any:
        """Send a request; give the answer as JSON, or None where `missing` is an answer, too.

        Raises:
            Refused: any answer that is an error.
            OSError: nobody answers.

        """
        data = None if body is None else json.dumps(body).encode()
        return self._send(method, path, data, "application/json", missing=missing)

    def put(self, what: str, path: str, wanted: Mapping[str, Any], *, update: str = "PUT") -> None:
        """Make something that is missing, or change it where it is otherwise."""
        held = self.ask("GET", path, missing=True)
        if held is not None and _holds(held, wanted):
            return
        if held is None:
            self.ask("POST", path, wanted)
        else:
            fixed = ("rule_type_id", "consumer", "connector_type_id")
            self.ask(update, path, {key: each for key, each in wanted.items() if key not in fixed})
        self.changed.append(what)

    def upload(self, path: str, file: str) -> Any:
        """Send a file as a form, as the import asks."""
        boundary = secrets.token_hex(16)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
            'filename="lyhord.ndjson"\r\nContent-Type: application/ndjson\r\n\r\n'
        )
        data = head.encode() + file.encode() + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return self._send("POST", path, data, kind, missing=False)

    def _send(self, method: str, path: str, data: bytes | None, kind: str, *, missing: bool) -> Any:
        headers = {"kbn-xsrf": "lyhord", "Content-Type": kind}
        if self.key:
            headers["Authorization"] = f"ApiKey {self.key}"
        request = urllib.request.Request(  # the operator names the address
            f"{self.url.rstrip('/')}{path}", data=data, headers=headers, method=method
        )
        context = None
        if self.url.startswith("https"):
            context = ssl.create_default_context(cafile=self.certificates)
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT, context=context) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            if missing and error.code == _MISSING:
                return None
            told = error.read().decode(errors="replace")
            raise Refused(f"{method} {path}: {error.code} {_message(told)}") from error


def install(  # noqa: PLR0913 - what can be chosen
    kibana: Kibana,
    municipality: str = "",
    *,
    name: str = "lyhord",
    page: str = PAGE,
    roles: bool = False,
    documents: bool = False,
    rules: bool = False,
    rush: int = spaces.RUSH,
) -> list[str]:
    """Put everything in place; give what was changed.

    Args:
        kibana: where.
        municipality: SCB code, for a space of its own; none is the default space, for all.
        name: what the indices' names begin with.
        page: the address of Lyhörd's own page.
        roles: make a role for those who read the space.
        documents: let that role see this municipality's documents alone (needs the licence).
        rules: make rules and the connector that writes what they find into an index.
        rush: posts of citizens in an hour that one of the rules tells of.

    Raises:
        Refused: Kibana will not.
        OSError: nobody answers.

    """
    saved, base = objects(name, page), ""
    if municipality:
        made = spaces.space(municipality)
        held = kibana.ask("GET", f"/api/spaces/space/{made['id']}", missing=True)
        if held is None:
            kibana.ask("POST", "/api/spaces/space", made)
            kibana.changed.append(f"space {made['id']}")
        base, saved = f"/s/{made['id']}", spaces.narrowed(saved, municipality)
    _import(kibana, base, saved)
    if municipality and roles:
        wanted = spaces.role(municipality, name, documents=documents)
        path = f"/api/security/role/{name}-{municipality}"
        if not _holds(kibana.ask("GET", path, missing=True) or {}, wanted):
            kibana.ask("PUT", path, wanted)
            kibana.changed.append(f"role {name}-{municipality}")
    if municipality and rules:
        connected = spaces.identified(f"{municipality} {name} connector")
        path = f"{base}/api/actions/connector/{connected}"
        kibana.put("connector", path, {
            key: each for key, each in spaces.connector(name).items() if key != "secrets"
        })  # fmt: skip
        for key, rule in spaces.rules(municipality, name, connected, rush=rush).items():
            kibana.put(f"rule {rule['name']}", f"{base}/api/alerting/rule/{key}", rule)
    return kibana.changed


def _import(kibana: Kibana, base: str, saved: list[dict[str, Any]]) -> None:
    answer = kibana.upload(f"{base}/api/saved_objects/_import?overwrite=true", ndjson(saved))
    if not answer.get("success"):
        failed = [
            f"{each['type']} {each['id']}: {each.get('error', {}).get('type', '?')} "
            f"{each.get('error', {}).get('message', '')}".strip()
            for each in answer.get("errors", ())
        ]
        raise Refused("not imported: " + "; ".join(failed))
    new = [each for each in answer.get("successResults", ()) if not each.get("overwrite")]
    if new:
        kibana.changed.append(f"{len(new)} objects")


def _holds(held: Any, wanted: Any) -> bool:
    """Tell whether what is there has all that is wanted; Kibana adds fields of its own."""
    if isinstance(wanted, Mapping):
        return isinstance(held, Mapping) and all(
            key in held and _holds(held[key], each) for key, each in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(held, list)
            and len(held) == len(wanted)
            and all(_holds(one, other) for one, other in zip(held, wanted, strict=True))
        )
    return bool(held == wanted)


def _message(told: str) -> str:
    try:
        return str(json.loads(told)["message"])
    except (ValueError, KeyError, TypeError):
        return told[:_SHOWN]


def main() -> int:
    """Install as the command line says; 0 done, 1 refused, 3 nobody answers."""
    parser = argparse.ArgumentParser(
        prog="deploy.kibana.install", description=__doc__.split("\n")[0]
    )
    parser.add_argument("url", help="where Kibana is")
    parser.add_argument("--municipality", action="append", default=[], help="SCB code")
    parser.add_argument("--name", default="lyhord", help="what the indices' names begin with")
    parser.add_argument("--page", default=PAGE, help="the address of Lyhörd's own page")
    parser.add_argument("--ca", help="file of certificates to trust")
    parser.add_argument("--roles", action="store_true", help="who reads a space")
    parser.add_argument("--document-security", action="store_true", help="needs the licence")
    parser.add_argument("--rules", action="store_true", help="two rules, and where they write")
    parser.add_argument(
        "--rush", type=int, default=spaces.RUSH, help="posts in an hour that a rule tells of"
    )
    chosen = parser.parse_args()
    kibana = Kibana(chosen.url, os.environ.get("KIBANA_API_KEY", ""), chosen.ca)
    try:
        for code in chosen.municipality or [""]:
            install(
                kibana,
                code,
                name=chosen.name,
                page=chosen.page,
                roles=chosen.roles,
                documents=chosen.document_security,
                rules=chosen.rules,
                rush=chosen.rush,
            )
    except (Refused, ValueError) as problem:
        print(f"Kibana at {chosen.url}: {problem}", file=sys.stderr)
        return _WRONG
    except OSError as problem:
        print(f"Kibana at {chosen.url} does not answer: {problem}", file=sys.stderr)
        return _AWAY
    print("\n".join(kibana.changed) or "nothing changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
