"""What must hold before leads are worth fitting; each failure is one line that says what to do."""

import pandas as pd
from sklearn.metrics import roc_auc_score

from models_py.leads.families import CATEGORIES, FEATURES

MIN_LEADS = 50


def check_leads(leads: pd.DataFrame, n_splits: int) -> None:
    """Refuse training and holdout leads from which nothing honest can be learned.

    Parameters
    ----------
    leads : DataFrame of shape (n_leads, any)
        `split` (train, holdout), `is_converted` and the columns of `FEATURES`; no lead without
        a known outcome.
    n_splits : int
        Folds of the cross-validation.

    Raises
    ------
    ValueError
        With fewer than 50 leads, only one class, fewer leads of a class than folds in the
        training part or none in the holdout, or a column that equals the label.
    """
    if len(leads) < MIN_LEADS:
        raise ValueError(
            f"leads: {len(leads)} leads have a known status, at least {MIN_LEADS} are needed;"
            " bring more or take 'leads' out of sources_enabled"
        )
    classes = leads["is_converted"].astype(bool)
    if classes.nunique() < 2:
        raise ValueError(
            f"leads: column status is {int(classes.iloc[0])} in all {len(leads)} leads;"
            " a model needs converted and lost leads"
        )
    counts = pd.crosstab(leads["split"], classes).reindex(
        index=["train", "holdout"], columns=[False, True], fill_value=0
    )
    if counts.loc["train"].min() < n_splits or counts.loc["holdout"].min() < 1:
        raise ValueError(
            f"leads: too few leads of one class (train {counts.loc['train'].min()},"
            f" holdout {counts.loc['holdout'].min()}) for {n_splits} folds and a holdout;"
            " bring more leads or change the var lead_holdout_share"
        )
    for column in FEATURES:
        if equals_label(leads[column], classes):
            raise ValueError(
                f"leads: column {column} equals the label status in all {len(leads)} leads;"
                " it is known only after the outcome: take it out of the file"
            )


def constant_columns(leads: pd.DataFrame) -> list[str]:
    """Return the features with a single value (or none at all), which no model can use."""
    return [column for column in FEATURES if leads[column].nunique(dropna=False) < 2]


def equals_label(column: pd.Series, converted: pd.Series) -> bool:
    """Return whether a feature alone tells converted from lost leads without an error.

    Parameters
    ----------
    column : Series of shape (n,)
        A category leaks if none of its values has leads of both classes; a number or flag if a
        single cut separates the classes.
    converted : Series of shape (n,)
        Booleans, both present.

    Returns
    -------
    bool
    """
    if column.isna().any() or column.nunique() < 2:
        return False
    if column.name in CATEGORIES:
        by_value = pd.crosstab(column.astype(str), converted)
        return bool((by_value.min(axis=1) == 0).all())
    return roc_auc_score(converted, column.astype(float)) in (0.0, 1.0)
