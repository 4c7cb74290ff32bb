"""The store on Elasticsearch: dated indices behind an alias, searched by the terms we made."""

from lyhord.adapters.elastic_store.cluster import Cluster
from lyhord.adapters.elastic_store.state import ElasticState
from lyhord.adapters.elastic_store.store import ElasticStore

__all__ = ["Cluster", "ElasticState", "ElasticStore"]
