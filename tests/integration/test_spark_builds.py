"""Spark builds what DuckDB built. Needs Java, and what `make spark` installs."""

import importlib.util
import os
import shutil
import subprocess
import sys

import duckdb
import pytest
from conftest import QUICK_MALL, ROOT

has_java = bool(os.environ.get("JAVA_HOME") or shutil.which("java"))
pytestmark = [
    pytest.mark.skipif(not has_java, reason="there is no Java"),
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None, reason="`make spark` has not installed pyspark"
    ),
]


def python(folder, *arguments):
    env = {
        **os.environ,
        "WAREHOUSE_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "dbt_project")]),
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def test_visitors_of_a_mall_are_the_same_on_both_engines(mall):
    run = python(mall.folder, "-m", "spark", "--vars", str(QUICK_MALL))
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert "segmentation.customer_segments" in run.stdout
    served = mall.folder / "spark" / "current" / "segmentation" / "customer_segments"
    rows = duckdb.sql(f"select customer_id, segment_id from '{served}/*.parquet' order by all")
    assert rows.fetchall() == mall.query(
        "select customer_id, segment_id from segmentation.customer_segments order by all"
    )
    assert (mall.folder / "spark").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_every_table_of_the_selector_is_the_same_on_both_engines(sample_build):
    run = python(sample_build.folder, "-m", "spark")
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-3000:]
    assert "recommendations.product_recommendations" in run.stdout


@pytest.mark.slow
@pytest.mark.parametrize("model", ["fit_segments", "segments"])
def test_what_does_not_run_on_spark_is_refused_in_one_line(tmp_path, model):
    program = (
        "from spark.__main__ import dbt, start_session; start_session();"
        f" dbt('run', '--select', '{model}')"
    )
    run = python(tmp_path, "-c", program)
    assert f"{model} does not run on Spark: it is no model of the selector spark." in run.stdout
