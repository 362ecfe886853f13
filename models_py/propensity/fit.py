"""Fit the four families of one data set and return all they learned, one row per family."""

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

from models_py.propensity.calibration import (
    METHODS,
    Calibrator,
    cross_fit,
    fifths,
    fit_calibrator,
    fit_none,
)
from models_py.propensity.checks import check_rows, constant_columns
from models_py.propensity.evaluation import (
    choose,
    imbalance_losses,
    importance,
    out_of_fold,
)
from models_py.propensity.families import (
    LOG_ODDS_FAMILIES,
    as_matrix,
    build_pipeline,
    category_levels,
    export_encoder,
    raw_scores,
)
from models_py.propensity.record import SCHEMA
from models_py.propensity.search import search_family
from models_py.propensity.spec import PropensitySpec
from models_py.runs import describe_run
from models_py.trees import baseline, export_trees


def fit_families(
    frame: pd.DataFrame,
    spec: PropensitySpec,
    settings: Mapping[str, Any],
    stored: pa.Table | None = None,
    is_search: bool = True,
) -> pa.Table:
    """Search, cross-validate and fit every family on the training part.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, any)
        `entity_id`, `periods_ago`, `fold_group`, `split` (train, holdout, new), `has_outcome` (null
        where new) and the columns of `spec.features`, in any order of rows.
    spec : PropensitySpec
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
        by cross-fitting within its repetition. The calibrator is fitted on the first repetition;
        where rows are of periods on the last one, as the level moves with the season, and
        `judging_calibrators` are those without each fifth of its entities. `reference_scores` are
        scikit-learn's raw scores of tonight's rows outside the training part; `importance` is the
        fall of ROC AUC on the holdout.

    Raises
    ------
    CannotFitError
        As in `check_rows`.
    ValueError
        As in `search_family` and `build_pipeline`.
    """
    frame = frame.sort_values(["entity_id", "periods_ago"], ignore_index=True)
    check_rows(frame, spec, settings["n_splits"])
    train = frame["split"] == "train"
    levels, seed = category_levels(frame[train], spec), settings["random_state"]
    matrix = as_matrix(frame[train], spec, levels)
    converted = frame.loc[train, "has_outcome"].astype(int).to_numpy()
    fold_group = frame.loc[train, "fold_group"]
    groups = fold_group.to_numpy() if fold_group.duplicated().any() else None

    before = {} if is_search or stored is None else _choices(stored)
    searched = {
        family: before[family]["search"]
        if family in before
        else search_family(
            family,
            search,
            matrix,
            converted,
            spec,
            levels,
            settings["n_splits"],
            seed,
            settings["n_jobs"],
            groups,
        )
        for family, search in settings["families"].items()
    }
    best = {family: tried[0]["params"] for family, tried in searched.items()}
    pipelines = {
        (family, imbalance): build_pipeline(family, best[family], spec, levels, imbalance, seed)
        for family in best
        for imbalance in settings["imbalances"]
    }
    cross_validate = partial(
        out_of_fold,
        matrix=matrix,
        converted=converted,
        groups=groups,
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
            frame,
            spec,
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
    frame: pd.DataFrame,
    spec: PropensitySpec,
    levels: Sequence[Sequence[str]],
    chosen: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the row of one family, without its search; `metrics` is still a dict."""
    family, imbalance = chosen["family"], chosen["imbalance"]
    matrix = as_matrix(frame, spec, levels)
    train, holdout = frame["split"] == "train", frame["split"] == "holdout"
    others = ~train & (frame["periods_ago"] == 0)
    used = ["entity_id", "has_outcome", *spec.features]
    fitted_on = frame.loc[train, used]
    converted = frame["has_outcome"].astype("boolean").astype("Int64")
    with threadpool_limits(1):
        pipeline.fit(matrix[train], converted[train].astype(int).to_numpy())
    model = pipeline[-1]

    is_log_odds = family in LOG_ODDS_FAMILIES
    served = scores[scores["imbalance"] == imbalance]
    first = served[served["repeat"] == 0]
    calibrator, errors = _best_calibrator(first, is_log_odds)
    method = calibrator.method
    judging = []
    if spec.judged_period:
        last = pd.DataFrame(
            {
                "raw_score": raw_scores(pipeline, matrix[holdout]),
                "converted": converted[holdout].astype(int).to_numpy(),
                "fold": fifths(frame.loc[holdout, "entity_id"]),
            }
        )
        calibrator, errors = _best_calibrator(last, is_log_odds)
        judging = [
            {"left_out_fifth": fifth, **_stored(_fitted(calibrator.method, rest, is_log_odds))}
            for fifth in range(1, 6)
            for rest in [last[last["fold"] != fifth]]
        ]
    stored = scores.assign(
        entity_id=fitted_on["entity_id"].to_numpy()[scores["row"]],
        has_outcome=scores["converted"].astype(bool),
        model_probability=fit_none(is_log_odds)(scores["raw_score"].to_numpy()),
        probability=pd.concat(
            cross_fit(method, repeated, is_log_odds) for _, repeated in served.groupby("repeat")
        ),
    )
    is_linear = family == "logistic_regression"
    return {
        **describe_run(
            "propensity",
            spec.dataset,
            family,
            frame.loc[train | (holdout & bool(spec.judged_period)), [*used, "fold_group"]],
            {**chosen, **settings},
        ),
        "n_rows": int(train.sum()),
        "metrics": {
            "cv_roc_auc": _mean_roc_auc(served),
            "cv_brier_by_calibration": _means(errors),
            "constant_columns": constant_columns(fitted_on, spec),
        },
        "estimator_params": json.dumps(chosen["estimator"], sort_keys=True),
        "imbalance": imbalance,
        "intercept": float(model.intercept_[0]) if is_linear else baseline(model),
        "is_single_precision": family in ("decision_tree", "random_forest"),
        "encoder": export_encoder(pipeline, spec, levels),
        "trees": [] if is_linear else export_trees(model),
        "calibration": calibrator.method,
        "calibration_slope": calibrator.slope,
        "calibration_intercept": calibrator.intercept,
        "calibration_scores": calibrator.raw_scores,
        "calibration_probabilities": calibrator.probabilities,
        "judging_calibrators": judging,
        "out_of_fold": _records(stored.drop(columns=["family", "row", "converted"])),
        "reference_scores": _records(
            frame.loc[others, ["entity_id"]].assign(raw_score=raw_scores(pipeline, matrix[others]))
        ),
        "importance": importance(
            pipeline,
            matrix[holdout],
            converted[holdout].astype(int).to_numpy(),
            spec.features,
            settings["importance_repeats"],
            settings["random_state"],
        ),
    }


def _best_calibrator(
    scores: pd.DataFrame, is_log_odds: bool
) -> tuple[Calibrator, dict[str, np.ndarray]]:
    """Return the calibrator whose cross-fitted probabilities are best, and all squared errors."""
    errors = {
        method: ((cross_fit(method, scores, is_log_odds) - scores["converted"]) ** 2).to_numpy()
        for method in METHODS
    }
    return _fitted(choose(errors), scores, is_log_odds), errors


def _fitted(method: str, scores: pd.DataFrame, is_log_odds: bool) -> Calibrator:
    raw, converted = scores["raw_score"].to_numpy(), scores["converted"].to_numpy()
    return fit_calibrator(method, raw, converted, is_log_odds)


def _stored(calibrator: Calibrator) -> dict[str, Any]:
    return {
        "calibration": calibrator.method,
        "slope": calibrator.slope,
        "intercept": calibrator.intercept,
        "raw_scores": calibrator.raw_scores,
        "probabilities": calibrator.probabilities,
    }


def _mean_roc_auc(scores: pd.DataFrame) -> float:
    folds = scores.groupby(["repeat", "fold"])
    areas = [roc_auc_score(fold["converted"], fold["raw_score"]) for _, fold in folds]
    return round(float(np.mean(areas)), 9)


def _means(losses: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(values.mean()) for name, values in losses.items()}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")
