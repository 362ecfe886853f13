"""Which families serve each data set: the stored ones, or new ones."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from models_py.propensity.frame import fitting_frame
from models_py.propensity.record import SCHEMA
from models_py.propensity.spec import PropensitySpec
from models_py.refresh import OUTCOME, best_figure, importing, refresh

logger = logging.getLogger(__name__)

Read = Callable[[str], pd.DataFrame]


def refresh_propensity_families(
    specs: pd.DataFrame,
    rows_of: Read,
    feature_values_of: Read,
    settings: Mapping[str, Any],
    decisions: pd.DataFrame,
    stored: pa.Table,
) -> pa.Table:
    """Return the families that serve, each data set decided, fitted and stored by itself.

    The quality of a fit is the cross-validated ROC AUC of its best family.

    Parameters
    ----------
    specs : DataFrame
        One row per data set, as `PropensitySpec.from_row` takes it.
    rows_of, feature_values_of : callable
        Called with the name of a data set where it is fitted; return the frames of
        `fitting_frame`. A night that only scores reads neither.
    settings : mapping
        As in `fit_families`, the same for every data set.
    decisions : DataFrame
        One row per data set, as `refresh` takes it.
    stored : pyarrow.Table
        The families of the previous generation, of all data sets, with the columns of `SCHEMA`
        and `OUTCOME`; no row where there is none.

    Returns
    -------
    pyarrow.Table
        With the columns of `SCHEMA` and `OUTCOME`. A data set of which no fit can be made and
        none is stored has one row that says why: its outcome is 'impossible' where the spec
        requires a fit, which stops the build, and 'waiting' where not.
    """
    tables = [SCHEMA.empty_table()]
    for row in specs.sort_values("dataset").to_dict("records"):
        spec = PropensitySpec.from_row(row)
        own = [dataset == spec.dataset for dataset in stored["dataset"].to_pylist()]
        learned = refresh(
            decisions[decisions["dataset"] == spec.dataset],
            _typed(stored.filter(pa.array(own, pa.bool_()))),
            _fit_of(spec, rows_of, feature_values_of, settings),
            lambda found: best_figure(found, "cv_roc_auc"),
        )
        tables.append(_named(learned, spec))
    return pa.concat_tables(tables, promote_options="default")


def _fit_of(
    spec: PropensitySpec, rows_of: Read, feature_values_of: Read, settings: Mapping[str, Any]
) -> Callable[[pa.Table | None, bool], pa.Table]:
    def fit(before: pa.Table | None, is_search: bool) -> pa.Table:
        with importing:
            from models_py.propensity.fit import fit_families
        logger.info("fitting models of %s: %s", spec.dataset, spec.raw_label)
        frame = fitting_frame(rows_of(spec.dataset), feature_values_of(spec.dataset), spec)
        return fit_families(frame, spec, settings, before, is_search)

    return fit


def _typed(stored: pa.Table) -> pa.Table:
    if stored.num_rows == 0:
        return stored
    fields = [*SCHEMA, *OUTCOME]
    return stored.select([field.name for field in fields]).cast(pa.schema(fields))


def _named(learned: pa.Table, spec: PropensitySpec) -> pa.Table:
    """Return the fit; the one row that stands for none says of which data set it is."""
    if "dataset" in learned.column_names:
        return learned
    named = learned.append_column("dataset", pa.array([spec.dataset]))
    if spec.is_required:
        return named
    place = named.column_names.index("outcome")
    return named.set_column(place, "outcome", pa.array(["waiting"]))
