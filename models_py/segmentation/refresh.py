"""Refresh segments: apply the stored fit, or challenge it by a new one."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from models_py.refresh import best_figure, importing, refresh


def refresh_segmentation(
    frame: pd.DataFrame, meta: Mapping[str, Any], decision: pd.DataFrame, stored: pa.Table
) -> pa.Table:
    """Return the segments that serve: the stored ones, or new ones as `refresh` has it.

    The quality of a fit is the mean bootstrap Jaccard of its segments. `frame` and `meta` are those
    of `fit_segmentation`, `decision` and `stored` those of `refresh`.
    """

    def fit(before: pa.Table | None, is_search: bool) -> pa.Table:
        with importing:
            from models_py.segmentation.fit import fit_segmentation
        return fit_segmentation(frame, meta, before, is_search)

    return refresh(decision, stored, fit, lambda found: best_figure(found, "mean_jaccard"))
