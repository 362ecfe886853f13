"""What long steps say on a terminal, and nowhere else."""

import io
import logging
import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from models_py.segmentation import refresh
from warehouse import intake, progress

HEADER = "CustomerID,Gender,Age,Annual Income (k$),Spending Score (1-100)\n"


@pytest.fixture(autouse=True)
def quiet_again():
    yield
    for package in progress.PACKAGES:
        logger = logging.getLogger(package)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.NOTSET)


@pytest.fixture
def terminal():
    """Return what a program writes to, and a function that returns what a person sees."""
    seen, written = os.openpty()
    with os.fdopen(written, "w", buffering=1) as stream:
        yield stream, lambda: os.read(seen, 10_000).decode()
    os.close(seen)


def read_a_file(folder):
    (folder / "Mall_Customers.csv").write_text(HEADER + "1,Male,19,15,39\n" * 100)
    intake.describe_files.cache_clear()
    intake.describe_files("mall", str(folder), "utf-8")


def test_a_terminal_is_told_of_files_with_their_sizes(tmp_path, terminal):
    stream, seen = terminal
    progress.show({}, stream)
    read_a_file(tmp_path)
    (line,) = seen().splitlines()
    assert line[2] == line[5] == ":"
    assert line[8:] == "  reading mall: Mall_Customers.csv, 2 KB"


def test_a_terminal_is_told_what_is_fitted(terminal, monkeypatch):
    stream, seen = terminal
    progress.show({}, stream)
    nobody = pa.table({name: pa.array([], pa.string()) for name in ("customer_id", "feature")})
    specs = pd.DataFrame({"dataset": ["mall"], "spec": ["{}"], "known_features": [np.array([])]})
    decisions = pd.DataFrame({"dataset": ["mall"], "decision": ["search"]})
    refresh.refresh_segments(lambda dataset: nobody, specs, decisions, refresh.FITTED.empty_table())
    assert seen().rstrip().endswith("  fitting segments of mall")


@pytest.mark.parametrize(
    ("switch", "is_terminal", "lines"),
    [(None, False, 0), ("0", False, 0), ("1", False, 1), ("0", True, 0), ("1", True, 1)],
)
def test_nothing_is_said_elsewhere_unless_it_is_wanted(tmp_path, switch, is_terminal, lines):
    stream = io.StringIO()
    stream.isatty = lambda: is_terminal
    progress.show({} if switch is None else {"WAREHOUSE_PROGRESS": switch}, stream)
    read_a_file(tmp_path)
    assert len(stream.getvalue().splitlines()) == lines


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_500, "2 KB"),
        (317_000_000, "317 MB"),
        (1_234_567_890_123, "1,234.6 GB"),
    ],
)
def test_sizes_are_said_in_words(size, words):
    assert progress.sized(size) == words
