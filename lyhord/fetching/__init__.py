"""Fetching over HTTP from URLs that strangers may have chosen: guarded, bounded, polite."""

from lyhord.fetching.answers import Response
from lyhord.fetching.fetcher import Fetcher, Limits

__all__ = ["Fetcher", "Limits", "Response"]
