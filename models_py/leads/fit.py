"""Fit the four families and return everything they learned, one row per family."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from imblearn.pipeline import Pipeline
from joblib import Parallel, delayed
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from models_py.leads.calibration import METHODS, cross_fit, fit_calibrator, fit_none
from models_py.leads.checks import check_leads, constant_columns
from models_py.leads.evaluation import choose, imbalance_losses, importance, out_of_fold
from models_py.leads.families import (
    FEATURES,
    LOG_ODDS_FAMILIES,
    as_matrix,
    build_pipeline,
    category_levels,
    export_encoder,
    raw_scores,
)
from models_py.leads.search import search_family
from models_py.runs import describe_run
from models_py.trees import TREE_TYPE, baseline, export_trees

_TEXT, _NUMBER, _INTEGER = pa.string(), pa.float64(), pa.int64()


def _list_of(**fields: pa.DataType) -> pa.DataType:
    return pa.list_(pa.struct(list(fields.items())))


SCHEMA = pa.schema(
    [
        ("model_run_id", _TEXT),
        ("area", _TEXT),
        ("dataset", _TEXT),
        ("model_name", _TEXT),
        ("data_fingerprint", _TEXT),
        ("n_rows", _INTEGER),
        ("params", _TEXT),
        ("library_versions", _TEXT),
        ("metrics", _TEXT),
        ("estimator_params", _TEXT),
        ("imbalance", _TEXT),
        ("intercept", _NUMBER),
        ("is_single_precision", pa.bool_()),
        (
            "encoder",
            _list_of(
                position=_INTEGER,
                feature=_TEXT,
                category=_TEXT,
                impute_value=_NUMBER,
                mean=_NUMBER,
                scale=_NUMBER,
                coefficient=_NUMBER,
            ),
        ),
        ("trees", pa.list_(TREE_TYPE)),
        ("calibration", _TEXT),
        ("calibration_slope", _NUMBER),
        ("calibration_intercept", _NUMBER),
        ("calibration_scores", pa.list_(_NUMBER)),
        ("calibration_probabilities", pa.list_(_NUMBER)),
        (
            "out_of_fold",
            _list_of(
                imbalance=_TEXT,
                lead_id=_TEXT,
                repeat=_INTEGER,
                fold=_INTEGER,
                is_converted=pa.bool_(),
                raw_score=_NUMBER,
                model_probability=_NUMBER,
                probability=_NUMBER,
            ),
        ),
        ("reference_scores", _list_of(lead_id=_TEXT, raw_score=_NUMBER)),
        ("importance", _list_of(feature=_TEXT, importance=_NUMBER, std=_NUMBER)),
        (
            "search",
            _list_of(params=_TEXT, cv_roc_auc=_NUMBER, cv_roc_auc_std=_NUMBER, rank=_INTEGER),
        ),
    ]
)


def fit_lead_families(
    leads: pd.DataFrame,
    settings: Mapping[str, Any],
    stored: pa.Table | None = None,
    is_search: bool = True,
) -> pa.Table:
    """Search, cross-validate and fit every family on the training part.

    Parameters
    ----------
    leads : DataFrame of shape (n_leads, any)
        `lead_id`, `split` (train, holdout, new), `is_converted` (null where new) and the columns
        of `FEATURES`, in any order of rows.
    settings : mapping
        `random_state`, `n_splits`, `n_repeats`, `n_jobs`, `importance_repeats`, `imbalances` (the
        ways to compare, the default first), and `families`: name to the `spec` of
        `search_family`.
    stored : pyarrow.Table, optional
        What this function returned for the generation before.
    is_search : bool
        Whether parameters and treatments of imbalance are chosen anew; otherwise those of `stored`
        are taken.

    Returns
    -------
    pyarrow Table
        One row per family, with the columns of `SCHEMA`. In `out_of_fold`, `model_probability` is
        the pipeline's own and `probability`, only there for the chosen imbalance, is calibrated
        by cross-fitting within its repetition. The calibrator is fitted on the first repetition.
        `reference_scores` are scikit-learn's raw scores of the leads outside the training part;
        `importance` is the fall of ROC AUC on the holdout.

    Raises
    ------
    CannotFitError
        As in `check_leads`.
    ValueError
        As in `search_family` and `build_pipeline`.
    """
    leads = leads.sort_values("lead_id", ignore_index=True)
    check_leads(leads, settings["n_splits"])
    train = leads["split"] == "train"
    levels, seed = category_levels(leads[train]), settings["random_state"]
    matrix = as_matrix(leads[train], levels)
    converted = leads.loc[train, "is_converted"].astype(int).to_numpy()

    before = {} if is_search or stored is None else _choices(stored)
    searched = {
        family: before[family]["search"]
        if family in before
        else search_family(
            family,
            spec,
            matrix,
            converted,
            levels,
            settings["n_splits"],
            seed,
            settings["n_jobs"],
        )
        for family, spec in settings["families"].items()
    }
    best = {family: tried[0]["params"] for family, tried in searched.items()}
    pipelines = {
        (family, imbalance): build_pipeline(family, best[family], levels, imbalance, seed)
        for family in best
        for imbalance in settings["imbalances"]
    }
    cross_validate = partial(
        out_of_fold,
        matrix=matrix,
        converted=converted,
        n_splits=settings["n_splits"],
        random_state=seed + 1,  # other folds than those that chose the parameters
        n_jobs=settings["n_jobs"],
    )
    scores = cross_validate(pipelines, repeats=[0])
    losses = imbalance_losses(scores)
    chosen = {
        family: before[family]["imbalance"]
        if family in before
        else choose({name: by_imbalance[name] for name in settings["imbalances"]})
        for family, by_imbalance in losses.items()
    }
    if settings["n_repeats"] > 1:
        served = {key: pipelines[key] for key in chosen.items()}
        again = cross_validate(served, repeats=range(1, settings["n_repeats"]))
        scores = pd.concat([scores, again], ignore_index=True)

    rows = Parallel(n_jobs=settings["n_jobs"])(
        delayed(_fit_family)(
            pipelines[family, chosen[family]],
            scores[scores["family"] == family],
            leads,
            levels,
            {"family": family, "imbalance": chosen[family], "estimator": best[family]},
            settings,
        )
        for family in best
    )
    for row, family in zip(rows, best, strict=True):
        metrics = {**row["metrics"], "cv_log_loss_by_imbalance": _means(losses[family])}
        row["metrics"] = json.dumps(metrics, sort_keys=True)
        row["search"] = [
            {**tried, "params": json.dumps(tried["params"], sort_keys=True)}
            for tried in searched[family]
        ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _choices(stored: pa.Table) -> dict[str, dict[str, Any]]:
    rows = stored.select(["model_name", "imbalance", "search"]).to_pylist()
    for row in rows:
        row["search"] = [
            {**tried, "params": json.loads(tried["params"])} for tried in row["search"]
        ]
    return {row["model_name"]: row for row in rows}


def _fit_family(
    pipeline: Pipeline,
    scores: pd.DataFrame,
    leads: pd.DataFrame,
    levels: Sequence[Sequence[str]],
    chosen: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the row of one family, without its search; `metrics` is still a dict."""
    family, imbalance = chosen["family"], chosen["imbalance"]
    matrix = as_matrix(leads, levels)
    train, holdout = leads["split"] == "train", leads["split"] == "holdout"
    fitted_on = leads.loc[train, ["lead_id", "is_converted", *FEATURES]]
    converted = leads["is_converted"].astype("Int64")
    with threadpool_limits(1):
        pipeline.fit(matrix[train], converted[train].astype(int).to_numpy())
    model = pipeline[-1]

    is_log_odds = family in LOG_ODDS_FAMILIES
    served = scores[scores["imbalance"] == imbalance]
    first = served[served["repeat"] == 0]
    errors = {
        method: ((cross_fit(method, first, is_log_odds) - first["converted"]) ** 2).to_numpy()
        for method in METHODS
    }
    calibrator = fit_calibrator(
        choose(errors), first["raw_score"].to_numpy(), first["converted"].to_numpy(), is_log_odds
    )
    stored = scores.assign(
        lead_id=fitted_on["lead_id"].to_numpy()[scores["row"]],
        is_converted=scores["converted"].astype(bool),
        model_probability=fit_none(is_log_odds)(scores["raw_score"].to_numpy()),
        probability=pd.concat(
            cross_fit(calibrator.method, repeated, is_log_odds)
            for _, repeated in served.groupby("repeat")
        ),
    )
    is_linear = family == "logistic_regression"
    return {
        **describe_run("leads", "leads", family, fitted_on, {**chosen, **settings}),
        "metrics": {
            "cv_roc_auc": _mean_roc_auc(served),
            "cv_brier_by_calibration": _means(errors),
            "constant_columns": constant_columns(fitted_on),
        },
        "estimator_params": json.dumps(chosen["estimator"], sort_keys=True),
        "imbalance": imbalance,
        "intercept": float(model.intercept_[0]) if is_linear else baseline(model),
        "is_single_precision": family in ("decision_tree", "random_forest"),
        "encoder": export_encoder(pipeline, levels),
        "trees": [] if is_linear else export_trees(model),
        "calibration": calibrator.method,
        "calibration_slope": calibrator.slope,
        "calibration_intercept": calibrator.intercept,
        "calibration_scores": calibrator.raw_scores,
        "calibration_probabilities": calibrator.probabilities,
        "out_of_fold": _records(stored.drop(columns=["family", "row", "converted"])),
        "reference_scores": _records(
            leads.loc[~train, ["lead_id"]].assign(raw_score=raw_scores(pipeline, matrix[~train]))
        ),
        "importance": importance(
            pipeline,
            matrix[holdout],
            converted[holdout].astype(int).to_numpy(),
            settings["importance_repeats"],
            settings["random_state"],
        ),
    }


def _mean_roc_auc(scores: pd.DataFrame) -> float:
    folds = scores.groupby(["repeat", "fold"])
    areas = [roc_auc_score(fold["converted"], fold["raw_score"]) for _, fold in folds]
    return round(float(np.mean(areas)), 9)


def _means(losses: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(values.mean()) for name, values in losses.items()}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")
