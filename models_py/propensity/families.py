"""The four families as scikit-learn pipelines, and what a fitted one has learned as plain data."""

import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC
from imblearn.pipeline import Pipeline
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from models_py.propensity.spec import PropensitySpec

IMBALANCES = ("none", "class_weight", "smote")

_ESTIMATORS = {
    "logistic_regression": LogisticRegression,
    "decision_tree": DecisionTreeClassifier,
    "random_forest": RandomForestClassifier,
    "gradient_boosting": HistGradientBoostingClassifier,
}
FAMILIES = tuple(_ESTIMATORS)

# Log-odds; the other two families average the shares of rows with the outcome in their leaves.
LOG_ODDS_FAMILIES = ("logistic_regression", "gradient_boosting")


def category_levels(frame: pd.DataFrame, spec: PropensitySpec) -> list[list[str]]:
    """Return the sorted known categories of each categorical feature."""
    return [sorted(frame[column].dropna().unique()) for column in spec.categorical]


def as_matrix(
    frame: pd.DataFrame, spec: PropensitySpec, levels: Sequence[Sequence[str]]
) -> np.ndarray:
    """Return the features as the pipelines take them.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, any)
        Has every column of `spec.features`; nulls in any form.
    spec : PropensitySpec
    levels : sequence of sequences of str
        The known categories, as from `category_levels` of the training part.

    Returns
    -------
    ndarray of shape (n_rows, n_features)
        In the order of `spec.features`: numeric ones with NaN for null, categories as their
        position among the levels with -1 for null and for unknown ones.
    """
    numeric = [frame[column].astype("Float64").to_numpy(float, np.nan) for column in spec.numeric]
    codes = [
        pd.Index(known).get_indexer(frame[column]).astype(float)
        for column, known in zip(spec.categorical, levels, strict=True)
    ]
    return np.column_stack([*numeric, *codes])


def build_pipeline(
    family: str,
    params: Mapping[str, Any],
    spec: PropensitySpec,
    levels: Sequence[Sequence[str]],
    imbalance: str = "none",
    random_state: int = 0,
) -> Pipeline:
    """Return the unfitted pipeline of a family.

    Missing numbers become the median, and an unknown or missing category zeros in all its one-hot
    columns; a feature without a known category has none. Of the encoded columns the `n_columns`
    with the largest F statistic are kept: noise columns cost boosting more than they give. Those of
    the logistic regression are standardised, after the logarithm of `spec.log_features`; trees are
    the same with and without it.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    params : mapping
        Parameters of the estimator, and `n_columns` (default 'all').
    spec : PropensitySpec
    levels : sequence of sequences of str
        The categories that get a one-hot column each, as from `category_levels`.
    imbalance : {'none', 'class_weight', 'smote'}
        Nothing, balanced class weights, or SMOTE on the rows that the pipeline is fitted on.
    random_state : int
        Seed of the estimator and of SMOTE.

    Returns
    -------
    imblearn Pipeline
        Takes the matrix of `as_matrix`.
    """
    own = dict(params)
    n_columns = own.pop("n_columns", "all")
    estimator = _ESTIMATORS[family](**own, random_state=random_state)
    if imbalance == "class_weight":
        estimator.set_params(class_weight="balanced")
    # Lists, because scikit-learn leaves out what has none of them.
    numeric = list(range(len(spec.numeric)))
    nominal = [place for place, known in enumerate(levels, len(spec.numeric)) if known]
    median = SimpleImputer(strategy="median", keep_empty_features=True)
    impute = ColumnTransformer([("numeric", median, numeric)], remainder="passthrough")
    steps: list[tuple[str, Any]] = [("impute", impute)]
    if imbalance == "smote":
        steps.append(("smote", _smote(spec, random_state)))
    one_hot = OneHotEncoder(
        categories=[np.arange(len(known), dtype=float) for known in levels if known],
        handle_unknown="ignore",
        sparse_output=False,
    )
    if family == "logistic_regression" and spec.log_features:
        places = [index for index, name in enumerate(spec.numeric) if name in spec.log_features]
        steps.append(("log", FunctionTransformer(partial(_with_logarithms, places=places))))
    encode = ColumnTransformer([("numeric", "passthrough", numeric), ("one_hot", one_hot, nominal)])
    steps += [
        ("encode", encode),
        ("select", SelectKBest(_f_statistics, k=columns_kept(n_columns, spec, levels))),
    ]
    if family == "logistic_regression":
        steps.append(("scale", StandardScaler()))
    return Pipeline([*steps, ("model", estimator)])


def columns_kept(
    n_columns: int | str, spec: PropensitySpec, levels: Sequence[Sequence[str]]
) -> int | str:
    """Return how many encoded columns are kept: 'all' where there are no more than `n_columns`."""
    encoded = len(spec.numeric) + sum(len(known) for known in levels)
    return "all" if n_columns == "all" or n_columns >= encoded else n_columns


def _with_logarithms(matrix: np.ndarray, places: Sequence[int]) -> np.ndarray:
    """Return a matrix with ln(1 + x) in some of its columns; a negative x counts as 0."""
    changed = matrix.copy()
    changed[:, places] = np.log1p(np.maximum(matrix[:, places], 0))
    return changed


def _f_statistics(matrix: np.ndarray, outcomes: np.ndarray) -> np.ndarray:
    """Return the F statistic of each column; 0 if constant, as a category that no row has."""
    varies = np.ptp(matrix, axis=0) > 0
    statistics = np.zeros(len(varies))
    if varies.any():
        # A column that tells the outcome has an infinite one, and scikit-learn calls it constant.
        with np.errstate(divide="ignore"), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Features .* are constant")
            statistics[varies], _ = f_classif(matrix[:, varies], outcomes)
    return statistics


def _smote(spec: PropensitySpec, random_state: int) -> SMOTE | SMOTEN | SMOTENC:
    """Return the form of SMOTE that takes numbers, categories and flags, or both."""
    discrete = [
        index
        for index, feature in enumerate(spec.features)
        if feature in spec.flags or feature in spec.categorical
    ]
    if not discrete:
        return SMOTE(random_state=random_state)
    if len(discrete) == len(spec.features):
        return SMOTEN(random_state=random_state)
    return SMOTENC(categorical_features=discrete, random_state=random_state)


def raw_scores(pipeline: Pipeline, matrix: np.ndarray) -> np.ndarray:
    """Return the raw score of each row: log-odds, or the mean leaf share of a tree or forest.

    Parameters
    ----------
    pipeline : fitted Pipeline
    matrix : ndarray of shape (n_rows, n_features)

    Returns
    -------
    ndarray of shape (n_rows,)
    """
    if hasattr(pipeline[-1], "decision_function"):
        return pipeline.decision_function(matrix)
    return pipeline.predict_proba(matrix)[:, 1]


def export_encoder(
    pipeline: Pipeline, spec: PropensitySpec, levels: Sequence[Sequence[str]]
) -> list[dict[str, Any]]:
    """Return one row per encoded column that a fitted pipeline keeps, in their order.

    Parameters
    ----------
    pipeline : fitted Pipeline
    spec, levels
        Those that it was built with.

    Returns
    -------
    list of dict
        `position` (from 1), `feature`, `category` (None for a number), `impute_value` (None for a
        category), `mean`, `scale`, `coefficient` (None without a linear model) and `is_log`. The
        encoded value is (value - mean) / scale, with ln(1 + value) for the value where `is_log`.
    """
    imputer = pipeline.named_steps["impute"].named_transformers_["numeric"]
    medians = imputer.statistics_ if spec.numeric else []
    columns: list[tuple[str, str | None, float | None]] = [
        (name, None, float(median)) for name, median in zip(spec.numeric, medians, strict=True)
    ]
    for name, known in zip(spec.categorical, levels, strict=True):
        columns += [(name, category, None) for category in known]
    kept = [columns[index] for index in pipeline.named_steps["select"].get_support(indices=True)]

    scaler = pipeline.named_steps.get("scale")
    means = scaler.mean_ if scaler else np.zeros(len(kept))
    scales = scaler.scale_ if scaler else np.ones(len(kept))
    coefficients = np.ravel(pipeline[-1].coef_).tolist() if scaler else [None] * len(kept)
    return [
        {
            "position": index + 1,
            "feature": feature,
            "category": category,
            "impute_value": median,
            "mean": float(means[index]),
            "scale": float(scales[index]),
            "coefficient": coefficients[index],
            "is_log": "log" in pipeline.named_steps and feature in spec.log_features,
        }
        for index, (feature, category, median) in enumerate(kept)
    ]
