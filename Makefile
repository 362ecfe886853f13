# Every target but lock (it needs uv) works on a fresh machine with Python 3.11 to 3.13, make and git.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
DASHBOARD := .venv/dashboard
BROWSER := .venv/browser
SPARK := .venv/spark
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
# What is tested and linted must not depend on where the user's own files and warehouse are.
SAMPLE := env -u RAW_DATA_DIR -u WAREHOUSE_DIR
# The package that publishes, rolls back and forgets.
WAREHOUSE := PYTHONPATH=dbt_project $(BIN)/python -m warehouse

.PHONY: install build search spark dashboard report browser rollback forget test lint bench drills mutants docs audit lock clean

install: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit(f"Python 3.11 to 3.13 is needed and {sys.executable} is %d.%d: make PYTHON=python3.12 ..." % v)'
	$(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

# The pages and the report are optional: these packages are installed where they are asked for.
$(DASHBOARD): $(INSTALLED) requirements-dashboard.lock
	$(PIP) --require-hashes -r requirements-dashboard.lock
	touch $@

# What looks at them in tests; a Chromium has to be there already (Debian: apt-get install chromium).
$(BROWSER): $(DASHBOARD) requirements-browser.lock
	$(PIP) --require-hashes -r requirements-browser.lock
	touch $@

# Spark itself is a gigabyte; Java has to be there already (Debian: apt-get install openjdk-17-jre-headless).
$(SPARK): $(INSTALLED) requirements-spark.lock
	$(PIP) --require-hashes -r requirements-spark.lock
	touch $@

build: install
	$(BIN)/dbt --log-level warn build $(if $(VARS),--vars '$(VARS)')
	$(WAREHOUSE).summary

# Chooses all models anew and publishes.
search: install
	$(BIN)/dbt --log-level warn build --vars '{training: search}'

# Scores on Spark from what the last build fitted, and compares every table of both engines; needs Java.
spark: $(SPARK)
	test -e "$(or $(WAREHOUSE_DIR),warehouse)/build.duckdb" || $(MAKE) build
	SPARK_LOCAL_IP=127.0.0.1 PYTHONPATH=.:dbt_project $(BIN)/python -m spark --vars '$(or $(VARS),{})'

# Pages for those who would rather look, for this machine alone. Builds where nothing is published.
PAGES := PYTHONPATH=.:dbt_project $(BIN)
PUBLISHED := $(or $(WAREHOUSE_DIR),warehouse)/customer_analytics.duckdb
PORT ?= 8501
dashboard: $(DASHBOARD)
	test -e "$(PUBLISHED)" || $(MAKE) build
	$(PAGES)/python -m dashboard --server.port $(PORT)

# The same charts as one file that opens without a server, beside the published file.
report: $(DASHBOARD)
	test -e "$(PUBLISHED)" || $(MAKE) build
	$(PAGES)/python -m dashboard.report

# For the tests that need a browser; without it, make test leaves them out and says so.
browser: $(BROWSER)

# Puts the generation before the published one back, its models and history with it.
rollback: install
	$(WAREHOUSE).rollback

# Removes a person from what is published and kept, and from builds to come: make forget ID=C0042
# SOURCE=retail. SOURCE can be left out where one source alone holds the id; SOURCE=all means every
# source (an id with a $ is given in the environment: ID='a$b' make forget).
forget: install
	$(WAREHOUSE).forget

# Wall time, memory and speed, on the files in ../shared/data where they are; with SCALE=1 instead how
# recommendations grow to 10 million ratings, and where `make spark` and `make bench` ran before, how scoring grows on both engines.
REAL := $(wildcard ../shared/data)
FILTERED := --vars '{ratings_min_per_user: 1, ratings_min_per_product: 1}'
BENCH := WAREHOUSE_DIR=target/bench DBT_TARGET_PATH=target/bench $(if $(REAL),RAW_DATA_DIR=$(REAL))
bench: install
ifdef SCALE
	$(BIN)/python tests/bench/bench_scale.py
	if test -e $(SPARK) && test -e target/bench/build.duckdb; then $(BENCH) SCALE=1 $(BIN)/python tests/bench/bench_spark.py; fi
else
	$(BIN)/python tests/bench/bench_build.py nights
	$(BIN)/python tests/bench/bench_build.py intake
	$(BIN)/python tests/bench/bench_propensity.py
	$(BENCH) $(BIN)/dbt --quiet build $(if $(REAL),$(FILTERED))
	$(BENCH) $(BIN)/python tests/bench/bench_segments.py
	$(BENCH) $(BIN)/python tests/bench/bench_values.py
	$(BENCH) $(BIN)/python tests/bench/bench_recommendations.py
	if test -e $(SPARK); then $(BENCH) $(BIN)/python tests/bench/bench_spark.py; fi
	if test -e $(SPARK); then $(BENCH) PYTHONPATH=.:dbt_project $(BIN)/python tests/bench/bench_recommenders.py; fi
	if test -e $(BROWSER) && command -v chromium > /dev/null; then \
	    $(BIN)/python tests/bench/bench_dashboard.py target/bench; fi
endif

# What takes too long for make test, on two cores: 300 kills at random moments and one at every step of
# publishing, 50 meetings of each pair of programs, clients that write, a month of nights, 2,000 tables in every
# dialect and 1,000 broken files, a million customers, and the tests that need many whole builds. What they counted is printed at the end.
DRILLS := DRILL_KILLS=300 DRILL_PAIRS=50 DRILL_GROWTH_CUSTOMERS=1000000 DRILL_FUZZ=2000 NIGHTS=30
drills: install
	$(SAMPLE) $(DRILLS) $(BIN)/pytest -m '' -rP --numprocesses 2 --dist loadgroup --durations 30 tests/drills tests/integration/test_nights.py tests/unit/test_intake_fuzz.py
	$(SAMPLE) $(BIN)/pytest -m slow --numprocesses 2 --dist loadgroup --ignore tests/integration/test_nights.py tests/dashboard tests/integration

# How many small changes of the code the unit tests notice: of models_py, and of the SQL that has unit tests.
mutants: install
	$(PIP) --require-hashes -r requirements-mutants.lock
	$(BIN)/mutmut run --max-children 2
	$(BIN)/mutmut results
	$(SAMPLE) $(BIN)/python tests/mutants/mutate_sql.py

# The data's documentation as a site of static files: target/index.html.
docs: install
	$(BIN)/dbt --quiet docs generate --static

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(SAMPLE) WAREHOUSE_DIR=target/lint $(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models analyses tests/dbt
	$(BIN)/sqlfluff lint --templater placeholder --processes 2 --disable-progress-bar dashboard/sql spark

test: lint
	$(SAMPLE) $(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# Known vulnerabilities of the locked packages; fails where one cannot be looked up.
audit: install
	$(BIN)/python tests/audit.py

lock:
	uv pip compile --quiet --universal --no-strip-extras --fork-strategy fewest --python-version 3.11 \
	    --generate-hashes --group dev --custom-compile-command 'make lock' pyproject.toml -o requirements.lock
	for group in mutants dashboard browser spark; do \
	    uv pip compile --quiet --universal --no-strip-extras --fork-strategy fewest --python-version 3.11 \
	        --generate-hashes --group $$group --constraint requirements.lock --custom-compile-command 'make lock' \
	        -o requirements-$$group.lock || exit 1; \
	done

# What can be built again. The warehouse is the only state and stays.
clean:
	rm -rf target logs .pytest_cache .ruff_cache
