"""Labelled posts, and what makes models of them."""
