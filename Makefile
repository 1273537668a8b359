# The whole developer interface. `make demo` and `make test` set up everything they need.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup demo test coverage check format faults
setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Vitrage needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

demo: setup
	$(BIN)/vitrage demo

# Four at once also on two cores: half of the time they wait for processes, browsers and servers.
# Tests of the web chat need a browser; if there is none, one is downloaded. Tests of the stores on PostgreSQL need its
# binaries (on Debian: apt-get install postgresql). The end of the run says what was missing.
test: setup
	@$(BIN)/python -m tests.support.chromium
	$(BIN)/python -m pytest --numprocesses 4 --dist loadfile

# Which lines the tests run, and whether they are as many as pyproject.toml demands. To measure takes as much processor
# time as the tests, so it is done without the slowest, and whether they pass is not judged here.
coverage: setup
	-$(BIN)/python -m pytest --numprocesses 4 --dist loadfile --ignore tests/e2e -m "not slow and not browser" --quiet --cov --cov-report= --cov-fail-under=0
	$(BIN)/coverage report

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# What happens when something fails: every fault, with real processes and servers, in half an hour; as root it cuts cables too.
faults: setup
	$(BIN)/python -m benchmarks.faults
