# Everything a newcomer needs: `make run` and `make test`, each with its own set-up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made
VENDOR_STAMP := monitor/static/vendor/LOCK.sha256
SHIPPED := kernel contracts people payments alerts monitor migrations samples

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup run reset test proof check bench lock anew

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make the environment in .venv, nothing else
	@:

# A missing vendor folder (after `git clean`, say) makes the environment stale too: it belongs to the editable install.
$(STAMP): requirements.lock pyproject.toml hatch_build.py package.json package-lock.json .npmrc $(if $(wildcard $(VENDOR_STAMP)),,anew)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one with: make PYTHON=python3.12 setup")'
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@echo 'Installing the locked packages into $(VENV) (minutes at first, seconds later) …'
	@$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements.lock
	@echo 'Packing the browser libraries and linking the project …'
	@$(BIN)/pip install --quiet --no-deps --editable .
	@$(BIN)/pip check
	@touch $@

run: setup ## watch two real cities' contracts: database, web, worker and a demo receiver; Ctrl-C stops
	$(BIN)/monitor demo

reset: setup ## delete the demo's data under var/
	$(BIN)/monitor demo --reset

test: setup ## the suite, in random order, with reduced counts
	$(BIN)/pytest -n auto

proof: setup ## the large counts, and many more examples of each rule
	MONITOR_PROOF=1 $(BIN)/pytest --timeout 1800 -m "proof or hypothesis"

check: setup ## ruff, mypy, import-linter, deptry, bandit, migration drift
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(filter-out migrations,$(SHIPPED))
	@# B608: triggers and policies are text, made of the schema's own names alone; nothing typed gets there.
	$(BIN)/bandit --quiet --configfile pyproject.toml --skip B608,B105,B106 --recursive migrations
	$(BIN)/python -m migrations.drift

bench: setup ## each figure beside its floor, measured in the same run
	$(BIN)/python -m benchmarks

lock: ## renew requirements.lock from pyproject.toml (needs uv)
	uv pip compile --universal --generate-hashes --all-extras --upgrade --quiet \
		--custom-compile-command 'make lock' --output-file requirements.lock pyproject.toml
