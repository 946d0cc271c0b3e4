# The front door. `make run` and `make test` set everything up by themselves; nothing else needs to be done first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .stamps
export PATH := $(CURDIR)/$(BIN):$(PATH)

help:  ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

run: setup  ## start Milepost with the example; prints the address, the sign-in and the keys
	@milepost serve --example calorie-counter

setup: $(STAMPS)/python $(STAMPS)/sdk $(STAMPS)/locale

$(STAMPS)/python: requirements.lock
	@mkdir -p $(STAMPS)
	@echo "Installing what Milepost runs on, once…"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "$(CURDIR)/src" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/milepost.pth"
	@printf '#!%s\nimport sys\nfrom milepost.cli.__main__ import main\nsys.exit(main())\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/milepost
	@chmod +x $(BIN)/milepost
	@touch $@

$(STAMPS)/dev: requirements-dev.lock $(STAMPS)/python
	@echo "Installing what the tests need, once…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

ASSETS := src/milepost/console/assets
SDK_SOURCES := $(shell find sdk/src $(ASSETS) -type f -not -path '*/node_modules/*' 2>/dev/null) $(wildcard sdk/*.json sdk/*.mjs)

$(STAMPS)/node: $(wildcard sdk/package-lock.json $(ASSETS)/package-lock.json) sdk/hatch_build.py $(STAMPS)/python
	@echo "Installing what builds the browser's part, once…"
	@$(BIN)/python sdk/hatch_build.py install
	@touch $@

$(STAMPS)/sdk: $(STAMPS)/node $(SDK_SOURCES)
	@$(BIN)/python sdk/hatch_build.py build
	@touch $@

$(STAMPS)/locale: $(STAMPS)/python $(wildcard src/milepost/locale/*/LC_MESSAGES/*.po src/milepost/*/locale/*/LC_MESSAGES/*.po)
	@$(BIN)/python src/milepost/conf/compile_messages.py
	@touch $@

test: setup $(STAMPS)/dev chromium  ## every test, the browser's included
	@$(BIN)/python sdk/hatch_build.py run test
	@pytest tests -n 2 --dist loadfile
	@pytest e2e -n 2 --dist loadfile

fast: setup $(STAMPS)/dev  ## the core's tests, in seconds
	@pytest tests/engine tests/conditions tests/program tests/people -n 2

check: setup $(STAMPS)/dev  ## style, types, layers and sizes
	@ruff format --check --quiet .
	@ruff check --quiet .
	@mypy
	@lint-imports
	@$(BIN)/python sdk/hatch_build.py run check
	@echo "Everything is in order."

bench: setup $(STAMPS)/dev chromium  ## every headline number beside its limit; twelve quiet minutes
	@python -m bench

requirements: $(STAMPS)/python  ## which requirements have a test that proves them
	@python tests/requirements.py

lock: $(STAMPS)/dev  ## pins every dependency anew
	@for set in "dev -o requirements-dev.lock" "build -c requirements-dev.lock -o requirements.lock"; do \
	  python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --no-emit-find-links pyproject.toml --group $$set; done

chromium:  ## the browser that the tests drive, from the system's packages
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	  else echo "The tests drive Chromium: install the package 'chromium' of your system."; exit 1; fi; }

clean:  ## removes what was built and installed here; your data stays
	@rm -rf .venv .stamps sdk/node_modules src/milepost/console/assets/node_modules src/milepost/static/built

.PHONY: help run setup test fast check requirements lock chromium clean bench
