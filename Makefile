# The two commands of a fresh machine: `make run` and `make test`. Both set up what is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export LYHORD_DATA ?= data

.PHONY: run test lint fast servers train evaluate evaluate-alerts curve codebook bench bench-servers faults lock clean

run: $(VENV)/ready ## Start Lyhörd with the examples; the page is on http://127.0.0.1:8080
	@$(BIN)/python -m http.server 8099 --bind 127.0.0.1 --directory examples/feeds >/dev/null 2>&1 & \
	feeds=$$!; \
	$(BIN)/lyhord --config examples/lyhord.toml run & \
	lyhord=$$!; \
	trap "kill $$lyhord" INT TERM; trap "kill $$feeds 2>/dev/null" EXIT; \
	while kill -0 $$lyhord 2>/dev/null; do wait $$lyhord; done

# In the order of the folders: a file that takes minutes would be waited for alone at the end.
test: $(VENV)/ready-test ## Lint, types, architecture and all tests
	$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

servers: ## Start a real Kafka and Elasticsearch here (Java and Maven), and say where they are
	$(PYTHON) deploy/local/servers.py start

fast: $(VENV)/ready-test ## Only the tests that take seconds
	$(BIN)/pytest tests/unit tests/contract tests/golden

lint: $(VENV)/ready-test
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

train: $(VENV)/ready-test ## The model, from the labelled posts; NAMES=folder of the names' corpora
	$(BIN)/python -m training.train $(if $(NAMES),--names $(NAMES))

evaluate: $(VENV)/ready-test ## The figures of docs/nlp.md; DATA=folder of others' posts and corpora
	$(BIN)/python -m training.evaluate $(if $(DATA),--data $(DATA))

evaluate-alerts: $(VENV)/ready-test ## The figures of alerts; NAB=folder of the Numenta benchmark
	$(BIN)/python -m benchmarks.alerts --seeds 6
	$(BIN)/python -m benchmarks.alerts --seeds 2 --look-ahead
	$(BIN)/python -m benchmarks.alerts.speed
	$(if $(NAB),$(BIN)/python -m benchmarks.nab --nab $(NAB))

curve: $(VENV)/ready-test ## The learning curve of docs/nlp.md
	$(BIN)/python -m training.curve --picture docs/images/learning-curve.svg

codebook: $(VENV)/ready-test ## docs/codebook.md and its figures, after a change of its words or of docs/nlp.md
	$(BIN)/python -m training.codebook

bench: $(VENV)/ready ## The figures of docs/benchmarks.md
	$(BIN)/python -m benchmarks.import_posts --count 200000
	$(BIN)/python -m benchmarks.search_latency --count 200000
	$(BIN)/python -m benchmarks.crash --moments 200

bench-servers: $(VENV)/ready-test ## The figures of docs/benchmarks.md and docs/kibana.md on Kafka and Elasticsearch
	$(BIN)/python -m benchmarks.throughput
	$(BIN)/python -m benchmarks.kibana

faults: $(VENV)/ready-test ## The fault suite of docs/delivery.md, 100,000 posts
	$(BIN)/python -m benchmarks.faults

lock: ## Make requirements.lock anew from pyproject.toml
	$(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet --upgrade .
	build/lock/bin/pip freeze --exclude lyhord > requirements.lock
	build/lock/bin/pip install --quiet --upgrade -c requirements.lock pip aiosmtpd compose-spec hypothesis import-linter mypy openpyxl playwright pytest pytest-xdist PyYAML ruff schemathesis scikit-learn trustme types-PyYAML
	build/lock/bin/pip freeze --exclude lyhord --exclude pip > requirements-test.lock
	rm -rf build/lock

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/ready-test: $(VENV)/ready requirements-test.lock
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-test.lock
	touch $@
