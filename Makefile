# `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEVELOPER := $(VENV)/.developer
SHARED ?= ../shared/data
PARALLEL := -q -n auto --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help install demo test check lint unit coverage bench clean lock-python lock-neo4j sample generate screenshots

help: ## List the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(INSTALLED) ## Set up .venv with hubgraph and what it runs on

demo: $(INSTALLED) ## Start Neo4j, load the sample, score it, serve the web app
	@$(BIN)/hubgraph demo

test: $(DEVELOPER) ## Every test, on a real Neo4j; browser tests where a Chromium is found
	$(BIN)/pytest $(PARALLEL)

check: $(DEVELOPER) ## The quick part: format, lint, types, import rules, unit tests
	@$(MAKE) --no-print-directory --jobs=2 lint unit

unit: $(DEVELOPER) ## The tests that need neither a Neo4j nor a browser
	$(BIN)/pytest tests/unit -q -n auto

lint: $(DEVELOPER) ## Format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

coverage: $(DEVELOPER) ## Every test, and which lines of the product it ran
	$(BIN)/coverage run -m pytest $(PARALLEL)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

bench: $(DEVELOPER) ## Load rate, influence against networkx, latency of every page, in one run
	$(BIN)/python -m bench

generate: $(DEVELOPER) ## Write what follows from the code: tables of docs, styles, scripts, pictures
	$(BIN)/python -m docs.generate

screenshots: $(DEVELOPER) ## Every page, light and dark, into screenshots/; renews docs/images
	$(BIN)/python -m docs.screenshots $(ADDRESS)

sample: $(DEVELOPER) ## Maintainers: pack the bundled sample anew from SHARED=…
	$(BIN)/python -m sample.pack $(SHARED)

lock-python: ## Maintainers: pin and hash the Python dependencies anew
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock-python" --quiet --output-file requirements/runtime.txt pyproject.toml
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock-python" --quiet --extra dev --extra ml --constraint requirements/runtime.txt --output-file requirements/dev.txt pyproject.toml requirements/build.in
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock-python" --quiet --constraint requirements/dev.txt --output-file requirements/build.txt requirements/build.in

lock-neo4j: $(DEVELOPER) ## Maintainers: resolve the jars of Neo4j anew
	$(BIN)/pip install --quiet 'jgo[cli]'
	$(BIN)/python -m graph.server.refresh

clean: ## Remove .venv and caches (not the database)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("hubgraph needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): $(VENV)/bin/python requirements/runtime.txt requirements/build.txt pyproject.toml
	$(BIN)/pip install --disable-pip-version-check --require-hashes --progress-bar on -qq -r requirements/build.txt -r requirements/runtime.txt
	$(BIN)/pip install --disable-pip-version-check -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPER): $(INSTALLED) requirements/dev.txt
	$(BIN)/pip install --disable-pip-version-check --require-hashes -qq -r requirements/dev.txt
	@touch $@
