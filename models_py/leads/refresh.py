"""Refresh lead models: apply the stored families, or challenge them by new ones."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from models_py.refresh import best_figure, importing, refresh


def refresh_lead_families(
    leads: pd.DataFrame, settings: Mapping[str, Any], decision: pd.DataFrame, stored: pa.Table
) -> pa.Table:
    """Return the families that serve: the stored ones, or new ones as `refresh` has it.

    The quality of a fit is the cross-validated ROC AUC of its best family. `leads` and `settings`
    are those of `fit_lead_families`, `decision` and `stored` those of `refresh`.
    """

    def fit(before: pa.Table | None, is_search: bool) -> pa.Table:
        with importing:
            from models_py.leads.fit import fit_lead_families
        return fit_lead_families(leads, settings, before, is_search)

    return refresh(decision, stored, fit, lambda found: best_figure(found, "cv_roc_auc"))
