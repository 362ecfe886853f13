"""Score a million leads in SQL by the champion, reasons included, and by its predict_proba.

Beside it the champion's quality by five folds, three times, on all rows, as notebooks state it: its
parameters were searched on the training part of the same rows.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import yaml
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    precision_recall_curve,
    roc_auc_score,
)
from threadpoolctl import threadpool_limits

from models_py.propensity.calibration import fit_none
from models_py.propensity.evaluation import out_of_fold
from models_py.propensity.families import (
    LOG_ODDS_FAMILIES,
    as_matrix,
    build_pipeline,
    category_levels,
)
from models_py.propensity.spec import PropensitySpec

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data"
LEADS = int(os.environ.get("LEADS", 1_000_000))
# Whole copies of all leads, under keys of their own.
COPIES = f"""
    select * replace ({{key}} || '-' || copy as {{key}})
    from {{relation}}
    cross join range(1 + {LEADS} // (select count(*) from datasets.leads_features)) as copies (copy)
"""


def dbt(folder: Path, *args: str) -> str:
    """Run dbt with only the leads switched on and return what it prints."""
    environment = {
        **os.environ,
        "RAW_DATA_DIR": str(REAL if REAL.is_dir() else ROOT / "seeds" / "sample"),
        "WAREHOUSE_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
    }
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", *args]
    only_leads = yaml.safe_dump({"sources_enabled": ["leads"]})
    run = subprocess.run(
        [*command, "--vars", only_leads],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if run.returncode:
        sys.exit(run.stdout + run.stderr)
    return run.stdout


MODELS = {
    "propensity_inputs": "scoring.propensity_inputs",
    "propensity_input_scores": "scoring.propensity_input_scores",
    "propensity_score_contributions": "propensity.propensity_score_contributions",
    "propensity_reasons": "propensity.propensity_reasons",
}
"""Tables that are made of a million leads, in this order."""


def score_in_sql(path: Path, queries: list[str]) -> dict[str, float]:
    """Return leads, seconds and peak GiB of scoring by the champion on two threads, right here.

    The queries are those of `MODELS`; what they read is a million leads long. The last two make the
    reasons.
    """
    with duckdb.connect(path, config={"threads": 2, "memory_limit": "3GB"}) as connection:
        values = "features.propensity_feature_values"
        connection.execute(
            f"create table many as {COPIES.format(key='entity_id', relation=values)}"
        )
        connection.execute(f"create or replace table {values} as from many")
        connection.execute("drop table many")
        connection.execute("delete from models.propensity_models where not is_champion")
        times = [time.perf_counter()]
        for table, query in zip(MODELS.values(), queries, strict=True):
            connection.execute(f"create or replace table {table} as {query}")
            times.append(time.perf_counter())
        (leads,) = connection.execute(
            "select count(*) from propensity.propensity_reasons"
        ).fetchone()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        "leads": leads,
        "seconds": times[2] - times[0],
        "with_reasons": times[4] - times[0],
        "peak": peak,
    }


def read_spec(path: Path) -> PropensitySpec:
    """Return what is asked of leads."""
    with duckdb.connect(path, read_only=True) as connection:
        (row,) = connection.execute("from features.propensity_specs").df().to_dict("records")
    return PropensitySpec.from_row(row)


def read_champion(path: Path) -> tuple[str, dict, str]:
    """Return family, parameters and handling of imbalance of the champion."""
    with duckdb.connect(path, read_only=True) as connection:
        family, params, imbalance = connection.execute(
            "select model_family, params, imbalance from models.propensity_models where is_champion"
        ).fetchone()
    return family, json.loads(params), imbalance


def score_in_python(path: Path) -> float:
    """Fit the champion again; return the seconds of encoding and predict_proba."""
    many = COPIES.format(key="lead_id", relation="datasets.leads_features")
    with duckdb.connect(path, read_only=True) as connection:
        train = connection.execute(
            "select leads.* from datasets.leads_features as leads"
            " inner join features.propensity_rows on lead_id = entity_id and split = 'train'"
            " order by lead_id"
        ).df()
        leads = connection.execute(many).df()
    spec = read_spec(path)
    levels = category_levels(train, spec)
    family, params, imbalance = read_champion(path)
    pipeline = build_pipeline(family, params, spec, levels, imbalance)
    with threadpool_limits(2):
        pipeline.fit(as_matrix(train, spec, levels), train["is_converted"].astype(int))
        started = time.perf_counter()
        pipeline.predict_proba(as_matrix(leads, spec, levels))
        return time.perf_counter() - started


def quality_on_all_rows(path: Path) -> pd.Series:
    """Return the champion's figures by five folds on all rows, means over three repetitions."""
    with duckdb.connect(path, read_only=True) as connection:
        leads = connection.execute(
            "from datasets.leads_features where is_converted is not null order by lead_id"
        ).df()
    spec = read_spec(path)
    levels = category_levels(leads, spec)
    family, params, imbalance = read_champion(path)
    scores = out_of_fold(
        {(family, imbalance): build_pipeline(family, params, spec, levels, imbalance)},
        as_matrix(leads, spec, levels),
        leads["is_converted"].to_numpy(dtype=int),
        n_splits=5,
        repeats=range(3),
        random_state=1,
    )

    probability = fit_none(family in LOG_ODDS_FAMILIES)

    def figures(repetition: pd.DataFrame) -> pd.Series:
        by_fold = [fold for _, fold in repetition.groupby("fold")]
        converted, raw = repetition["converted"], repetition["raw_score"]
        precision, recall, _ = precision_recall_curve(converted, raw)
        first_decile = repetition.nlargest(len(repetition) // 10, "raw_score")["converted"]
        return pd.Series(
            {
                "ROC AUC": np.mean(
                    [roc_auc_score(f["converted"], f["raw_score"]) for f in by_fold]
                ),
                "average precision": np.mean(
                    [average_precision_score(f["converted"], f["raw_score"]) for f in by_fold]
                ),
                "Brier": brier_score_loss(converted, probability(raw.to_numpy())),
                "precision at recall .85": precision[recall >= 0.85].max(),
                "lift of the first decile": first_decile.mean() / converted.mean(),
            }
        )

    return pd.DataFrame([figures(each) for _, each in scores.groupby("repeat")]).mean()


def main() -> None:
    """Build the leads, score a million of them both ways and print leads per second."""
    if len(sys.argv) > 1:
        print(json.dumps(score_in_sql(Path(sys.argv[1]), json.loads(sys.stdin.read()))))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        no_tests = ("--exclude-resource-type", "test", "unit_test")
        dbt(folder, "build", "--select", *(f"+{model}" for model in MODELS), *no_tests)
        queries = [
            path.read_text()
            for model in MODELS
            for path in folder.glob(f"target/compiled/**/models/**/{model}.sql")
        ]
        path = folder / "build.duckdb"
        family, python_seconds = read_champion(path)[0], score_in_python(path)
        quality = quality_on_all_rows(path)
        run = subprocess.run(
            [sys.executable, __file__, str(path)],
            input=json.dumps(queries),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        in_sql = json.loads(run.stdout)
        print(
            f"{in_sql['leads']:,} leads by {family} in SQL: {in_sql['seconds']:.1f} s"
            f" ({in_sql['leads'] / in_sql['seconds']:,.0f} leads/s), {in_sql['peak']:.2f} GiB;"
            f" with reasons {in_sql['with_reasons']:.1f} s,"
            f" {in_sql['with_reasons'] / python_seconds:.1f} times predict_proba;"
            f" by predict_proba, encoding included: {python_seconds:.1f} s"
            f" ({in_sql['leads'] / python_seconds:,.0f} leads/s)"
        )

        print("five folds on all rows:")
        print(quality.round(4).to_string())


if __name__ == "__main__":
    main()
