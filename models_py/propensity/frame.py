"""From long tables of rows and feature values to the frame that is fitted."""

import pandas as pd

from models_py.propensity.spec import PropensitySpec


def fitting_frame(
    rows: pd.DataFrame, feature_values: pd.DataFrame, spec: PropensitySpec
) -> pd.DataFrame:
    """Return one row per entity and period, with a column per feature.

    Parameters
    ----------
    rows : DataFrame of shape (n_rows, any)
        `entity_id`, `periods_ago`, `fold_group`, `split` (train, holdout, new) and `has_outcome`
        (null where new).
    feature_values : DataFrame of shape (n_rows * n_features, any)
        `entity_id`, `periods_ago`, `feature`, `number_value` and `text_value`.
    spec : PropensitySpec

    Returns
    -------
    DataFrame of shape (n_rows, 5 + n_features)
        The five columns of `rows`, then `spec.features`; numeric ones as floats with NaN for null.
    """
    key = ["entity_id", "periods_ago"]
    frame = rows[[*key, "fold_group", "split", "has_outcome"]].set_index(key)
    for names, value in ((spec.numeric, "number_value"), (spec.categorical, "text_value")):
        part = feature_values[feature_values["feature"].isin(names)]
        wide = part.pivot(index=key, columns="feature", values=value)  # noqa: PD010
        frame = frame.join(wide.reindex(columns=list(names)))
    return frame.reset_index()
