# The public letterbox: `make run` to look around, `make test` to check everything.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

VENV := .venv
BIN := $(VENV)/bin
# The first Python on the path that is new enough, unless one is named: make run PYTHON=python3.12
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
RUNTIME := $(VENV)/.stamp-runtime
DEVELOPMENT := $(VENV)/.stamp-development
CATALOGUES := $(VENV)/.stamp-catalogues
JOBS ?= 2
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist worksteal
LOCK := $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

# The share of lines and branches that tests must take.
COVERED ?= 97
# How many mutants are drawn, and by which seed.
MUTANTS ?= 300
SEED ?= 2016
# How often `make chaos` kills everything.
KILLS ?= 15
.PHONY: help install run check test lint unit sqlite postgres browser coverage mutants bench bench-scale chaos lock messages clean

help: ## Show what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(RUNTIME) $(CATALOGUES) ## Prepare .venv: locked dependencies, the letterbox command.

run: install ## Serve the letterbox with demo data (PORT, LETTERBOX_INSTANCE, DATABASE_URL).
	@exec $(BIN)/letterbox serve --demo

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none was found on the path; \
	install it or name it: make run PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "Python 3.11 or newer is needed; $(PYTHON) is" $$($(PYTHON) -V); exit 1; }
	@echo "Making the virtual environment in $(VENV) with" $$($(PYTHON) -V)
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	echo "Python's venv module is needed (on Debian: apt install python3-venv)"; exit 1; }

# The project itself is put on the path of .venv, which needs no build and no network.
$(RUNTIME): requirements.txt | $(BIN)/python
	@echo "Installing the locked dependencies (once, about half a minute)"
	@$(PIP) install --require-hashes -r requirements.txt
	@echo "$(CURDIR)" > $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/letterbox.pth
	@printf '#!%s\nfrom portal.cli import main\n\nif __name__ == "__main__":\n    main(prog_name="letterbox")\n' \
	"$(CURDIR)/$(BIN)/python" > $(BIN)/letterbox && chmod +x $(BIN)/letterbox
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@echo "Installing what the checks need (once, about a minute)"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

$(CATALOGUES): $(wildcard portal/translations/*/LC_MESSAGES/*.po) $(RUNTIME)
	@if ls portal/translations/*/LC_MESSAGES/*.po >/dev/null 2>&1; then \
	$(BIN)/pybabel --quiet compile --directory portal/translations; fi
	@touch $@

lint: $(DEVELOPMENT) $(CATALOGUES)
	@echo "Style"; $(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	@echo "Types"; $(BIN)/mypy --no-error-summary
	@echo "Contracts"; said=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$said"; exit 1; }
	@echo "Templates"; $(BIN)/djlint templates --lint --quiet && $(BIN)/djlint templates --check --quiet
	@echo "Scripts and style sheets"; ./.ci/assets

unit: $(DEVELOPMENT) $(CATALOGUES)
	@echo "Unit tests"; $(PYTEST) tests/domain tests/models tests/tools/samples tests/structure \
	-m "not slow and not browser"

check: lint unit ## Check in under a minute: style, types, contracts, templates, unit tests.

sqlite: $(DEVELOPMENT) $(CATALOGUES) ## Run the tests on SQLite.
	@./.ci/cache
	@echo "All tests on SQLite, $(COVERED) % of lines and branches"; $(PYTEST) -m "not browser" \
	--cov --cov-report= --cov-fail-under=$(COVERED)

postgres: $(DEVELOPMENT) $(CATALOGUES) ## Run the tests that use a database on PostgreSQL.
	@echo "All tests that use a database, on PostgreSQL"; LETTERBOX_TEST_DATABASE=postgres $(PYTEST) -m "not browser"

browser: $(DEVELOPMENT) $(CATALOGUES) ## Run the journeys in a browser.
	@./.ci/browser
	@echo "Journeys in a browser"; $(PYTEST) tests/browser

test: lint sqlite postgres browser ## Check everything: the whole suite on SQLite and PostgreSQL, browser too.

coverage: sqlite ## Show the lines and branches that no test on SQLite takes.
	@$(BIN)/coverage report

# Which tests reach which line, recorded again when code or tests have changed.
mutants/contexts: $(shell find portal search_index tests -name '*.py') | $(DEVELOPMENT) $(CATALOGUES)
	@echo "Recording which tests reach which line"; mkdir -p mutants; \
	COVERAGE_FILE=$(CURDIR)/$@ $(PYTEST) -m "not browser and not slow" --cov --cov-report= \
	--cov-context=test --junitxml=mutants/times.xml || { rm -f $@; exit 1; }

mutants: mutants/contexts ## Put MUTANTS=300 random faults into the code; tests must notice 90 %.
	@$(BIN)/python -m tests.mutants $(MUTANTS) $(SEED) $(JOBS)

bench: $(DEVELOPMENT) $(CATALOGUES) ## Measure; figures are ratios taken in one run.
	@for each in tests/bench/bench_*.py; do \
	name=$$(basename $$each .py); echo "== $$name"; $(BIN)/python -m tests.bench.$$name || exit 1; done

bench-scale: $(DEVELOPMENT) $(CATALOGUES) ## Measure the figures at a million letters; takes minutes.
	@$(BIN)/python -m tests.bench.bench_rates 1000000

chaos: $(DEVELOPMENT) $(CATALOGUES) ## Harm running servers (KILLS=15) and print what it cost; takes minutes.
	@$(BIN)/python -m tests.chaos $(KILLS)

messages: $(DEVELOPMENT) ## Bring the English catalogue up to date with the code; then translate what is new.
	@$(BIN)/pybabel --quiet extract -F pyproject.toml -k _l -k N_ --output-file=.messages.pot .
	@$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --no-wrap \
	--input-file=.messages.pot --output-dir=portal/translations; rm -f .messages.pot

lock: $(DEVELOPMENT) ## Lock the dependencies of pyproject.toml again, with hashes.
	@$(LOCK) --output-file=requirements.txt pyproject.toml
	@$(LOCK) --constraint=requirements.txt --extra=dev --output-file=requirements-dev.txt pyproject.toml

clean: ## Remove .venv and caches; the instance folder stays.
	rm -rf $(VENV) mutants .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
