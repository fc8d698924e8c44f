PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo dev test lint format chromium

demo: .venv/installed
	@echo "Case Desk starts on http://localhost:8501: sign in as ada@demo.example, password casedesk-demo."
	$(BIN)/streamlit run app.py

dev: .venv/installed
	$(BIN)/streamlit run app.py --server.fileWatcherType=auto --server.runOnSave=true

test: .venv/installed chromium
	$(BIN)/pytest -n 2 --dist loadfile

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.venv/installed: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -c "from lib.embedded import install; install()"
	touch $@

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
		|| { apt-get update -qq && apt-get install -y -qq chromium; }
