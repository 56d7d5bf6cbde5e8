# Every command of the portal; docs/operations.md says what each one needs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Where a machine keeps no compiled modules, each process compiles the portal, its libraries and the tests anew.
unexport PYTHONDONTWRITEBYTECODE

# The system's Python before one that somebody built: Debian's is optimised along a profile, and pyenv's, which is
# not, takes a fifth more time for a page.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  && echo /usr/bin/python3 || echo python3)
PORT ?= 8000
RESET ?=
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Where a package is missing only in tests, the demo does not ask for it.
RUNTIME_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
TEST_PACKAGES := postgresql redis-server chromium poppler-utils fonts-noto-cjk
NOT_IN_SQLITE := not browser and not year and not race and not servers

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

# -- set-up --------------------------------------------------------------------------------------
# $(call install,packages): install what dpkg does not know; as root, with sudo, or by saying how.
define install
	missing=""; \
	for package in $(1); do \
	  dpkg-query -W -f '$${db:Status-Status}' "$$package" 2>/dev/null | grep -qx installed \
	    || missing="$$missing $$package"; \
	done; \
	if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then missing="$$missing python3-venv"; fi; \
	if [ -n "$$missing" ]; then \
	  line="apt-get update && apt-get install -y --no-install-recommends$$missing"; \
	  if ! command -v apt-get >/dev/null; then \
	    echo "This is no Debian. Please install what these Debian packages hold:$$missing"; exit 1; \
	  elif [ "$$(id -u)" = 0 ]; then run="env"; \
	  elif sudo -n true 2>/dev/null; then run="sudo -n env"; \
	  else echo "Some system packages are missing. Please run this line, then make again:"; \
	    echo "  sudo sh -c '$$line'"; exit 1; fi; \
	  echo "Installing$$missing"; \
	  $$run DEBIAN_FRONTEND=noninteractive apt-get update -qq; \
	  $$run DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
	    apt-get install -y -qq --no-install-recommends$$missing >/dev/null; \
	fi
endef

.PHONY: system
system: ## install the system libraries that the portal needs
	@$(call install,$(RUNTIME_PACKAGES))

.PHONY: system-test
system-test: ## install what the tests need besides
	@$(call install,$(RUNTIME_PACKAGES) $(TEST_PACKAGES))

.PHONY: venv
venv: .venv/.synced ## make .venv from requirements.lock

# uv is ten times as fast as pip; where it finds no packages, pip does the same from the same hashes.
# A sync removes what the lock does not name, uv itself too, so it is put back.
.venv/.synced: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 …"; exit 1; }
	@test -x $(BIN)/pip || { echo "Making .venv"; $(PYTHON) -m venv --clear .venv; }
	@$(PIP) install -q uv && $(BIN)/uv pip sync -q --python $(BIN)/python requirements.lock \
	  || { echo "uv could not install; pip does it, which takes a minute"; \
	       $(PIP) install -q --require-hashes -r requirements.lock; }
	@test -x $(BIN)/uv || $(PIP) install -q uv
	@touch $@

.PHONY: lock
lock: .venv/.synced ## write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-annotate --group dev \
	  pyproject.toml -o requirements.lock -q

# -- run -----------------------------------------------------------------------------------------
.PHONY: demo
demo: system venv ## the portal with demo data on http://127.0.0.1:$PORT; RESET=1 starts over
	@exec $(BIN)/python -m renovation.runner --port "$(PORT)" $(if $(RESET),--reset)

# -- check ---------------------------------------------------------------------------------------
.PHONY: test
test: system-test venv ## everything that CI runs
	@$(BIN)/python -m tests.checks
	@echo "== pytest on SQLite"
	@DATABASE_URL= REDIS_URL= $(BIN)/python -m pytest -q -n 2 --durations=10 -m "$(NOT_IN_SQLITE)"
	@echo "== pytest on PostgreSQL, whole"
	@$(BIN)/python -m tests.run -q -n 2 --durations=25

.PHONY: test-fast
test-fast: system-test venv ## the part that one runs all day
	@$(BIN)/python -m tests.checks --fast
	@DATABASE_URL= REDIS_URL= $(BIN)/python -m pytest -q -n 2 --durations=10 -m "$(NOT_IN_SQLITE) and not slow" $(ARGS)

.PHONY: lint
lint: venv ## all checks but pytest
	@$(BIN)/python -m tests.checks

.PHONY: format
format: venv ## let ruff set the code
	@$(BIN)/ruff check -q --fix . && $(BIN)/ruff format -q .

.PHONY: bench
bench: system-test venv ## the benchmarks, as docs/performance.md shows them
	@$(BIN)/python -m benchmarks $(ARGS)
