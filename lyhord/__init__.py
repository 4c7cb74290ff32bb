"""Lyhörd's shared library: the model, the ports and their adapters; it starts no process."""
