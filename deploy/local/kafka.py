"""Apache Kafka as one KRaft node, from the jars on Maven Central."""

import base64
import secrets
import shutil
import socket
import struct
import subprocess
from pathlib import Path

from deploy.local.errors import StartFailed
from deploy.local.java import find_java
from deploy.local.lifecycle import LocalServer
from deploy.local.maven import Artifact, fetch
from deploy.local.processes import HOST
from deploy.local.software import Launch, Software

VERSION = "4.4.0"
JAVA = 17
ARTIFACTS = (
    Artifact("org.apache.kafka", "kafka_2.13", VERSION),
    Artifact("org.slf4j", "slf4j-simple", "1.7.36"),  # as old as the slf4j-api that Kafka brings
)
# After a kill, the next broker waits until the killed one's session has timed out.
SETTINGS = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{inner_port}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{inner_port}
advertised.listeners=PLAINTEXT://{host}:{port}
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=data
num.partitions=4
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=16777216
log.index.size.max.bytes=1048576
log.segment.bytes=134217728
"""
FILE = "server.properties"
QUICK = "-XX:TieredStopAtLevel=1"
API_VERSIONS = struct.pack(">hhih", 18, 0, 1, -1)  # key, version, correlation id, no client id


class KafkaServer(LocalServer):
    """Kafka on `kafka://127.0.0.1:PORT`, without topics of its own making."""

    name = "kafka"
    scheme = "kafka"
    variable = "LYHORD_LOG"

    @classmethod
    def fetch(cls) -> Software:
        """Find Java and Kafka's jars."""
        java = find_java(JAVA, wanted_by="Kafka")
        return Software(java, fetch(f"kafka-{VERSION}", ARTIFACTS, "45 MB", _keep_all))

    def prepare(self, software: Software) -> Launch:
        """Write the settings, and format the data folder the first time."""
        java = str(software.java)
        classes = f"{software.home}/*"
        settings = SETTINGS.format(host=HOST, port=self.port, inner_port=self.inner_port)
        (self.folder / FILE).write_text(settings)
        if not (self.folder / "data" / "meta.properties").exists():
            _format(java, classes, self.folder)
        quick = [QUICK] if self.fast_start else []
        options = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-Djava.awt.headless=true", *quick]
        command = [java, *options, "-cp", classes, "kafka.Kafka", FILE]
        return Launch(command, environment={"LC_ALL": "C.UTF-8"}, inside=str(self.folder))

    def answers(self) -> bool:
        """Ask which versions of its calls it knows: served once the broker may serve anything."""
        with socket.create_connection((HOST, self.port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(API_VERSIONS)) + API_VERSIONS)
            return bool(connection.recv(1))


def _format(java: str, classes: str, folder: Path) -> None:
    # Kafka's own form of a cluster id; one that begins with a dash would look like an option.
    cluster = "L" + base64.urlsafe_b64encode(secrets.token_bytes(16)).decode()[1:22]
    done = subprocess.run(
        [
            *(java, QUICK, "-cp", classes, "kafka.tools.StorageTool"),
            *("format", "--ignore-formatted", "-t", cluster, "-c", FILE),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StartFailed(f"Kafka could not format its data folder: {done.stdout}{done.stderr}")


def _keep_all(artifacts: Path, home: Path) -> None:
    for jar in artifacts.iterdir():
        shutil.move(jar, home)
