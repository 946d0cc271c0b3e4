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

$(STAMPS)/python: requirements.lock pyproject.toml
	@mkdir -p $(STAMPS)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "$(CURDIR)/src" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/milepost.pth"
	@printf '#!%s\nimport sys\nfrom milepost.cli.__main__ import main\nsys.exit(main())\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/milepost
	@chmod +x $(BIN)/milepost
	@touch $@

ASSETS := src/milepost/console/assets
SDK_SOURCES := $(shell find sdk/src $(ASSETS) -type f -not -path '*/node_modules/*' 2>/dev/null) $(wildcard sdk/*.json sdk/*.mjs)

$(STAMPS)/node: $(wildcard sdk/package-lock.json $(ASSETS)/package-lock.json) sdk/hatch_build.py $(STAMPS)/python
	@$(BIN)/python sdk/hatch_build.py install
	@touch $@

$(STAMPS)/sdk: $(STAMPS)/node $(SDK_SOURCES)
	@$(BIN)/python sdk/hatch_build.py build
	@touch $@

$(STAMPS)/locale: $(STAMPS)/python $(wildcard src/milepost/locale/*/LC_MESSAGES/*.po src/milepost/*/locale/*/LC_MESSAGES/*.po)
	@python -m milepost.conf.compile_messages
	@touch $@
