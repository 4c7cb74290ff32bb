"""The parts of the fault suite: its posts, its reference, its servers and services, its faults."""
