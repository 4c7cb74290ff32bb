"""The manifests: every name in them leads somewhere, every pod is bounded; no cluster needed."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from lyhord.settings import Settings, load
from services.cli.app import app
from tests import deployment
from tests.deployment import COMPOSE, MANIFESTS

DOCUMENTS = deployment.manifests()
SETTINGS = {name: value for name, value, _ in deployment.assignments(MANIFESTS / "settings.env")}
SECRETS = {
    secret["metadata"]["name"]: secret["stringData"]
    for secret in deployment.documents(MANIFESTS / "secrets.example.yaml")
}
KUSTOMIZATION = yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text(encoding="utf-8"))
SECRET = re.compile(r"PASSWORD|SECRET|_KEY$|TOKEN")


def of_kind(*kinds: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in DOCUMENTS if each["kind"] in kinds}


WORKLOADS = of_kind("Deployment", "Job")
DEPLOYMENTS = of_kind("Deployment")
PODS = {name: each["spec"]["template"]["spec"] for name, each in WORKLOADS.items()}
CONTAINERS = {name: pod["containers"][0] for name, pod in PODS.items()}


def environment(container: dict[str, Any]) -> dict[str, str]:
    """Give a container's environment; what comes from a Secret is a word of ours."""
    return SETTINGS | {each["name"]: each.get("value", "a-secret") for each in container["env"]}


def walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, dict | list):
            yield from walk(child)


def test_every_manifest_is_applied_and_none_names_a_namespace() -> None:
    files = {path.name for path in MANIFESTS.glob("*.yaml")}
    assert files - {"kustomization.yaml", "secrets.example.yaml"} == set(KUSTOMIZATION["resources"])
    assert not any("namespace" in document["metadata"] for document in DOCUMENTS)
    names = [(document["kind"], document["metadata"]["name"]) for document in DOCUMENTS]
    assert len(names) == len(set(names))


def test_the_same_processes_run_as_under_compose() -> None:
    compose = deployment.services(COMPOSE, deployment.filled_in())
    commands = [service.command for service in compose.values()]
    assert sorted(container["command"] for container in CONTAINERS.values()) == sorted(commands)


@pytest.mark.parametrize("name", sorted(WORKLOADS))
def test_commands_are_lyhords(name: str) -> None:
    program, command, *arguments = CONTAINERS[name]["command"]
    assert program == "lyhord"
    app.commands[command].make_context(command, arguments)  # raises on an unknown option


@pytest.mark.parametrize("name", sorted(WORKLOADS))
def test_settings_are_known_and_accepted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = environment(CONTAINERS[name])
    known = {f"LYHORD_{setting.upper()}" for setting in Settings.model_fields} | {"LYHORD_CONFIG"}
    assert given.keys() - known == set()
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    settings = load(MANIFESTS / "lyhord.toml")
    assert settings.log.startswith("kafka://")
    assert settings.store.startswith("https://")


@pytest.mark.parametrize("name", sorted(DEPLOYMENTS))
def test_a_deployment_selects_its_own_pods_and_no_others(name: str) -> None:
    spec = DEPLOYMENTS[name]["spec"]
    selector = spec["selector"]["matchLabels"]
    assert selector == spec["template"]["metadata"]["labels"]
    for other, workload in WORKLOADS.items():
        labels = workload["spec"]["template"]["metadata"]["labels"]
        assert (selector.items() <= labels.items()) == (other == name)
    for spread in PODS[name].get("topologySpreadConstraints", ()):
        assert spread["labelSelector"]["matchLabels"] == selector


@pytest.mark.parametrize("kind", ["PodDisruptionBudget", "Service"])
def test_budgets_and_services_select_the_deployment_of_their_name(kind: str) -> None:
    found = of_kind(kind)
    assert found
    for name, document in found.items():
        selector = document["spec"]["selector"]
        labels = DEPLOYMENTS[name]["spec"]["selector"]["matchLabels"]
        assert selector.get("matchLabels", selector) == labels


def test_every_deployment_of_several_pods_has_a_budget() -> None:
    several = {name for name, each in DEPLOYMENTS.items() if each["spec"]["replicas"] > 1}
    assert several == of_kind("PodDisruptionBudget").keys()


@pytest.mark.parametrize("name", sorted(DEPLOYMENTS))
def test_probes_and_services_ask_ports_that_are_there(name: str) -> None:
    container = CONTAINERS[name]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    given = environment(container)
    assert ports["health"] == int(given["LYHORD_HEALTH_PORT"])
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"] == {"path": "/health", "port": "health"}
    scraped = DEPLOYMENTS[name]["spec"]["template"]["metadata"]["annotations"]
    assert scraped["prometheus.io/port"] == given["LYHORD_HEALTH_PORT"]
    if service := of_kind("Service").get(name):
        assert [port["targetPort"] in ports for port in service["spec"]["ports"]] == [True]
        assert ports["http"] == int(given["LYHORD_WEB_PORT"])


def test_every_secret_and_file_that_is_read_exists() -> None:
    generated = {each["name"]: each for each in KUSTOMIZATION["configMapGenerator"]}
    files = [
        file
        for each in generated.values()
        for file in (*each.get("envs", ()), *each.get("files", ()))
    ]
    assert all((MANIFESTS / file).is_file() for file in files)
    for node in walk(PODS):
        for kind in ("configMapRef", "configMap"):
            if kind in node:
                assert node[kind]["name"] in generated
        if "secretKeyRef" in node:
            assert node["secretKeyRef"]["key"] in SECRETS[node["secretKeyRef"]["name"]]
        if "secret" in node:
            keys = {item["key"] for item in node["secret"]["items"]}
            assert keys <= SECRETS[node["secret"]["name"]].keys()
        if "persistentVolumeClaim" in node:
            assert node["persistentVolumeClaim"]["claimName"] in of_kind("PersistentVolumeClaim")


@pytest.mark.parametrize("name", sorted(WORKLOADS))
def test_paths_in_the_settings_are_mounted(name: str) -> None:
    mounts = {each["name"]: each["mountPath"] for each in CONTAINERS[name]["volumeMounts"]}
    assert mounts.keys() == {volume["name"] for volume in PODS[name]["volumes"]}
    certificates = {
        f"{mounts['ca']}/{item['path']}"
        for volume in PODS[name]["volumes"]
        for source in volume.get("projected", {}).get("sources", ())
        for item in source["secret"]["items"]
    }
    assert certificates == {SETTINGS["LYHORD_LOG_CA"], SETTINGS["LYHORD_STORE_CA"]}
    assert SETTINGS["LYHORD_DATA"] == mounts["data"]
    assert SETTINGS["LYHORD_CONFIG"] == f"{mounts['files']}/lyhord.toml"


@pytest.mark.parametrize("name", sorted(WORKLOADS))
def test_every_pod_is_bounded(name: str) -> None:
    pod, container = PODS[name], CONTAINERS[name]
    # Else a Service's name becomes a variable that looks like a setting.
    assert pod["enableServiceLinks"] is False
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert "memory" in container["resources"]["limits"]
    image, _, tag = container["image"].partition(":")
    (pinned,) = KUSTOMIZATION["images"]
    assert (image, tag) == (pinned["name"], pinned["newTag"])
    assert (
        container["image"]
        == deployment.load(COMPOSE, deployment.filled_in())["services"]["web"]["image"]
    )


def test_sources_are_read_by_one_and_the_key_stays_closed() -> None:
    spec = DEPLOYMENTS["lyhord-ingest"]["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    assert PODS["lyhord-ingest"]["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch"


@pytest.mark.parametrize("name", ["lyhord-enrich", "lyhord-index"])
def test_no_pod_is_without_a_partition_not_even_during_an_update(name: str) -> None:
    spec = DEPLOYMENTS[name]["spec"]
    assert spec["replicas"] <= int(SETTINGS["LYHORD_PARTITIONS"])
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}


def test_no_password_is_written_down() -> None:
    assert {value for secret in SECRETS.values() for value in secret.values()} <= {"", "lyhord"}
    assert [secret[key] for secret in SECRETS.values() for key in secret if key == "password"] == [
        "",
        "",
    ]
    assert not any(SECRET.search(name) for name in SETTINGS)
    for node in walk(DOCUMENTS):
        if SECRET.search(str(node.get("name", ""))):
            assert node.keys() == {"name", "valueFrom"}


def test_kustomize_makes_every_resource() -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not there")
    done = subprocess.run(
        [kubectl, "kustomize", str(MANIFESTS)], capture_output=True, text=True, check=True
    )
    made = [(each["kind"], each["metadata"]["name"]) for each in yaml.safe_load_all(done.stdout)]
    plain = [(each["kind"], each["metadata"]["name"]) for each in DOCUMENTS]
    assert sorted(each for each in made if each[0] != "ConfigMap") == sorted(plain)
    assert sum(kind == "ConfigMap" for kind, _ in made) == len(KUSTOMIZATION["configMapGenerator"])
