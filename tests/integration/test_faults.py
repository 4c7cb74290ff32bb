"""A small form of the fault suite: kills, poison and a server's death, all in one import."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.fault_scenarios.corpus import write_corpus
from benchmarks.fault_scenarios.poison import send
from benchmarks.fault_scenarios.reference import reference
from benchmarks.fault_scenarios.run import Run, Scenario, Servers, Suite
from deploy.local.elasticsearch import ElasticsearchServer
from deploy.local.lifecycle import LocalServer

POSTS = 1500
SHORT = 36
"""The posts are spread over a month: to make an index takes Elasticsearch half a second."""


class Shared:
    """A server that others use too, and that is left alone."""

    def __init__(self, address: str) -> None:
        self.address = address

    def start(self) -> None:
        raise NotImplementedError

    kill = stop = start


def strike(run: Run) -> None:
    moments = run.moments(3)
    next(moments)
    run.services["enrich"].kill(whole=False)
    run.services["index"].kill(whole=True)
    next(moments)
    run.poison += send(run.installation)
    next(moments)
    run.suite.servers.elasticsearch.kill()
    run.suite.servers.elasticsearch.start()


def test_nothing_is_lost_doubled_or_stale_after_kills_and_poison(
    kafka_server: str, local_server: Callable[[type[LocalServer]], LocalServer], tmp_path: Path
) -> None:
    with ThreadPoolExecutor() as pool:
        starting = pool.submit(local_server, ElasticsearchServer)
        corpus = write_corpus(tmp_path, POSTS, seed=5, file_rows=50, squeeze=SHORT)
        expected = reference(corpus, workers=2)
        elasticsearch = starting.result()
    servers = Servers(Shared(kafka_server), elasticsearch)
    result = Suite(servers, corpus, expected, kills=0, seed=5).run(Scenario("all", strike))
    assert result.good, "\n".join([result.stuck, *result.difference.examples, *result.notes])
    assert len(expected.posts) > POSTS * 0.9
    assert expected.deleted
    assert expected.refused
