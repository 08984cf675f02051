# Two commands: `make run` simulates the reference station, `make test` runs every check, with the same examples each time
# (plain pytest draws others).
# `make prove` plays every published case and writes VALIDATION.md.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCENARIO ?= scenarios/jinan_east.yaml

.PHONY: run test prove bench lint clean

run: $(VENV)/.stamp-run
	$(BIN)/stationsim run $(SCENARIO)

test: lint
	$(BIN)/pytest -q -n auto --hypothesis-profile=ci

lint: $(VENV)/.stamp-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

prove: $(VENV)/.stamp-dev
	$(BIN)/stationsim prove --jobs 2 --output VALIDATION.md

bench: $(VENV)/.stamp-dev
	$(BIN)/python -m tests.benchmarks.run_cost
	$(BIN)/python -m tests.benchmarks.plaza_cost

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.stamp-run: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.stamp-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e . --group dev
	@touch $@ $(VENV)/.stamp-run

clean:
	rm -rf $(VENV) build dist *.egg-info
