"""Superset's way to the published file: its SQLAlchemy reads every table during publishes.

README, BI tools, says how to set up the environment; SUPERSET_PYTHON names its Python.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

PYTHON = Path(os.environ.get("SUPERSET_PYTHON", ROOT / ".superset" / "bin" / "python"))
READER = """
import json, sys
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

for turn in sys.stdin:
    engine = create_engine(
        f"duckdb:///{sys.argv[1]}", connect_args={"read_only": True}, poolclass=NullPool
    )
    found, schemas = {}, inspect(engine).get_schema_names()
    with engine.connect() as connection:
        for schema in {name.split(".")[-1].strip('"') for name in schemas}:
            for table in inspect(engine).get_table_names(schema=schema):
                rows = connection.execute(text(f'select * from "{schema}"."{table}" limit 5'))
                found[f"{schema}.{table}"] = len(list(rows.keys()))
    engine.dispose()
    print(json.dumps(found), flush=True)
"""


@pytest.mark.skipif(not PYTHON.exists(), reason=f"no environment of Superset at {PYTHON}")
def test_superset_reads_every_table_while_others_publish(sample_build, tmp_path):
    published = Path(shutil.copy(sample_build.published, tmp_path))
    expected = {
        f"{schema}.{table}": columns
        for schema, table, columns in sample_build.query(
            "select schema_name, table_name, column_count from duckdb_tables()"
        )
    }
    with subprocess.Popen(
        [PYTHON, "-c", READER, published],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        for _ in range(5):
            reader.stdin.write("read\n")
            reader.stdin.flush()
            # A publish while it reads.
            new = shutil.copy(sample_build.published, tmp_path / "next.duckdb")
            os.replace(new, published)
            assert json.loads(reader.stdout.readline()) == expected
        reader.stdin.close()
    assert reader.returncode == 0
