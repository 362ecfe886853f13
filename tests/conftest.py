import os
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import yaml
from filelock import FileLock

ROOT = Path(__file__).parents[1]
DBT = str(Path(sys.executable).with_name("dbt"))
SAMPLE = ROOT / "seeds" / "sample"
REAL = ROOT.parent / "shared" / "data"
needs_real_data = pytest.mark.skipif(
    not REAL.is_dir(), reason=f"the real files are not at {REAL.relative_to(ROOT.parent)}"
)
# The smallest build that publishes: visitors of a mall, with few resamples.
QUICK_MALL = {"sources_enabled": ["mall"], "segmentation_resamples": 4}
# The build of a night. Unit tests are about the code: sample_build runs them once.
NIGHTLY = ("build", "--exclude-resource-type", "unit_test")
# Tables of an evaluation, which keep what they had when tonight's rows cannot judge a model.
EVALUATED_TABLES = (
    "propensity_evaluation_scores",
    "propensity_cv_folds",
    "propensity_model_candidates",
    "propensity_model_metrics",
    "propensity_threshold_curve",
    "propensity_gains",
    "propensity_calibration",
    "propensity_confusion_matrix",
    "propensity_slices",
    "propensity_partial_dependence",
)


# dbt parses the whole project anew when the profile or the vars change. So every test calls its
# warehouse by one name, a link, and tests with equal vars share what dbt has parsed.
PARSED = Path(tempfile.mkdtemp(prefix="parsed-"))
LINK = PARSED / "warehouse"


@dataclass
class Warehouse:
    """One warehouse folder, and dbt run on it in another process as a user would."""

    folder: Path
    raw: Path = SAMPLE
    project: Path = ROOT

    @property
    def build(self) -> Path:
        return self.folder / "build.duckdb"

    @property
    def published(self) -> Path:
        return self.folder / "customer_analytics.duckdb"

    def call(
        self, *args: str, variables: dict | None = None, program: Sequence[str] = (DBT,), **env: str
    ) -> dict:
        """Return what subprocess is to be given to run dbt on this warehouse."""
        given = yaml.safe_dump(variables or {})
        self.folder.mkdir(parents=True, exist_ok=True)
        # Not while another dbt of this test goes through it.
        if not (LINK.is_symlink() and LINK.readlink() == self.folder):
            LINK.unlink(missing_ok=True)
            LINK.symlink_to(self.folder)
        return {
            "args": [*program, "--no-use-colors", *args, *(["--vars", given] if variables else [])],
            "cwd": self.project,
            "env": {
                **os.environ,
                "RAW_DATA_DIR": str(self.raw),
                "WAREHOUSE_DIR": str(LINK),
                "DBT_TARGET_PATH": str(self.target(variables)),
                "DBT_LOG_PATH": str(self.folder / "logs"),
                "DBT_LOG_LEVEL_FILE": "none",
                # A manifest is a second of every start, and few tests read it.
                "DBT_WRITE_JSON": "false",
                **env,
            },
            "text": True,
        }

    def target(self, variables: dict | None = None) -> Path:
        """Return where dbt leaves its files when it is given these vars."""
        given = yaml.safe_dump(variables or {})
        return PARSED / f"target-{zlib.crc32(f'{self.project}{given}'.encode())}"

    def dbt(self, *args: str, **how) -> subprocess.CompletedProcess:
        return subprocess.run(**self.call(*args, **how), capture_output=True, check=False)

    def query(self, sql: str, *, working: bool = False) -> list[tuple]:
        path = self.build if working else self.published
        with duckdb.connect(path, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def change(self, *statements: str) -> None:
        """Change the published file as a client does who gave himself write permission."""
        self.published.chmod(0o644)
        with duckdb.connect(self.published) as connection:
            for statement in statements:
                connection.execute(statement)


def script(name: str, **env: str) -> dict:
    """Return what subprocess is to be given to run a module of the warehouse as make does."""
    path = [str(ROOT / "dbt_project"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "args": [sys.executable, "-m", f"warehouse.{name}"],
        "env": {**os.environ, "PYTHONPATH": os.pathsep.join(path), **env},
    }


def copied_project(folder: Path) -> Path:
    """Copy what dbt needs of the project, to be changed by a test."""
    for name in ("dbt_project", "seeds", "analyses", "tests/dbt"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("dbt_project.yml", "profiles.yml", "selectors.yml"):
        shutil.copy(ROOT / name, folder)
    return folder


def add_data_set(project: Path, name: str, files: dict[str, str], entry: str) -> None:
    """Follow CONTRIBUTING's recipe in a copy of the project: one folder and one entry."""
    folder = project / "dbt_project" / "models" / "datasets" / name
    folder.mkdir()
    for file, text in files.items():
        (folder / file).write_text(text.lstrip())
    settings = project / "dbt_project.yml"
    before, after = settings.read_text().split("\n  datasets:\n")
    settings.write_text(f"{before}\n  datasets:\n    {name}: {entry}\n{after}")


def built(
    folder: Path, raw: Path, variables: dict | None = None, command: Sequence[str] = NIGHTLY, **env
) -> Warehouse:
    warehouse = Warehouse(folder, raw)
    run = warehouse.dbt(*command, variables=variables, **env)
    assert run.returncode == 0, run.stdout[-6000:]
    return warehouse


def copied(warehouse: Warehouse, folder: Path) -> Warehouse:
    """Copy a warehouse to a folder, in which its raw files are found in `raw` from now on."""
    shutil.copytree(warehouse.folder, folder / "warehouse", symlinks=True)
    return Warehouse(folder / "warehouse", folder / "raw")


def built_once(tmp_path_factory, name: str, raw: Path, **how) -> Warehouse:
    """Build for all processes of a test run; each goes on with a copy of its own."""
    own = tmp_path_factory.mktemp(name)
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    common = (own.parent.parent if is_worker else own.parent) / f"{name}-of-all"
    with FileLock(common.with_suffix(".lock")):
        if not common.exists():
            built(own, raw, **how)
            own.rename(common)
    shutil.copytree(common, own, dirs_exist_ok=True)
    return Warehouse(own, raw)


@pytest.fixture(scope="session")
def sample_build(tmp_path_factory) -> Warehouse:
    return built_once(tmp_path_factory, "sample", SAMPLE, command=["build"])


@pytest.fixture(scope="session")
def built_mall(tmp_path_factory) -> Warehouse:
    return built_once(tmp_path_factory, "mall", SAMPLE, variables=QUICK_MALL)


@pytest.fixture
def mall(built_mall, tmp_path) -> Warehouse:
    """Return a published warehouse of the test's own, the smallest, with its raw file."""
    (tmp_path / "raw").mkdir()
    shutil.copy(SAMPLE / "Mall_Customers.csv", tmp_path / "raw")
    return copied(built_mall, tmp_path)


@pytest.fixture(scope="session")
def real_build(tmp_path_factory) -> Warehouse:
    if not REAL.is_dir():
        pytest.skip("the real files are not at ../shared/data")
    variables = {
        # The public ratings are filtered already.
        "ratings_min_per_user": 1,
        "ratings_min_per_product": 1,
        # Intervals are looked at from far away.
        "propensity_bootstrap_resamples": 20,
        "recommender_bootstrap_resamples": 20,
    }
    return built_once(tmp_path_factory, "real", REAL, variables=variables)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Leave the tests of the real files to `make drills`: their build takes minutes.

    The first file that needs the sample builds it, and the other process meanwhile runs files
    that do without. Unit tests are short and end together, so they come last.
    """
    first, waiting = None, set()
    for item in items:
        if "real_build" in item.fixturenames:
            item.add_marker(pytest.mark.slow)
        if "sample_build" in item.fixturenames and not item.get_closest_marker("slow"):
            first = first or item.path
            if item.path != first:
                waiting.add(item.path)
    items.sort(key=lambda item: ("unit" in item.path.parts, item.path in waiting))


def pytest_sessionfinish():
    shutil.rmtree(PARSED, ignore_errors=True)


@pytest.fixture
def copied_sample(tmp_path) -> Path:
    """Return a folder with the sample files, to be broken by a test."""
    folder = tmp_path / "raw"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder
