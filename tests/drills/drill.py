"""What the drills share: a small published warehouse, and what must hold of it at any time."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from conftest import NIGHTLY, QUICK_MALL, SAMPLE, Warehouse, built, copied, script
from reader import read_whole

KILLS = int(os.environ.get("DRILL_KILLS", "1"))
PAIRS = int(os.environ.get("DRILL_PAIRS", "1"))
SEED = int(os.environ.get("DRILL_SEED", "20261120"))
HERE = Path(__file__).parent
QUICK = {**QUICK_MALL, "generations_kept": 2}
HISTORY = {
    "segmentation.segment_history": "dataset, customer_id, valid_from, segment_id, is_active",
    "segmentation.segment_migrations": "dataset, generation_id, from_segment, to_segment",
    "monitoring.training_decisions": "dataset, generation_id",
    "monitoring.feature_drift": "dataset, feature, generation_id",
    "monitoring.model_runs": "model_run_id",
}
# What a build has printed when a phase of it has begun, in the order of a build.
PHASES = {
    "start": re.compile(""),
    "models": re.compile(" START "),
    "publishing": re.compile(r"\b(\d+) of \1 (START|NO-OP) (?!hook)"),
}


def small_warehouse(folder: Path, variables: dict = QUICK, nights: int = 1) -> Warehouse:
    """Publish the visitors of the mall in a folder of their own, on so many nights."""
    (folder / "raw").mkdir()
    shutil.copy(SAMPLE / "Mall_Customers.csv", folder / "raw")
    for _ in range(nights):
        warehouse = built(folder / "warehouse", folder / "raw", variables)
    return warehouse


def dice_of(part: int) -> random.Random:
    """Return the dice of one part of a drill; DRILL_SEED gives others."""
    return random.Random(SEED + part)  # noqa: S311


def parts_of(rounds: int, size: int) -> list[range]:
    """Cut the rounds of a drill into parts that can run side by side."""
    return [range(start, min(start + size, rounds)) for start in range(0, rounds, size)]


def generation(warehouse: Warehouse) -> str:
    """Read all that is published to its end; return the one generation that it is of."""
    return read_whole(warehouse.published)


def history(warehouse: Warehouse) -> set[tuple]:
    """Return the keys of all rows that no later generation may lack."""
    return history_of(warehouse.published)


def history_of(path: Path) -> set[tuple]:
    with duckdb.connect(path, read_only=True) as connection:
        return {
            (table, *key)
            for table, columns in HISTORY.items()
            for key in connection.execute(f"select {columns} from {table}").fetchall()
        }


def parquet_generation(warehouse: Warehouse) -> str:
    """Read every file behind the link, and return the one generation that they are of."""
    current = (warehouse.folder / "parquet" / "current").resolve()
    files = {f"{path.parent.name}.{path.stem}": path for path in current.rglob("*.parquet")}
    assert len(files) == warehouse.query("select count(*) from duckdb_tables()")[0][0]
    for path in files.values():
        duckdb.read_parquet(str(path)).fetchall()
    ids = duckdb.read_parquet(str(files["monitoring.build_info"])).project("generation_id")
    assert ids.fetchall() == [(current.name,)]
    return current.name


def kept(warehouse: Warehouse) -> list[Path]:
    """Return the files of the kept generations, oldest first."""
    return sorted((warehouse.folder / "generations").glob("*.duckdb"))


def change_visitors(warehouse: Warehouse, dice: random.Random) -> None:
    """Let a few visitors stay away, others than last time."""
    header, *lines = (SAMPLE / "Mall_Customers.csv").read_text().splitlines()
    kept = sorted(dice.sample(range(len(lines)), len(lines) - 5))
    rows = [header, *(lines[at] for at in kept)]
    (warehouse.raw / "Mall_Customers.csv").write_text("\n".join(rows) + "\n")


class Started:
    """A program that runs beside the test; what it prints goes to a file."""

    def __init__(self, warehouse: Warehouse, call: dict) -> None:
        self.log = warehouse.folder.parent / f"output-{time.time_ns()}"
        with self.log.open("w") as stream:
            self.process = subprocess.Popen(
                **call, stdin=subprocess.PIPE, stdout=stream, stderr=subprocess.STDOUT
            )

    def output(self) -> str:
        return self.log.read_text()

    def phase(self) -> str:
        """Return the phase that the build is in, or was in when it ended."""
        output = self.output()
        return [name for name, begun in PHASES.items() if begun.search(output)][-1]

    def wait_for(self, phase: str) -> None:
        """Wait until a phase has begun, or the build ended."""
        while self.process.poll() is None and not PHASES[phase].search(self.output()):
            time.sleep(0.01)

    def ended(self) -> int:
        """Wait for the end, and return the exit code."""
        self.process.stdin.close()
        return self.process.wait(timeout=600)


def start_build(warehouse: Warehouse, variables: dict = QUICK, **how) -> Started:
    return Started(warehouse, warehouse.call(*NIGHTLY, variables=variables, **how))


def start_script(warehouse: Warehouse, name: str, **env: str) -> Started:
    """Start what `make forget` or `make rollback` runs."""
    return Started(warehouse, script(name, WAREHOUSE_DIR=str(warehouse.folder), **env))


@dataclass
class Night:
    """A night that nobody disturbed: seconds by phase, and the steps in the warehouse folder."""

    seconds: dict[str, float]
    steps: list[str]


def killed_at_step(warehouse: Warehouse, step: int, variables: dict = QUICK) -> Started:
    """Start a build that is killed before a step; 0 kills nobody."""
    report = warehouse.folder.parent / "steps"
    report.write_text("")
    program = [sys.executable, str(HERE / "kill_at_step.py"), str(report), str(step)]
    return start_build(warehouse, variables, program=program)


def undisturbed(warehouse: Warehouse, variables: dict = QUICK) -> Night:
    """Build once; return how long its phases took, and its steps."""
    clock = time.perf_counter()
    build, began = killed_at_step(warehouse, 0, variables), []
    for phase in PHASES:
        build.wait_for(phase)
        began.append(time.perf_counter() - clock)
    assert build.ended() == 0, build.output()
    ends = [*began[1:], time.perf_counter() - clock]
    seconds = {phase: end - start for phase, start, end in zip(PHASES, began, ends, strict=True)}
    return Night(seconds, (warehouse.folder.parent / "steps").read_text().splitlines())


def assert_nothing_is_lost(warehouse: Warehouse, before: str, known: set[tuple]) -> None:
    assert generation(warehouse) >= before
    assert known <= history(warehouse)


def assert_the_next_build_succeeds(
    warehouse: Warehouse, before: str, known: set[tuple], variables: dict = QUICK
) -> None:
    run = warehouse.dbt(*NIGHTLY, variables=variables)
    assert run.returncode == 0, run.stdout[-4000:]
    assert generation(warehouse) > before
    assert known < history(warehouse)


@contextmanager
def readers(warehouse: Warehouse, number: int = 2) -> Iterator[list[dict]]:
    """Let clients read the published file all the time; none of them may ever see an error.

    What they read is in the list at the end.
    """
    program = {"args": [sys.executable, HERE / "reader.py", warehouse.published]}
    running = [Started(warehouse, program) for _ in range(number)]
    reports: list[dict] = []
    try:
        yield reports
    finally:
        codes = [reader.ended() for reader in running]
    for reader, code in zip(running, codes, strict=True):
        assert code == 0, reader.output()
        reports.append(json.loads(reader.output()))
    assert all(report["reads"] for report in reports)


def copied_with_raw(warehouse: Warehouse, folder: Path) -> Warehouse:
    shutil.copytree(warehouse.raw, folder / "raw")
    return copied(warehouse, folder)
