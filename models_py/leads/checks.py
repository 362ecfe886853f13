"""What must hold before leads are worth fitting; each failure is one line that says what to do."""

import pandas as pd
from sklearn.metrics import roc_auc_score

from models_py.errors import CannotFitError
from models_py.leads.families import CATEGORIES, FEATURES

MIN_LEADS = 50


def check_leads(leads: pd.DataFrame, n_splits: int) -> None:
    """Refuse leads from which nothing honest can be learned.

    Parameters
    ----------
    leads : DataFrame of shape (n_leads, any)
        `split` (train, holdout, new), `is_converted` (null where new) and the columns of
        `FEATURES`.
    n_splits : int
        Folds of the cross-validation.

    Raises
    ------
    CannotFitError
        With fewer than 50 leads of a known outcome, only one class, fewer leads of a class than
        folds in the training part or none in the holdout, or a column that equals the label.
    """
    known = leads[leads["split"] != "new"]
    classes = known["is_converted"].astype(bool)
    seen = (
        f"leads: of {len(leads)} leads {len(known)} have a known outcome in column status"
        f" and {classes.sum()} of those converted"
    )
    if len(known) < MIN_LEADS:
        raise CannotFitError(
            f"{seen}; a fit needs {MIN_LEADS} known outcomes:"
            " bring more leads or take leads out of sources_enabled"
        )
    if classes.nunique() < 2:
        raise CannotFitError(
            f"{seen}; a fit needs converted and lost leads:"
            " bring both or take leads out of sources_enabled"
        )
    counts = pd.crosstab(known["split"], classes).reindex(
        index=["train", "holdout"], columns=[False, True], fill_value=0
    )
    rarest = counts.min(axis=1)
    if rarest["train"] < n_splits or rarest["holdout"] < 1:
        raise CannotFitError(
            f"{seen}; of the rarer outcome {rarest['train']} are in the training part, where"
            f" {n_splits} folds need {n_splits}, and {rarest['holdout']} in the holdout, which"
            " needs 1: bring more leads or change the var lead_holdout_share"
        )
    for column in FEATURES:
        if equals_label(known[column], classes):
            raise CannotFitError(
                f"leads: column {column} equals the label status in all {len(known)} leads;"
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
