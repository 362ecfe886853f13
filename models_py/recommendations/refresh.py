"""Fit recommenders where candidates are to be fitted; SQL compares them with the stored ones."""

from typing import Any

import pandas as pd
import pyarrow as pa

from models_py.recommendations.record import SCHEMA
from models_py.refresh import importing


def fit_recommenders(
    kind: str,
    ratings: pd.DataFrame,
    candidates: pd.DataFrame,
    fingerprint: pd.DataFrame,
    **settings: Any,
) -> pa.Table:
    """Return what the recommenders of a kind learn; no row where none is to be fitted.

    `kind` is 'rankers' or 'rating_predictors'; the others are the parameters of `fit_rankers` or
    `fit_rating_predictors`.
    """
    if candidates.empty:
        return SCHEMA.empty_table()
    with importing:
        from models_py.recommendations import fits
    fit = {"rankers": fits.fit_rankers, "rating_predictors": fits.fit_rating_predictors}[kind]
    return fit(ratings, candidates, fingerprint, **settings)
