"""The embedded store: a tantivy index in a folder of this machine."""

from lyhord.adapters.tantivy_store.store import TantivyStore

__all__ = ["TantivyStore"]
