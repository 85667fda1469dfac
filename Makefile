# Short recipes; people and CI call the same ones. `make` lists them.

# Any Python >= 3.11. When this one does not do, others on the PATH are tried.
PYTHON ?= python3
# Where everything is installed. A second one: make test VENV=.venv313 PYTHON=python3.13
VENV ?= .venv
# More arguments for the recipe's command: make test ARGS="-k pagecache"
ARGS ?=

BIN := $(VENV)/bin
LESSON := notebooks/00_measuring.ipynb
# JupyterLab refuses to start as root unless asked.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
# nbgrader starts programs of its own environment by name.
export PATH := $(abspath $(BIN)):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev lab quick test build check coverage mutants bench grade classroom site clean

help:  ## List the recipes
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup:
	@python=$$(tools/find_python.sh "$(PYTHON)") && "$$python" tools/setup_venv.py $(VENV)

setup-dev:
	@python=$$(tools/find_python.sh "$(PYTHON)") && "$$python" tools/setup_venv.py $(VENV) --dev

lab: setup  ## Open the first lesson in JupyterLab (installs everything, the first time)
	@JUPYTER_CONFIG_PATH="$(CURDIR)/tools/lab$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" \
		$(BIN)/jupyter lab $(AS_ROOT) --ServerApp.root_dir="$(CURDIR)" \
		--LabApp.default_url=/lab/tree/$(LESSON) $(ARGS)

quick: setup-dev  ## Check, then run the tests that need no browser, no pod and no class: a minute
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n 2 -q -m "not slow" $(ARGS)

test: setup-dev  ## Check generated files and style, then run all tests
	@tools/setup_system.sh
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n 2 $(ARGS)

build: setup-dev  ## Regenerate notebooks, exercises and README's table from the masters
	@$(BIN)/python -m tools.build $(ARGS)

check: setup-dev  ## Fail on stale generated files, on style and on forbidden imports
	@$(BIN)/python -m tools.build --check
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@report=$$($(BIN)/lint-imports --no-cache --no-logo) || { echo "$$report"; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/mypy --no-error-summary --config-file nbverdict/pyproject.toml

coverage: setup-dev  ## Say which lines of the grader and the checks their tests run, jails included
	@$(BIN)/python -m tools.measure_coverage $(ARGS)

mutants: setup-dev  ## Change model answers in small ways: make mutants ARGS="01_page_cache"
	@$(BIN)/python -m tools.mutants $(ARGS)

bench: setup-dev  ## Measure course_lib and the grader on this machine
	@set -e; for script in bench/*.py; do $(BIN)/python $$script $(ARGS); done

grade: setup  ## Grade all submissions: make grade ARGS="01_page_cache"
	@$(BIN)/python -m nbverdict $(ARGS)

classroom: setup-dev  ## Start a JupyterHub with a toy class on this machine
	@$(BIN)/python -m tools.classroom $(ARGS)

site: setup-dev  ## Build the website into docs/_build/html
	@$(BIN)/python -m tools.site $(ARGS)

clean:  ## Remove caches, data and built pages; keep the environment and your work
	rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis docs/_build build *.egg-info data
	rm -rf nbverdict/build nbverdict/src/*.egg-info nbverdict/.pytest_cache
	find . -name __pycache__ -type d -not -path './.venv*' -prune -exec rm -rf {} +
