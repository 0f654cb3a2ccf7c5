# iopsim: what a developer types. `make` alone lists the targets.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
JOBS ?= 2
SCENARIO ?= scenarios/palmetto.toml
OUT ?=
LOCK_FLAGS ?=
RESULTS ?=
PIP_TOOLS := 7.6.2

# Paths are relative, so that a checkout may lie in a folder whose name has spaces.
BIN := .venv/bin
PACKAGES := .venv/.packages-installed
READY := .venv/.iopsim-installed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check bench gallery verify lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: $(READY) ## Simulate one scenario (SCENARIO=file, OUT=folder)
	@"$(BIN)/iopsim" run "$(SCENARIO)" $(if $(OUT),--out "$(OUT)")

test: check ## Check, then run the test suite (JOBS=processes)
	@"$(BIN)/python" -m pytest -q -n $(JOBS)

check: $(READY) ## Check style, format, types and the direction of imports
	@"$(BIN)/ruff" check .
	@"$(BIN)/ruff" format --check .
	@"$(BIN)/mypy" --strict src
	@"$(BIN)/lint-imports" --no-logo

bench: $(READY) ## Run every benchmarks/bench_*.py; what they print is in results/bench.txt too
	@"$(BIN)/python" benchmarks/in_turn.py

gallery: $(READY) ## Draw docs/gallery.md from the shipped programs and experiments (RESULTS=folder to keep them)
	@"$(BIN)/python" docs/make_gallery.py $(if $(RESULTS),--results "$(RESULTS)")

verify: $(READY) ## Run the long checks in verification/; each writes its log there
	@for script in verification/*.py; do \
		echo "== $$script"; \
		"$(BIN)/python" "$$script" || exit 1; \
	done

lock: ## Rewrite requirements.lock from pyproject.toml (LOCK_FLAGS=--upgrade for newer versions)
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && \
	"$(PYTHON)" -m venv "$$tools" && \
	echo "Resolving pyproject.toml (a minute or two)" && \
	"$$tools/bin/python" -m pip install -qq --disable-pip-version-check pip-tools==$(PIP_TOOLS) && \
	"$$tools/bin/pip-compile" --quiet --extra dev --extra cluster --extra sensitivity --generate-hashes --allow-unsafe --strip-extras \
		--no-header \
		$(LOCK_FLAGS) --output-file requirements.lock pyproject.toml && \
	{ printf '%s\n' \
		"# Every package that iopsim runs, is tested and is built with, pinned by version and by hash." \
		"# To change it, edit pyproject.toml and run: make lock (with Python 3.11; known versions are kept)," \
		"# or, for the newest versions that fit: make lock LOCK_FLAGS=--upgrade"; \
	sed -e '/^--/d' -e '/./,$$!d' requirements.lock; } > "$$tools/lock" && \
	cp "$$tools/lock" requirements.lock

clean: ## Remove the environment and everything that can be made again (results/ is kept)
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# A changed lock makes a fresh environment; a changed pyproject.toml only reinstalls iopsim itself.
$(PACKAGES): requirements.lock
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "iopsim needs Python 3.11 or newer: make PYTHON=/path/to/python ..."; exit 1; }
	@echo "Installing the pinned packages into .venv (about a minute, once)"
	@"$(PYTHON)" -m venv --clear .venv
	@"$(BIN)/python" -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(READY): $(PACKAGES) pyproject.toml
	@"$(BIN)/python" -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
