"""docker-compose.yml and the manifests as Docker Compose and Kubernetes would read them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
COMPOSE = ROOT / "docker-compose.yml"
ENV_EXAMPLE = ROOT / ".env.example"
MANIFESTS = ROOT / "deploy" / "kubernetes"

IMAGE = re.compile(r"lyhord:[0-9.]+")
"""What marks a container as one of Lyhörd's own processes."""

_VARIABLE = re.compile(
    r"\$(?:(?P<dollar>\$)"
    r"|\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<how>:?[-?])(?P<other>[^${}]*))?\}"
    r"|(?P<wrong>))"
)
_ASSIGNMENT = re.compile(r"(?m)^(?P<comment>#?)(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)$")


class MissingError(Exception):
    """A variable that `${NAME:?message}` requires is not given."""


@dataclass(frozen=True)
class Service:
    """A process of Lyhörd's as docker-compose starts it."""

    command: list[str]
    environment: dict[str, str]


def services(compose: Path, variables: Mapping[str, str]) -> dict[str, Service]:
    """Give Lyhörd's own services in the order of the file: what each runs, with what environment.

    Args:
        compose: the docker-compose file.
        variables: what `.env` would give; nothing is taken from this process's environment.

    Raises:
        MissingError: a variable that the file requires is not among `variables`.

    """
    return {
        name: Service(list(service["command"]), dict(service["environment"]))
        for name, service in load(compose, variables)["services"].items()
        if IMAGE.fullmatch(service["image"])
    }


def load(compose: Path, variables: Mapping[str, str]) -> dict[str, Any]:
    """Read a compose file with its variables put in, everywhere.

    Raises:
        MissingError: as `services`.

    """
    document: dict[str, Any] = _resolved(raw(compose), variables)
    return document


def raw(compose: Path) -> dict[str, Any]:
    """Read a compose file with its variables left as they stand."""
    document: dict[str, Any] = yaml.safe_load(compose.read_text(encoding="utf-8"))
    return document


def resolve(text: str, variables: Mapping[str, str]) -> str:
    """Put variables into a text by Compose's rules: `${A}`, `${A:-else}`, `${A:?why}`, `$$`.

    Raises:
        MissingError: as `services`; also for a plain `${A}` that is not given.
        ValueError: a `$` stands for nothing that is known here.

    """

    def put(found: re.Match[str]) -> str:
        if found["dollar"]:
            return "$"
        if found["name"] is None:
            raise ValueError(f"$ of another form in {text!r}; to stand for itself it is written $$")
        how, value = found["how"] or "", variables.get(found["name"])
        if value is None or (how.startswith(":") and not value):
            if not how.endswith("-"):
                raise MissingError(f"{found['name']}: {found['other'] or 'not given'}")
            value = found["other"]
        return value

    return _VARIABLE.sub(put, text)


def variables_in(compose: Path) -> dict[str, str | None]:
    """Give each variable that a compose file names, with its default; None = it is required."""
    found = _VARIABLE.finditer(compose.read_text(encoding="utf-8"))
    return {
        match["name"]: match["other"] if match["how"] == ":-" else None
        for match in found
        if match["name"]
    }


def assignments(env: Path) -> Iterator[tuple[str, str, bool]]:
    """Give name, value and whether it is commented out, of each assignment of an env file."""
    for match in _ASSIGNMENT.finditer(env.read_text(encoding="utf-8")):
        yield match["name"], match["value"], bool(match["comment"])


def filled_in() -> dict[str, str]:
    """Give the variables of `.env.example`, with an invented word for every password."""
    return {
        name: value or f"invented.{name.lower()}.0123456789"
        for name, value, comment in assignments(ENV_EXAMPLE)
        if not comment
    }


def manifests() -> list[dict[str, Any]]:
    """Read every document of the manifests that kustomize is told to apply."""
    names = yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text("utf-8"))["resources"]
    return [document for name in names for document in documents(MANIFESTS / name)]


def documents(file: Path) -> list[dict[str, Any]]:
    """Read every document of one manifest."""
    return list(yaml.safe_load_all(file.read_text(encoding="utf-8")))


def _resolved(node: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(node, str):
        return resolve(node, variables)
    if isinstance(node, list):
        return [_resolved(item, variables) for item in node]
    if isinstance(node, dict):
        return {key: _resolved(value, variables) for key, value in node.items()}
    return node
