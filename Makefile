# Every target works on a fresh machine with Python 3.11 to 3.13, make and git.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
# What is tested and linted must not depend on where the user's own files and warehouse are.
SAMPLE := env -u RAW_DATA_DIR -u WAREHOUSE_DIR

.PHONY: install build rollback test lint bench drills docs lock clean

install: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit(f"Python 3.11 to 3.13 is needed and {sys.executable} is %d.%d: make PYTHON=python3.12 ..." % v)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

build: install
	$(BIN)/dbt --quiet build
	$(BIN)/python dbt_project/plugins/summary.py

# Puts the generation before the published one back, its models and history with it.
rollback: install
	$(BIN)/python dbt_project/plugins/rollback.py

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(SAMPLE) WAREHOUSE_DIR=target/lint $(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models analyses tests/dbt

test: lint
	$(SAMPLE) $(BIN)/pytest

lock:
	uv pip compile --quiet --universal --no-strip-extras --fork-strategy fewest --python-version 3.11 \
	    --generate-hashes --group dev --custom-compile-command 'make lock' pyproject.toml -o requirements.lock

clean:
	rm -rf target logs warehouse
