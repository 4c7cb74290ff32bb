"""One package or module for each engine behind a port; no engine is known outside its own."""
