# One short command per chore. `make demo` and `make test` need only git, make and Python 3.11 or newer.

CANDIDATES := python3 python3.13 python3.12 python3.11
NEW_ENOUGH := -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null
PYTHON ?= $(firstword $(foreach name,$(CANDIDATES),$(shell $(name) $(NEW_ENOUGH) && echo $(name))))
BIN := .venv/bin
STAMP := .venv/installed
OLD_SDK := --no-deps --target .venv/sdk16 sunshine-conversations-client==16.0.1 # beside the newer one in '.[dev]'
UV := UV_PYTHON_DOWNLOADS=never $(BIN)/uv
EXTRAS := -c constraints.txt -e '.[dev]'
JOBS ?= $(shell $(BIN)/python -c 'import os; print(os.cpu_count() + 1)') # some tests wait: one more than cores
HTTP_JOBS ?= 2
SEED ?= 0
SEEDS ?= 1000
MODULE ?= *

# Some images set it; every process would then compile every library anew, two seconds each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo test in-process over-http allure judge check soak bench mutation wheel constraints readme clean
.DEFAULT_GOAL := help

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /\1  /p' $(MAKEFILE_LIST) | awk -F'  ' '{printf "make %-12s %s\n", $$1, $$2}'

install: $(STAMP) ## make .venv and install everything into it

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name yours: make PYTHON=…" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || { echo "On Debian: apt install python3-venv" >&2; exit 1; }
	@echo "Installing into .venv …"
	@$(BIN)/pip install --quiet uv && $(UV) pip install --quiet --python $(BIN)/python $(EXTRAS) \
	  || { echo "uv cannot be had; pip does it" >&2; $(BIN)/pip install --quiet $(EXTRAS); }
	@test -d .venv/sdk16 || $(UV) pip install --quiet --python $(BIN)/python $(OLD_SDK) 2>/dev/null \
	  || $(BIN)/pip install --quiet $(OLD_SDK) || echo "without the older Zendesk SDK its tests are skipped" >&2
	@touch $@

demo: install ## play the documented test handoff and keep it running (DEMO_ONCE=1: stop at the end)
	@$(BIN)/python -m simulator.demo

test: install ## everything: lint, types, scenarios in process, tests, scenarios over HTTP; fills reports/
	@$(MAKE) --no-print-directory --keep-going -j3 --output-sync=target check in-process over-http

in-process: install
	@$(BIN)/pytest --collect-only -q >/dev/null || true # compiles the tests once, not once a worker
	$(BIN)/pytest -n $(JOBS) --dist worksteal

over-http: install
	$(BIN)/pytest -n $(HTTP_JOBS) --dist worksteal features --bridge=http

allure: install ## one page of Allure's results, reports/allure.html, if node is here; runs the features if there are none
	-@ls reports/allure/*-result.json >/dev/null 2>&1 || $(BIN)/pytest -n $(JOBS) features --alluredir reports/allure
	@$(BIN)/python -m simulator.acceptance.reporting.allure_page reports

judge: install ## judge our bridge as any other, and another bridge by what is known of it
	$(BIN)/simulator verify --bridge http --parallel $(HTTP_JOBS) --report reports/verify
	$(BIN)/simulator verify --bridge tests/conformance/other_bridge/manifest.toml --parallel $(HTTP_JOBS) \
	  --expect tests/conformance/other_bridge/expected.toml --report reports/verify-other

check: install ## lint, format and types only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

soak: install ## simulate SEEDS runs of 200 steps, from SEED on, on all cores
	$(BIN)/python -m tests.simulation --seed $(SEED) --seeds $(SEEDS)

bench: install ## measure bridge and simulators on this machine (ONLY="reply intake": these parts)
	@$(BIN)/python -m tests.benchmarks $(ONLY)

mutation: install ## change bridge/core in thousands of small ways, each of which a unit test must notice (MODULE=flow)
	@$(UV) pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[mutation]'
	@rm -rf mutants
	ulimit -v 3000000 2>/dev/null; PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 $(BIN)/mutmut run --max-children 2 'bridge.core.$(MODULE).*'
	@$(BIN)/python -m tests.mutants.score

wheel: install ## build the wheel into dist/
	$(UV) build --quiet --wheel --python $(BIN)/python --out-dir dist

constraints: install ## renew constraints.txt
	@echo "# The versions this was tested with, for every extra. Renew with: make constraints" > constraints.txt
	@$(UV) pip compile --quiet --universal --python-version 3.11 --upgrade --all-extras --no-header \
	  --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml >> constraints.txt

readme: install ## renew the generated tables of README.md
	@$(BIN)/python -m tests.project.readme

clean: ## remove what was built, keep .venv
	rm -rf dist build reports/allure reports/allure.html .mypy_cache .ruff_cache .pytest_cache .hypothesis mutants
