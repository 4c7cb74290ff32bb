"""Compiles simplemma's Swedish dictionary and the curated lists into the lexicon's tries."""
