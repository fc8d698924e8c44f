PYTHON ?= python3
BIN := .venv/bin
PYTEST = $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help demo dev test test-fast lint format lock chromium bench bench-quick soak screenshots

help:  ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

demo: .venv/installed  ## Run the dashboard with synthetic cases; nothing needs to be configured
	@echo "Case Desk starts on http://localhost:8501: sign in as ada@demo.example, password casedesk-demo."
	$(BIN)/streamlit run app.py

dev: .venv/installed  ## The same, and reload on save
	$(BIN)/streamlit run app.py --server.fileWatcherType=auto --server.runOnSave=true

test: .venv/installed chromium  ## Run every test, against a real embedded Supabase and a real browser
	$(PYTEST)

test-fast: .venv/installed  ## Run the tests without a browser that take less than a minute
	$(PYTEST) tests/test_architecture.py tests/unit tests/pages

lint: .venv/installed  ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed  ## Bring the code into the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/installed  ## Pin what the requirements bring along; UPGRADE=--upgrade takes the newest of it
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes $(UPGRADE) \
		--custom-compile-command "make lock" --output-file requirements.lock requirements-dev.txt

bench: .venv/installed chromium  ## Measure everything beside baselines, in ten minutes; renews docs/performance.md
	$(BIN)/python -m bench

bench-quick: .venv/installed chromium  ## Measure less, in two minutes, and print it
	$(BIN)/python -m bench --quick

soak: .venv/installed  ## Ten minutes of clinicians, attackers and a failing Supabase; SECONDS=60 for less
	$(BIN)/python -m bench.soak --seconds $(or $(SECONDS),600)

screenshots: .venv/installed chromium  ## Take the README's screenshots again, of the running app
	$(BIN)/python -m tests.browser.screenshots

chromium: .venv/installed
	$(BIN)/python -m tests.browser.chromium

.venv/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"Case Desk needs Python 3.11 or newer, such as: make demo PYTHON=python3.12")'
	@echo "Installing what is missing; the first time this takes a few minutes."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -c "from lib.backend.embedded import install; install()"
	touch $@
