"""Alerting: what has started, where and since when, told from when posts were written."""
