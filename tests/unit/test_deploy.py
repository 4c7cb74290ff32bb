"""docker-compose.yml: Compose accepts it, and all that it names is there; no engine is needed."""

import re
from importlib.metadata import version
from typing import Any

import compose_spec
import pytest
import yaml

from lyhord.settings import Settings, load
from services.cli.app import app
from tests import deployment
from tests.deployment import COMPOSE, ENV_EXAMPLE, ROOT

VARIABLES = deployment.filled_in()
FILE = deployment.load(COMPOSE, VARIABLES)
ALL: dict[str, dict[str, Any]] = FILE["services"]
OURS = deployment.services(COMPOSE, VARIABLES)
ONCE = {name for name, service in ALL.items() if service["restart"] != "unless-stopped"}
RUNNING = sorted(OURS.keys() - ONCE)
OTHER_VARIABLES = {"LYHORD_CONFIG"}  # read by the command line, not a setting
SECRET = re.compile(r"PASSWORD|SECRET|_KEY$|ENCRYPTIONKEY")


def checked(spec: dict[str, Any]) -> None:
    """Read a file as the Compose specification has it; unknown keys and networks are errors."""
    compose_spec.PyCompose.from_yaml(yaml.safe_dump(spec)).validate()


@pytest.fixture
def resolved() -> dict[str, Any]:
    """Give the file with its variables filled in, as Compose does before it reads the types."""
    spec = deployment.load(COMPOSE, VARIABLES)
    for service in spec["services"].values():
        if "scale" in service:
            service["scale"] = int(service["scale"])
    return {name: value for name, value in spec.items() if not name.startswith("x-")}


def test_the_file_is_what_the_compose_specification_says(resolved: dict[str, Any]) -> None:
    checked(resolved)
    for wrong in (
        {"helthcheck": {}},
        {"networks": ["nowhere"]},
        {"healthcheck": {"interval": "soon"}},
    ):
        web = resolved["services"]["web"] | wrong
        with pytest.raises(ValueError, match=r"web|soon"):
            checked(resolved | {"services": resolved["services"] | {"web": web}})


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_nothing_starts_before_every_password_is_set(name: str) -> None:
    with pytest.raises(deployment.MissingError, match=f"{name}: set it in .env"):
        deployment.load(COMPOSE, VARIABLES | {name: ""})


def test_the_example_names_every_variable_and_its_default() -> None:
    told = {
        name: value if comment else None
        for name, value, comment in deployment.assignments(ENV_EXAMPLE)
    }
    assert told == deployment.variables_in(COMPOSE)
    assert {value for _, value, comment in deployment.assignments(ENV_EXAMPLE) if not comment} == {
        ""
    }


def test_variables_are_settings() -> None:
    named = re.findall(r"LYHORD_[A-Z_]+", COMPOSE.read_text() + ENV_EXAMPLE.read_text())
    settings = {f"LYHORD_{name.upper()}" for name in Settings.model_fields}
    assert set(named) - settings - OTHER_VARIABLES == set()


@pytest.mark.parametrize("name", sorted(OURS))
def test_settings_are_accepted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in OURS[name].environment.items():
        monkeypatch.setenv(variable, value)
    settings = load(ROOT / "deploy/compose/lyhord.toml")
    assert (settings.log, settings.store) == ("kafka://kafka:9092", "http://elasticsearch:9200")
    assert settings.web_host == ("0.0.0.0" if name == "web" else "127.0.0.1")  # noqa: S104 - in a container


@pytest.mark.parametrize("name", sorted(OURS))
def test_commands_are_lyhords(name: str) -> None:
    program, command, *arguments = OURS[name].command
    assert program == "lyhord"
    app.commands[command].make_context(command, arguments)  # raises on an unknown option


def test_every_service_of_the_pipeline_is_there() -> None:
    commands = {service.command[1] for service in OURS.values()}
    assert commands == {"check", "ingest", "enrich", "index", "alert", "web"}


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_service_is_bounded(name: str) -> None:
    service = ALL[name]
    assert {"mem_limit", "logging", "restart"} <= service.keys()
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_own_services_can_write_nothing_but_their_data(name: str) -> None:
    service = ALL[name]
    assert (service["read_only"], service["cap_drop"], service["init"]) == (True, ["ALL"], True)
    mounts = [mount for mount in service["volumes"] if isinstance(mount, dict)]
    assert all(mount["read_only"] for mount in mounts)
    # The key of the pseudonyms is for those alone who let posts in.
    keeps_data = "lyhord:/var/lib/lyhord" in service["volumes"]
    assert keeps_data == (name in {"ingest", "setup"})
    assert keeps_data != any(each.startswith("/var/lib/lyhord:") for each in service["tmpfs"])


@pytest.mark.parametrize("name", sorted(ALL))
def test_what_a_service_waits_for_can_be_waited_for(name: str) -> None:
    for other, condition in ALL[name].get("depends_on", {}).items():
        done = "service_completed_successfully" if other in ONCE else "service_healthy"
        assert condition == {"condition": done}
    assert (name in ONCE) or ALL[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", RUNNING)
def test_our_own_services_are_asked_how_they_are(name: str) -> None:
    assert ALL[name]["healthcheck"]["test"] == ["CMD", "healthy"]
    assert OURS[name].environment["LYHORD_HEALTH_PORT"]
    assert ALL[name]["depends_on"].keys() == {"setup"}


def test_only_this_machine_reaches_the_pages_and_nothing_else() -> None:
    ports = {name: service["ports"] for name, service in ALL.items() if "ports" in service}
    assert ports.keys() == {"kibana", "web"}
    assert all(port.startswith("127.0.0.1:") for each in ports.values() for port in each)
    assert FILE["networks"]["inside"] == {"internal": True}
    assert {name for name, service in ALL.items() if "outside" in service["networks"]} == {
        "alert",
        "ingest",
        "kibana",
        "web",
    }


def test_images_are_pinned_and_ours_is_this_version() -> None:
    tags = {name: service["image"].rpartition(":")[2] for name, service in ALL.items()}
    assert all(re.match(r"\d+\.\d+\.\d+$", tag) for tag in tags.values())
    assert {tags[name] for name in OURS} == {version("lyhord")}
    assert tags["elasticsearch"] == tags["users"] == tags["kibana"]


def test_volumes_and_files_are_there() -> None:
    mounts = [mount for service in ALL.values() for mount in service.get("volumes", ())]
    named = {mount.partition(":")[0] for mount in mounts if isinstance(mount, str)}
    assert named == FILE["volumes"].keys()
    needed = [
        mount["source"]
        for mount in mounts
        if isinstance(mount, dict) and not mount["bind"]["create_host_path"]
    ]
    assert needed
    assert [source for source in needed if not (ROOT / source).is_file()] == []


def test_no_password_is_written_down() -> None:
    secrets = [
        (name, value)
        for service in deployment.raw(COMPOSE)["services"].values()
        for name, value in service["environment"].items()
        if SECRET.search(name)
    ]
    assert secrets
    assert [each for each in secrets if not re.fullmatch(r"\$\{\w+:\?[^}]+\}", each[1])] == []


def test_the_page_about_deployment_names_only_commands_and_settings_that_are_there() -> None:
    page = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
    assert set(re.findall(r"(?:`| )lyhord ([a-z]+)", page)) - app.commands.keys() == set()
    settings = {f"LYHORD_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"LYHORD_[A-Z_]+", page)) - settings == set()
    services = set(re.findall(r"(?m)^\| ((?:`[a-z]+`(?:, )?)+)", page.partition("## Docker")[0]))
    assert {name for row in services for name in re.findall(r"[a-z]+", row)} == ALL.keys()
