# VoiceVerse: `make run` serves, `make test` proves, `make attack` tries, `make bench` measures.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BABEL := $(BIN)/python -m babel.messages.frontend -q

LOCK = $(BIN)/uv pip compile -q $(UPGRADE) --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --excludes requirements/left_out.txt
INSTALL := @$(PYTHON) tools/supply/install.py $(VENV)

.PHONY: run test test-slow attack bench screenshots translations lint format clean lock licences sbom audit \
	lint-scripts format-scripts epub-checker

run: $(VENV)/installed
	@$(BIN)/python app.py

# Three at once on two cores, as many tests wait. What fails while all else runs is told, and asked
# once more by itself: a browser on a busy machine may be late. What fails then is broken.
TOGETHER := $(BIN)/python -m pytest -n 3
ALONE := $(BIN)/python -m pytest --last-failed --last-failed-no-failures none

test: lint
	$(TOGETHER) -m "not slow" || $(ALONE) -m "not slow"

test-slow: $(VENV)/installed-dev epub-checker
	$(TOGETHER) -m slow || $(ALONE) -m slow

# Ace by DAISY looks at an exported e-book; it comes by npm, and uses the browser of the other tests.
ACE := tools/ace
ifneq ($(shell command -v npm),)
epub-checker: $(ACE)/node_modules/.installed
else
epub-checker:
	@echo "npm is not on this machine: e-books are not checked by Ace."
endif

$(ACE)/node_modules/.installed: $(ACE)/package-lock.json
	PUPPETEER_SKIP_DOWNLOAD=1 npm ci --prefix $(ACE) --no-audit --no-fund --loglevel error
	touch $@

attack: $(VENV)/installed-dev
	$(BIN)/python -m tools.attack

bench: $(VENV)/installed-dev
	$(BIN)/python -m tools.benchmarks

screenshots: $(VENV)/installed-dev
	$(BIN)/python -m tools.frontend.screenshots screenshots

translations: $(VENV)/installed-dev
	$(BABEL) extract -F babel.cfg -k lazy_gettext --no-location --sort-output \
		--project VoiceVerse -o translations/messages.pot .
	$(BABEL) update -i translations/messages.pot -d translations --ignore-pot-creation-date \
		--no-fuzzy-matching --ignore-obsolete -w 100
	$(BABEL) compile -d translations

lint: $(VENV)/installed-dev lint-scripts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

format: $(VENV)/installed-dev format-scripts
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Scripts and style sheets are served as they lie here; what looks at them comes by npm, which a
# machine need not have.
FRONTEND := tools/frontend
SCRIPTS := static/js $(FRONTEND)/eslint.config.js $(ACE)/check.js
ESLINT := $(FRONTEND)/node_modules/.bin/eslint --config $(FRONTEND)/eslint.config.js --max-warnings 0
PRETTIER := $(FRONTEND)/node_modules/.bin/prettier --log-level warn --print-width 100
ifneq ($(shell command -v npm),)
lint-scripts: $(FRONTEND)/node_modules/.installed
	$(ESLINT) $(SCRIPTS)
	$(PRETTIER) --check $(SCRIPTS) static/css

format-scripts: $(FRONTEND)/node_modules/.installed
	$(ESLINT) --fix $(SCRIPTS)
	$(PRETTIER) --write $(SCRIPTS) static/css
else
lint-scripts format-scripts:
	@echo "npm is not on this machine: scripts and style sheets are left out."
endif

$(FRONTEND)/node_modules/.installed: $(FRONTEND)/package-lock.json
	npm ci --prefix $(FRONTEND) --no-audit --no-fund --loglevel error
	touch $@

# The lock files anew from the requirements, with docs/licences.md; UPGRADE=--upgrade also takes newer
# versions of what those need.
lock:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(LOCK) requirements.txt -o requirements/base.lock
	$(LOCK) -c requirements/base.lock requirements/formats.txt -o requirements/formats.lock
	$(LOCK) -c requirements/base.lock requirements/neural.txt -o requirements/neural.lock
	$(LOCK) -c requirements/base.lock -c requirements/neural.lock requirements/dev.txt -o requirements/dev.lock
	$(LOCK) -c requirements/base.lock -c requirements/dev.lock requirements/hearing.txt -o requirements/hearing.lock
	$(MAKE) licences

licences: $(VENV)/installed-dev
	$(BIN)/python -m tools.supply.licences

sbom: $(VENV)/installed-dev
	$(BIN)/python -m tools.supply.sbom

# What stands in code, tree and history that should not; docs/security.md explains the exceptions.
audit: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive .
	$(BIN)/python -m tools.supply.secrets

LOCKS := requirements/base.lock requirements/formats.lock requirements/neural.lock
$(VENV)/installed: $(LOCKS)
	$(INSTALL) $(LOCKS)
	@touch $@

$(VENV)/installed-dev: requirements/dev.lock $(VENV)/installed
	$(INSTALL) requirements/dev.lock
	@touch $@

clean:
	rm -rf $(VENV) $(FRONTEND)/node_modules .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
