"""Alerting: when more is written than the past lets one expect."""
