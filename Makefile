# VoiceVerse: `make run` serves, `make test` proves, `make attack` tries, `make bench` measures.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BABEL := $(BIN)/python -m babel.messages.frontend -q

.PHONY: run test test-slow attack bench screenshots translations lint format clean

run: $(VENV)/installed
	$(BIN)/python app.py

test: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest -n 2 -m "not slow"

test-slow: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n 2 -m slow

attack: $(VENV)/installed-dev
	$(BIN)/python -m attack

bench: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks

screenshots: $(VENV)/installed-dev
	$(BIN)/python -m tests.screenshots screenshots

translations: $(VENV)/installed-dev
	$(BABEL) extract -F babel.cfg -k lazy_gettext --no-location --sort-output \
		--project VoiceVerse -o translations/messages.pot .
	$(BABEL) update -i translations/messages.pot -d translations --ignore-pot-creation-date \
		--no-fuzzy-matching --ignore-obsolete -w 100
	$(BABEL) compile -d translations

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .

format: $(VENV)/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(VENV)/installed: requirements.txt requirements-formats.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		-r requirements.txt -r requirements-formats.txt
	touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis
