"""The production path's throughput: each stage beside its bare client, and the whole of it."""
