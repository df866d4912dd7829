# Everything a developer says to this project. `make` alone lists it.
#
#   PYTHON=python3.12        which Python makes a new VENV; else the newest usable one on PATH
#   VENV=.venv               where it is installed
#   DJANGO="Django~=5.2.0"   which Django; else the newest that this Python can run
#   FLOORS=1                 each dependency at the lowest version that pyproject.toml names; in .venv-floors
#   TEST="tests/models -x"   what `make test` hands to pytest instead of its own choice
#   CRASH="--seed 7 --engine celery"     what `make crash` hands to the harness; --help lists all of it
#   LOAD="--minutes 10 200"  what `make load` hands to the harness
#   PORT=8000, EMULATOR_PORT=8080   where `make demo` listens

VENV ?= $(if $(FLOORS),.venv-floors,.venv)
DJANGO ?= Django
TEST ?= quick
PORT ?=
EMULATOR_PORT ?=
BENCH ?=
CRASH ?=
LOAD ?=

PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
# What a run starts are dozens of processes: each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

CATALOGUES := $(wildcard deliver_to_po/locale/*/LC_MESSAGES/*.po example_shop/locale/*/LC_MESSAGES/*.po)
CONSTRAINTS := $(if $(FLOORS),$(VENV)/.floors.txt,constraints.txt)
INSTALL_INPUTS := pyproject.toml $(CONSTRAINTS) hatch_build.py $(VENV)/.wanted

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help release-files demo demo-oscar test test-all coverage crash load bench measure lint format docs sentences pictures messages clean FORCE \
	check-code check-types check-oscar-types check-imports check-english check-migrations check-messages check-wheel

help:
	@echo "make demo     the example shop, its admin and Canada Post's emulator, until Ctrl-C"
	@echo "make demo-oscar  the same with a shop on Oscar"
	@echo "make test     the rules of every room and a purchase in a browser, in five minutes; says what it left out"
	@echo "make test-all everything: also killed processes, every browser, orders with UUID keys"
	@echo "make coverage how much of each module make test goes through"
	@echo "make crash    500 deliveries handed off while everything breaks (DATABASE_URL names a PostgreSQL)"
	@echo "make load     5, 20, 50 and 200 buyers at once (DATABASE_URL names a PostgreSQL, REDIS_URL a Redis)"
	@echo "make bench    how fast the hot paths are, each against the barest way to do the same"
	@echo "make lint     ruff, dead code, mypy, import rules, stiff English, migrations, message catalogues"
	@echo "make docs     the documentation, into docs/_build/html"
	@echo "make sentences  every sentence, put together in both languages, to be read by a native reader"
	@echo "make pictures takes the pictures of README and documentation anew"
	@echo "make messages compile the message catalogues"
	@echo "make format   let ruff format and mend what it can"
	@echo "make release-files  wheel and source into dist, what they need into build/sbom.json"
	@echo "make clean    remove what these made"

# -- The virtual environment --------------------------------------------------------------------------------------
# A group is installed when its stamp is older than what decides about it, so that the second run starts at once. The
# group of developers has all that lint, tests and documentation want.

$(PY):
	@python="$(PYTHON)"; [ -n "$$python" ] || python=$$(sh scripts/find-python.sh) || exit 1; \
	echo "Making $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv $(VENV)
	@$(PIP) install --upgrade "pip>=25.1"

# Holds the wish for a Django; touched only when it changes.
$(VENV)/.wanted: FORCE | $(PY)
	@echo '$(DJANGO)' | cmp --silent - $@ || echo '$(DJANGO)' > $@

$(VENV)/.floors.txt: pyproject.toml constraints.txt scripts/floors.py | $(PY)
	@$(PY) scripts/floors.py > $@

$(VENV)/.installed-%: $(INSTALL_INPUTS) | $(PY)
	@echo "Installing what $* needs"
	@$(PIP) install --upgrade --constraint $(CONSTRAINTS) --editable ".[emulator,pictures,tasks]" "$(DJANGO)" --group $*
	@touch $@ $(if $(filter dev,$*),$(patsubst %,$(VENV)/.installed-%,build demo test lint docs))

.PRECIOUS: $(VENV)/.installed-%

# Needs Babel, which every group brings.
$(VENV)/.messages: $(CATALOGUES) scripts/compile_messages.py | $(PY)
	@$(PY) scripts/compile_messages.py deliver_to_po example_shop
	@touch $@

# -- What people ask for ------------------------------------------------------------------------------------------

demo: $(VENV)/.installed-demo $(VENV)/.messages
	@exec $(PY) -m example_shop.demo $(if $(PORT),--port $(PORT)) $(if $(EMULATOR_PORT),--emulator-port $(EMULATOR_PORT))

demo-oscar: $(VENV)/.installed-demo $(VENV)/.messages
	@SHOP_DATA="$${SHOP_DATA:-.demo-oscar}" exec $(PY) -m example_shop.demo --oscar $(if $(PORT),--port $(PORT)) $(if $(EMULATOR_PORT),--emulator-port $(EMULATOR_PORT))

test: $(VENV)/.installed-test $(VENV)/.messages
	@exec $(PY) scripts/test.py $(TEST)

test-all coverage: $(VENV)/.installed-test $(VENV)/.messages
	@exec $(PY) scripts/test.py $(@:test-%=%)

crash: $(VENV)/.installed-test $(VENV)/.messages
	@exec $(PY) -W ignore -m tests.crash $(CRASH)

load: $(VENV)/.installed-test $(VENV)/.messages
	@exec $(PY) -m bench.load $(LOAD)

# In an environment of its own: karrio, which it is compared with, brings packages called docs and tests.
bench:
	@$(MAKE) --no-print-directory VENV=$(VENV)-bench measure

measure: $(VENV)/.installed-bench
	@exec $(PY) -m bench $(BENCH)

lint: check-code check-types check-oscar-types check-imports check-english check-migrations check-messages

format: $(VENV)/.installed-lint
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

pictures: $(VENV)/.installed-test $(VENV)/.messages
	@$(PY) -m scripts.take_pictures
	@$(PY) -m pytest --quiet tests/browser/guide_pictures.py

docs: $(VENV)/.installed-docs $(VENV)/.messages
	@$(PY) -m sphinx --fail-on-warning --keep-going --quiet -b html docs docs/_build/html
	@echo "Open docs/_build/html/index.html"

sentences: $(VENV)/.installed-test $(VENV)/.messages
	@$(PY) -m pytest --quiet tests/docs/test_sentences.py
	@echo "Open docs/_build/sentences.html"

# What is uploaded, and beside it what an installation of it brings (CycloneDX).
release-files: $(VENV)/.installed-release
	@rm -rf dist build $(VENV)-release
	@$(PY) -m hatchling build --directory dist
	@$(PY) -m venv $(VENV)-release
	@$(VENV)-release/bin/python -m pip --disable-pip-version-check --quiet install dist/*.whl
	@# In it pip notes where on this machine the wheel lies.
	@rm $(VENV)-release/lib/python*/site-packages/django_deliver_to_po-*.dist-info/direct_url.json
	@mkdir build
	@$(PY) -m cyclonedx_py environment $(VENV)-release --output-file build/sbom.json
	@echo "dist holds what is uploaded, build/sbom.json what it needs"

messages: $(VENV)/.installed-build $(VENV)/.messages

clean:
	rm -rf $(VENV) $(VENV)-bench $(VENV)-release .venv-floors .demo .demo-oscar .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage build dist docs/_build test-results
	find deliver_to_po $(wildcard example_shop) -name '*.mo' -delete

# -- The parts of lint --------------------------------------------------------------------------------------------

check-code: $(VENV)/.installed-lint
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/zizmor --offline --quiet .github/workflows
	@! $(VENV)/bin/vulture | grep -E '^(deliver_to_po|example_shop|scripts)/'

check-types: $(VENV)/.installed-lint
	@$(VENV)/bin/mypy

# Oscar's stubs stand beside the environment: in it they would change what all else is checked with.
OSCAR_STUBS := $(VENV)/oscar-stubs

check-oscar-types: $(VENV)/.installed-lint
	@if $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 12))'; then \
		[ -d $(OSCAR_STUBS) ] || $(PY) -m pip install --quiet --no-deps --target $(OSCAR_STUBS) \
			django-oscar-stubs==4.2.0b0 django-treebeard-stubs==5.1.0 || exit 1; \
		sed 's/"mypy_django_plugin.main"/&, "mypy_oscar_plugin"/; s/= "tests.settings"/= "example_shop.oscar.settings"/' \
			pyproject.toml > $(OSCAR_STUBS)/mypy.toml; \
		PYTHONPATH=$(OSCAR_STUBS) $(VENV)/bin/mypy --config-file $(OSCAR_STUBS)/mypy.toml \
			--cache-dir .mypy_cache/oscar -p deliver_to_po.contrib.oscar; \
	fi

check-imports: $(VENV)/.installed-lint
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/deptry .

check-english: $(VENV)/.installed-lint
	@$(PY) scripts/check_english.py deliver_to_po example_shop bench scripts tests docs *.md

# With both kinds of order model, and never against a database that somebody named for something else.
check-migrations: $(VENV)/.installed-test
	@env -u DATABASE_URL $(PY) -m django makemigrations --check --dry-run --settings tests.settings
	@env -u DATABASE_URL TEST_ORDER_KEY=uuid $(PY) -m django makemigrations --check --dry-run --settings tests.settings

check-messages: $(VENV)/.installed-build
	@$(PY) scripts/check_messages.py deliver_to_po example_shop

check-wheel: $(VENV)/.installed-test
	@$(PY) -m pytest tests/packaging
