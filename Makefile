# `make` or `make help` lists the targets. Every target sets up what it needs by itself.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.DELETE_ON_ERROR:

VENV := .venv
export VENV
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
WORKERS ?= 2
# A file's tests share what they start, so they stay together; the order of files is that of tests/conftest.py.
PARALLEL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z.-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  \033[1m%-22s\033[0m %s\n", $$1, $$2}'

# ---------------------------------------------------------------------------------------------------
# Set-up: done once, and again when a lock file changes
# ---------------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(VENV)/.ready ## virtual environment with the locked, hash-checked packages and the language model

$(VENV)/.ready: requirements.lock requirements-build.lock pyproject.toml deploy/set-up
	@deploy/system-packages demo
	@deploy/set-up requirements-build.lock requirements.lock
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock requirements-build.lock pyproject.toml deploy/set-up
	@deploy/system-packages demo
	@deploy/set-up requirements-build.lock requirements-dev.lock
	@touch $@ $(VENV)/.ready

tests/clients/node_modules/.ready: tests/clients/package.json tests/clients/package-lock.json
	@echo "Installing the mail client of another kind that tests use ..."
	@cd tests/clients && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: system-packages
system-packages:
	@deploy/system-packages test

# ---------------------------------------------------------------------------------------------------
# Use
# ---------------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.ready ## send the sample mails through a gateway on this machine (ONCE=1: stop after the table)
	@$(BIN)/python -m dlp_gateway demo $(if $(ONCE),--once)

.PHONY: bench
bench: $(VENV)/.ready-dev system-packages ## throughput and delay on this machine
	@$(BIN)/python -m dlp_gateway bench

config.example.yaml: $(wildcard dlp_gateway/config*.py) | $(VENV)/.ready ## write the commented configuration anew
	@$(BIN)/python -c 'from dlp_gateway.config_example import example_yaml; print(example_yaml(), end="")' > $@

docs/policy.schema.json: dlp_gateway/decide/policy.py dlp_gateway/decide/words.py | $(VENV)/.ready ## write the JSON Schema of rules/policy.yaml anew
	@$(BIN)/python -c 'from dlp_gateway.decide.schema import schema_text; print(schema_text(), end="")' > $@

.PHONY: statements
statements: $(VENV)/.ready-dev ## train the networks of statements anew from training/statements/sentences
	@$(BIN)/python -m training.statements

.PHONY: references
references: $(VENV)/.ready-dev ## train the model of references anew from training/references/mails
	@$(BIN)/python -m training.references

.PHONY: console-style
console-style: ## write the console's style sheet anew (needs npm)
	cd console-style && npm ci --no-audit --no-fund --loglevel=error
	cd console-style && node_modules/.bin/sass --style=compressed --no-source-map console.scss ../dlp_gateway/web/static/console.css

# ---------------------------------------------------------------------------------------------------
# Checks
# ---------------------------------------------------------------------------------------------------

.PHONY: test
test: system-packages lint tests/clients/node_modules/.ready ## everything: lint, then all tests but the long ones
# Hundreds of processes are started: without bytecode each would compile the package anew.
	@$(BIN)/python -m compileall -q dlp_gateway tests
	$(PYTEST) -m "not proof" $(PARALLEL)

# Measuring makes the tests a third longer, and those left out, which compute most, half as long again.
.PHONY: coverage
coverage: system-packages $(VENV)/.ready-dev tests/clients/node_modules/.ready ## how much of the code the tests run, which is to be 92 % at least
	@rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -m "not proof and not accuracy and not fuzz and not system" $(PARALLEL)
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report

.PHONY: unit
unit: system-packages $(VENV)/.ready-dev ## the tests that need no server: seconds
	$(PYTEST) -m "unit or properties" $(PARALLEL)

.PHONY: proof
proof: system-packages $(VENV)/.ready-dev tests/clients/node_modules/.ready ## the long tests: crashes, floods, deep search
	$(PYTEST) -m proof --hypothesis-profile=proof

.PHONY: lint
lint: $(VENV)/.ready-dev ## ruff, mypy, the layers, the Dockerfile
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/hadolint Dockerfile

.PHONY: format
format: $(VENV)/.ready-dev ## let ruff lay out the code
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

# ---------------------------------------------------------------------------------------------------
# Upkeep
# ---------------------------------------------------------------------------------------------------

# No addresses of registries may stand in a lock file: uv writes none in this form.
COMPILE := uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock"

.PHONY: lock
lock: ## pin all packages anew, with hashes (needs uv and npm)
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --extra dev -o requirements-dev.lock
	sed -n 's/^requires = \["\(.*\)"\]$$/\1/p' pyproject.toml | $(COMPILE) - -o requirements-build.lock
	cd tests/clients && npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	cd console-style && npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund

.PHONY: samples
samples: $(VENV)/.ready-dev ## write the sample mails of the demonstration anew
	@$(BIN)/python -m tests.support.make_demo_mails

.PHONY: documents
documents: $(VENV)/.ready-dev ## write the test documents that need LibreOffice anew (ONLY="letter.odt ...")
	$(BIN)/python -m tests.support.documents.make_with_libreoffice $(ONLY)

.PHONY: clean
clean: ## remove what was built, but not your configuration
	rm -rf $(VENV) .demo .fuzz build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*
	rm -rf tests/clients/node_modules console-style/node_modules
