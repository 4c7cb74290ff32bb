"""Measures how soon a rise in what citizens write is found, and how often nothing was there."""
