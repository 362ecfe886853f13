"""What must hold before a fit is worth it; each failure is one line that says what to do."""

import pandas as pd
from sklearn.metrics import roc_auc_score

from models_py.errors import CannotFitError
from models_py.propensity.calibration import fifths
from models_py.propensity.spec import PropensitySpec

MIN_ROWS = 50


def check_rows(frame: pd.DataFrame, spec: PropensitySpec, n_splits: int) -> None:
    """Refuse rows from which nothing honest can be learned.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, any)
        `split` (train, holdout, new), `has_outcome` (null where new) and the columns of
        `spec.features`.
    spec : PropensitySpec
    n_splits : int
        Folds of the cross-validation.

    Raises
    ------
    CannotFitError
        With fewer than 50 rows of a known outcome, only one class, fewer rows of a class than
        folds in the training part or none in the holdout (where rows are of periods: in one of its
        fifths alone), features without a value, or a column that equals the label.
    """
    known = frame[frame["split"] != "new"]
    classes = known["has_outcome"].astype(bool)
    entities = spec.entities
    seen = (
        f"{spec.dataset}: of {len(frame)} {entities} {len(known)} have a known outcome in column"
        f" {spec.raw_label} and {classes.sum()} of those converted"
    )
    if len(known) < MIN_ROWS:
        raise CannotFitError(
            f"{seen}; a fit needs {MIN_ROWS} known outcomes:"
            f" bring more {entities} or take {spec.dataset} out of sources_enabled"
        )
    if classes.nunique() < 2:
        raise CannotFitError(
            f"{seen}; a fit needs converted and lost {entities}:"
            f" bring both or take {spec.dataset} out of sources_enabled"
        )
    counts = pd.crosstab(known["split"], classes).reindex(
        index=["train", "holdout"], columns=[False, True], fill_value=0
    )
    rarest = counts.min(axis=1)
    if spec.judged_period:
        # Each fifth of the last period is calibrated by the other four.
        judged = known.loc[known["split"] == "holdout", "entity_id"]
        by_fifth = pd.crosstab(fifths(judged), classes[judged.index].to_numpy())
        rarest["holdout"] = min(rarest["holdout"], (by_fifth.sum() - by_fifth).min(axis=None))
    if rarest["train"] < n_splits or rarest["holdout"] < 1:
        raise CannotFitError(
            f"{seen}; of the rarer outcome {rarest['train']} are in the training part, where"
            f" {n_splits} folds need {n_splits}, and {rarest['holdout']} in the holdout, which"
            f" needs 1: bring more {entities} or "
            + (
                "a longer history"
                if spec.judged_period
                else "change the var propensity_holdout_share"
            )
        )
    if known.loc[known["split"] == "train", list(spec.features)].isna().all(axis=None):
        raise CannotFitError(
            f"{seen}; in the training part no feature of them has a value: bring a file that has"
            f" the features or take {spec.dataset} out of sources_enabled"
        )
    for column in spec.features:
        if equals_label(known[column], classes, column in spec.categorical):
            raise CannotFitError(
                f"{spec.dataset}: column {column} equals the label {spec.raw_label} in all"
                f" {len(known)} {entities}; it is known only after the outcome: take it out of"
                " the file or of the features"
            )


def constant_columns(frame: pd.DataFrame, spec: PropensitySpec) -> list[str]:
    """Return the features with a single value (or none at all), which no model can use."""
    return [column for column in spec.features if frame[column].nunique(dropna=False) < 2]


def equals_label(column: pd.Series, converted: pd.Series, is_categorical: bool) -> bool:
    """Return whether a feature alone tells converted from lost rows without an error.

    Parameters
    ----------
    column : Series of shape (n,)
        A category leaks if none of its values has rows of both classes; a number or flag if a
        single cut separates the classes.
    converted : Series of shape (n,)
        Booleans, both present.
    is_categorical : bool

    Returns
    -------
    bool
    """
    if column.isna().any() or column.nunique() < 2:
        return False
    if is_categorical:
        by_value = pd.crosstab(column.astype(str), converted)
        return bool((by_value.min(axis=1) == 0).all())
    return roc_auc_score(converted, column.astype(float)) in (0.0, 1.0)
