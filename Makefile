# One command each; `make run` is all that a newcomer needs (Python 3.11 or newer).
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
export UV_PYTHON_DOWNLOADS := never
unexport PYTHONDONTWRITEBYTECODE  # else every start compiles the libraries anew: 0.8 s of CPU

.PHONY: keys run test lint format bench fuzz soak i18n lock openapi picture clean
.DEFAULT_GOAL := run

run: $(READY)  ## the app against a small ameli of its own
	@$(BIN)/ameli-support demo || { code=$$?; [ $$code -eq 2 ] || exit $$code; }  # 2: it told why, for instance no terminal

test: $(READY)  ## every test, both databases, full branch coverage of the rules
	$(BIN)/pytest -n 2 --dist worksteal --cov --cov-report=term

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## the figures of the README, each a ratio measured in one run
	$(BIN)/python -m bench

fuzz: $(READY)  ## the property and schema tests, with thousands of random examples
	$(BIN)/pytest -n 2 --dist worksteal --hypothesis-profile=fuzz tests

soak: $(READY)  ## the long runs
	$(BIN)/python -m bench.soak
	$(BIN)/pytest -m soak tests/soak

i18n: $(READY)  ## collects the French texts, updates the English catalogue, compiles it
	mkdir -p build
	$(BIN)/pybabel -q extract -F pyproject.toml --no-location --sort-output --project=ameli-support --version= -o build/ameli.pot ameli_support screens checks
	$(BIN)/pybabel -q update -D ameli -i build/ameli.pot -d ameli_support/locale --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	$(BIN)/pybabel -q compile -D ameli -d ameli_support/locale

lock:  ## requirements.lock: names, versions and hashes, no URL
	$(BIN)/uv lock --upgrade
	$(BIN)/uv export --frozen --all-extras --all-groups --no-emit-project --no-annotate --no-header -o requirements.lock -q

openapi: $(READY)  ## the account service's contract as a document
	$(BIN)/python -m tests.architecture.openapi

keys: $(READY)  ## the cheat-sheet, from the registry of actions
	$(BIN)/python -m tests.screens.cheat_sheet

picture: $(READY)  ## the pictures of docs/img and the recorded walk, from the real demo
	$(BIN)/python -m bench.picture
	$(BIN)/python -m bench.walk
	$(BIN)/python -m bench.pages

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(READY): requirements.lock pyproject.toml
	@echo "Installing into .venv (once)…"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps -e .
	@touch $(READY)
