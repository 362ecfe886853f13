"""What a build says on a terminal while dbt itself is quiet."""

import os
import subprocess

import pytest
from conftest import NIGHTLY, QUICK_MALL, Warehouse

STEPS = ["reading mall: Mall_Customers.csv, ", "fitting segments of mall", "publishing: writing "]


@pytest.mark.slow
def test_a_build_says_its_long_steps_on_a_terminal_and_nothing_in_cron(tmp_path):
    warehouse = Warehouse(tmp_path / "warehouse")
    call = warehouse.call("--log-level", "warn", *NIGHTLY, variables=QUICK_MALL)
    seen, terminal = os.openpty()
    run = subprocess.run(**call, stdout=subprocess.PIPE, stderr=terminal)
    os.close(terminal)
    assert run.returncode == 0, run.stdout
    lines = [line.strip() for line in os.read(seen, 65536).decode().splitlines()]
    os.close(seen)
    for step in STEPS:
        assert sum(step in line for line in lines) == 1, lines
    assert "customer_analytics.duckdb" in lines[-1]
    in_cron = subprocess.run(**call, capture_output=True)
    assert in_cron.returncode == 0, in_cron.stdout
    assert in_cron.stderr == ""
