# Hoichan. `make help` says what there is.
SHELL := /bin/sh
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
VIEWER := app/web/static/viewer/manifest.json
VIEWER_SOURCES := $(shell find viewer_js -path viewer_js/node_modules -prune -o -type f -print 2>/dev/null) $(wildcard app/base/translations/vi/*.po)
.DEFAULT_GOAL := help
.PHONY: help run install build setup format lint types types-of-python types-of-viewer imports unit doors journeys test test-tools bench clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: install build  ## set up what is missing, then start everything with the demonstration (Ctrl-C ends it)
	@$(BIN)/hoichan run --demonstration

install: $(STAMP)/run  ## the virtual environment with the pinned run-time packages

build: $(VIEWER)  ## the viewer for browsers (node and npm)

setup: install build  ## a real hospital: makes the first administrator, no demonstration
	@$(BIN)/hoichan setup

test: test-tools  ## set up what is missing, then every check and test
	@$(MAKE) --no-print-directory --output-sync --jobs=2 $(STAMP)/dev $(VIEWER)
	@$(MAKE) --no-print-directory --output-sync --jobs=2 lint types imports
	@$(MAKE) --no-print-directory unit doors journeys
	@echo "all checks and tests passed"

lint: $(STAMP)/dev  ## style of Python and of the viewer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: types-of-python types-of-viewer  ## types of Python and of the viewer, and the viewer's own tests

types-of-python: $(STAMP)/dev
	$(BIN)/mypy

types-of-viewer: $(VIEWER)
	cd viewer_js && npm run --silent check && npm run --silent test

imports: $(STAMP)/dev  ## the import rule
	PYTHONPATH=. $(BIN)/lint-imports --no-logo

unit: $(STAMP)/dev $(VIEWER)  ## contracts and rooms
	$(BIN)/python -m pytest -q -n auto tests/contracts tests/consults
	$(BIN)/python -m tests.alone -n auto

doors: $(STAMP)/dev $(VIEWER)  ## DICOM, DICOMweb, pages, streams, on real sockets
	$(BIN)/python -m pytest -q -n auto tests/doors

journeys: $(STAMP)/dev $(VIEWER)  ## in a real browser
	$(BIN)/python -m pytest -q tests/journeys

test-tools:
	@sh tests/install_tools.sh

bench: $(STAMP)/dev $(VIEWER)  ## figures: storing, frames, first image on a thin line, chat
	$(BIN)/python -m tests.bench

format: $(STAMP)/dev  ## put the code into form
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format . ; cd viewer_js && npx biome check --write .

clean:  ## remove what was built (never the data folder)
	rm -rf $(VENV) viewer_js/node_modules app/web/static/viewer app/web/static/fonts

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null 2>&1 || command -v python3 >/dev/null 2>&1 || { echo "Python 3.11 is missing: install it, then run make again."; exit 1; }
	@$$(command -v $(PYTHON) || command -v python3) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' || { echo "Python 3.11 or later is needed: install it, or name it with make PYTHON=..."; exit 1; }
	@$$(command -v $(PYTHON) || command -v python3) -m venv $(VENV) || { echo "Python's venv module is missing: on Debian install python3-venv."; exit 1; }

$(STAMP)/run: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@printf '#!/bin/sh\n# Hoichan: works from any folder.\nhere=$$(cd "$$(dirname "$$0")/../.." && pwd) && cd "$$here" && exec .venv/bin/python -m app.main "$$@"\n' > $(BIN)/hoichan && chmod +x $(BIN)/hoichan
	@mkdir -p $(STAMP) && touch $@

$(STAMP)/dev: requirements.txt requirements-dev.txt $(STAMP)/run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Not `npm ci`: it refuses a lock file made where packages of other platforms cannot be had. Versions are the lock's.
viewer_js/node_modules/.package-lock.json: viewer_js/package.json viewer_js/package-lock.json
	@command -v npm >/dev/null 2>&1 || { echo "node and npm are missing: install Node.js 20 or later, then run make again."; exit 1; }
	@cd viewer_js && npm install --no-save --silent --no-audit --no-fund
	@touch $@

$(VIEWER): viewer_js/node_modules/.package-lock.json $(VIEWER_SOURCES)
	@cd viewer_js && npm run --silent build
	@touch $@
