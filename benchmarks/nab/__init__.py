"""How early rises are told, and how often falsely, on the Numenta Anomaly Benchmark."""
