# make run    a bureau to try: installs, runs the sample campaign once, serves on 127.0.0.1:8000 (PORT=… moves it)
# make test   all tests          make check  lint, types, package arrows
# make bench  benchmarks         make lock   pin the newest versions of what pyproject.toml names
# make dist   the bundle that installs on a closed network, in dist/
# make clients   the typed clients in clients/, generated from the schema
# make clean  remove everything that these make, but for the bureau in var/

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --quiet --quiet --disable-pip-version-check

.PHONY: run test check bench dist lock web clients font test-tools clean

run: .venv/run.stamp web font
	@$(BIN)/qian trial

# What failed beside the other tests is looked at once more alone: on a few busy processors a server or a client of a test
# can starve. Whatever is broken fails again, and then this fails; what passed alone is listed all the same.
# Processes that tests start read what was compiled, whatever the environment says of writing it. Each worker has one
# processor, on which the threads of linear algebra would but wait for each other.
PYTEST := OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(BIN)/pytest
LAST_FAILED := .pytest_cache/v/cache/lastfailed
define ALONE
{ test $$? = 1 || exit; \
  echo "These failed beside the other tests, and are looked at once more alone:"; \
  sed -n 's/^  "\(.*\)": true.*/  \1/p' $(LAST_FAILED); \
  $(PYTEST) --last-failed --last-failed-no-failures none \
  && echo "All of them passed alone."; }
endef

test: .venv/test.stamp web clients font test-tools
	@$(PYTEST) --numprocesses auto --dist worksteal || $(ALONE)

check: .venv/test.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/test.stamp
	for script in bench/*.py; do PYTHONPATH=. $(BIN)/python $$script || exit 1; done

dist: .venv/run.stamp web
	@$(BIN)/python deploy/bundle.py

# The virtual environment: what the lock files pin, then this project itself, editable.
.venv/bin/pip:
	@echo "Making a virtual environment in .venv"
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.lock pyproject.toml | .venv/bin/pip
	@echo "Installing what requirements.lock pins"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

.venv/test.stamp: requirements-test.lock .venv/run.stamp
	@echo "Installing what requirements-test.lock pins"
	@$(PIP) install --require-hashes --requirement requirements-test.lock
	@touch $@

APT := $(if $(shell command -v apt-get),$(if $(filter 0,$(shell id -u)),apt-get))
APT_INSTALL = (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	$(1)) >/dev/null || echo "This did not work: going on without."

# SoftHSM stands in for a hardware security module, OpenSSL is a second implementation, and Chromium shows the pages;
# without them some tests skip.
TEST_TOOLS := $(strip $(if $(shell command -v softhsm2-util),,softhsm2) $(if $(shell command -v openssl),,openssl) \
	$(if $(shell command -v chromium),,chromium))

test-tools:
ifneq ($(TEST_TOOLS),)
ifneq ($(APT),)
	@echo "Installing for tests: $(TEST_TOOLS)"
	@$(call APT_INSTALL,$(TEST_TOOLS))
else
	@echo "Not here, so that some tests skip: $(TEST_TOOLS)"
endif
endif

# Forms are printed in a Chinese font; without one everything but PDF works. QIAN_FONT names another one.
FONT := $(firstword $(QIAN_FONT) $(wildcard /usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc))

font:
ifeq ($(FONT),)
ifneq ($(APT),)
	@echo "Installing the font that forms are printed in: fonts-noto-cjk"
	@$(call APT_INSTALL,fonts-noto-cjk)
else
	@echo "PDF needs a Chinese font: install the package fonts-noto-cjk, or set QIAN_FONT to a font's file."
endif
endif

# The web part needs Node 20.19 or later; without it everything but the browser's pages works.
NODE := $(shell node -p 'const [a, b] = process.versions.node.split("."); a > 20 || (a == 20 && b >= 19)' 2>/dev/null)
WEB_SOURCES := docs/api.md $(wildcard schema/*.graphql) \
	$(shell find api/web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/generated/*')

ifeq ($(NODE),true)
web: api/web/dist/built.stamp
else
web:
	@echo "Node 20.19 or later is not here: going on without the browser's pages."
endif

api/web/node_modules/installed.stamp: api/web/package-lock.json
	@echo "Installing what api/web/package-lock.json pins"
	@cd api/web && npm ci --no-audit --no-fund --loglevel error
	@touch $@

api/web/dist/built.stamp: api/web/node_modules/installed.stamp $(WEB_SOURCES)
	@echo "Building the browser's pages"
	@cd api/web && npm run --silent build
	@touch $@

# The typed clients, each with the tools that generate it from the schema and clients/documents.
CLIENT_SOURCES := $(wildcard clients/documents/* schema/staff.graphql)

ifeq ($(NODE),true)
clients: clients/python/.venv/generated.stamp clients/typescript/built/built.stamp
else
clients: clients/python/.venv/generated.stamp
endif

clients/python/.venv/installed.stamp: clients/python/requirements.lock
	@echo "Installing what clients/python/requirements.lock pins"
	@$(PYTHON) -m venv clients/python/.venv
	@clients/python/.venv/bin/pip --quiet --quiet --disable-pip-version-check install --require-hashes --requirement $<
	@touch $@

clients/python/.venv/generated.stamp: clients/python/.venv/installed.stamp clients/python/pyproject.toml $(CLIENT_SOURCES)
	@cd clients/python && .venv/bin/ariadne-codegen >/dev/null
	@touch $@

clients/typescript/node_modules/installed.stamp: clients/typescript/package-lock.json
	@echo "Installing what clients/typescript/package-lock.json pins"
	@cd clients/typescript && npm ci --no-audit --no-fund --loglevel error
	@touch $@

clients/typescript/built/built.stamp: clients/typescript/node_modules/installed.stamp $(wildcard clients/typescript/*.ts) \
		clients/typescript/tsconfig.json $(CLIENT_SOURCES)
	@cd clients/typescript && npm run --silent build >/dev/null
	@touch $@

# The lock files hold hashes of every distribution of a package, so they serve every platform, and no registry's address.
COMPILE := .venv/lock/bin/uv pip compile --quiet --upgrade --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

lock: | .venv/bin/pip
	@$(PYTHON) -m venv .venv/lock
	@.venv/lock/bin/pip --quiet --quiet install uv
	printf 'setuptools>=80\npip\n' | $(COMPILE) --extra test --output-file requirements-test.lock pyproject.toml -
	echo ariadne-codegen | $(COMPILE) --output-file clients/python/requirements.lock -
	printf 'setuptools>=80\npip\n' | $(COMPILE) --constraint requirements-test.lock --output-file requirements.lock pyproject.toml -

clean:
	rm -rf .venv api/web/node_modules api/web/dist api/web/generated .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		clients/python/.venv clients/python/qian_client clients/typescript/node_modules clients/typescript/generated \
		clients/typescript/built *.egg-info
