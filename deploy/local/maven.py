"""Fetches a server from Maven Central once, into a cache outside the repository."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from deploy.local.errors import Unavailable
from deploy.local.locks import alone

COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>servers</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>{dependencies}</dependencies>
</project>
"""


class Artifact(NamedTuple):
    """Maven coordinates; `alone` leaves out what it depends on."""

    group: str
    name: str
    version: str
    kind: str = "jar"
    alone: bool = False

    def xml(self) -> str:
        """Write it as a dependency of a pom."""
        every = "<exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion>"
        return (
            f"<dependency><groupId>{self.group}</groupId><artifactId>{self.name}</artifactId>"
            f"<version>{self.version}</version><type>{self.kind}</type>"
            f"<exclusions>{every if self.alone else ''}</exclusions></dependency>"
        )


def cache_folder() -> Path:
    """Say where fetched servers live.

    Root's is the system's: Elasticsearch runs as nobody then, who cannot look into root's home.
    """
    if chosen := os.environ.get("LYHORD_CACHE"):
        return Path(chosen).resolve() / "servers"
    if chosen := os.environ.get("XDG_CACHE_HOME"):
        return Path(chosen).resolve() / "lyhord" / "servers"
    home = Path("/var/cache") if os.geteuid() == 0 else Path.home() / ".cache"
    return home / "lyhord" / "servers"


def fetch(
    name: str, artifacts: tuple[Artifact, ...], size: str, arrange: Callable[[Path, Path], None]
) -> Path:
    """Give the folder of a fetched server; `arrange` makes it from the folder of artifacts.

    It appears whole or not at all, and once however many ask for it at the same time. Maven's own
    repository is a throwaway one: it bears no parallel use, and would keep what is not needed.
    """
    target = cache_folder() / name
    if target.is_dir():
        return target
    with alone(target.with_name(f"{name}.lock")) as lock:
        if target.is_dir():
            return target
        for left_behind in target.parent.glob(f"{name}.partial-*"):
            shutil.rmtree(left_behind, ignore_errors=True)
        print(f"Fetching {name} from Maven Central ({size}, once) …", file=sys.stderr)
        partial = Path(tempfile.mkdtemp(prefix=f"{name}.partial-", dir=target.parent))
        try:
            _run_maven(partial, artifacts, lock)
            (partial / "home").mkdir()
            arrange(partial / "artifacts", partial / "home")
            _open_to_all(partial / "home")
            (partial / "home").rename(target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return target


def _run_maven(folder: Path, artifacts: tuple[Artifact, ...], lock: int) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("Maven is missing: install it, for example `apt-get install maven`.")
    dependencies = "".join(artifact.xml() for artifact in artifacts)
    (folder / "pom.xml").write_text(POM.format(dependencies=dependencies))
    done = subprocess.run(
        [
            *(maven, "--quiet", "--batch-mode", "--strict-checksums", COPY),
            f"-Dmaven.repo.local={folder / 'repository'}",
            f"-DoutputDirectory={folder / 'artifacts'}",
            "-DincludeScope=runtime",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        pass_fds=[lock],  # whoever fetches next waits also for a Maven that outlives us
    )
    if done.returncode:
        said = [line for line in done.stdout.splitlines() if "ERROR" in line] or [done.stderr]
        raise Unavailable(f"Maven could not fetch the server: {said[0]}")


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
