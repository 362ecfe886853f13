"""What generations of schema version 1 hold, by the names and columns of today.

Version 1 had a table for each data set's segments, leads alone to ask about, and ratings alone to
recommend from. Everything that reads the previous generation reads it through `previous`, so that
nothing else has to know.
"""

import re
from collections.abc import Mapping, Sequence, Set

Table = tuple[str, str]
"""Schema and name."""

_AREA = "case area when 'leads' then 'propensity' else area end as area"
_FAMILIES = """
    * replace (
        'propensity' as area,
        list_transform(out_of_fold, lambda score: {
            'imbalance': score.imbalance,
            'entity_id': score.lead_id,
            'repeat': score.repeat,
            'fold': score.fold,
            'has_outcome': score.is_converted,
            'raw_score': score.raw_score,
            'model_probability': score.model_probability,
            'probability': score.probability
        }) as out_of_fold,
        list_transform(reference_scores, lambda score: {
            'entity_id': score.lead_id, 'raw_score': score.raw_score
        }) as reference_scores
    )
"""

FORMER: Mapping[Table, Mapping[Table, str]] = {
    ("models", "segmentation_fits"): {
        ("models", f"fit_{dataset}_segments"): "*" for dataset in ("retail", "mall", "ecommerce")
    },
    ("models", "fit_propensity_families"): {("models", "fit_lead_families"): _FAMILIES},
    ("models", "propensity_thresholds"): {
        ("models", "lead_thresholds"): "'leads' as dataset, *",
    },
    ("propensity", "propensity_scores"): {
        ("leads", "lead_scores"): (
            "'leads' as dataset, * rename (lead_id as entity_id,"
            " conversion_probability as probability)"
        ),
    },
    ("propensity", "propensity_live_outcomes"): {
        ("leads", "lead_live_outcomes"): "'leads' as dataset, * rename (lead_id as entity_id)",
    },
    ("propensity", "propensity_evaluation_scores"): {
        ("leads", "lead_evaluation_scores"): "'leads' as dataset, * rename (lead_id as entity_id)",
    },
    ("propensity", "propensity_cv_folds"): {
        ("leads", "lead_cv_folds"): "'leads' as dataset, *",
    },
    ("propensity", "propensity_slices"): {
        ("leads", "lead_slices"): "'leads' as dataset, *",
    },
    ("propensity", "propensity_partial_dependence"): {
        ("leads", "lead_partial_dependence"): "'leads' as dataset, *",
    },
}
"""By today's table the tables that hold its rows in version 1, and how to select them."""

LEFT_BY = {"leads": re.compile(r"leads\.lead_\w+|models\.(fit_lead_families|lead_\w+)")}
"""By source its tables of version 1, which stay while it is off."""

_OF_RATINGS = {
    ("recommendations", "recommender_metrics"),
    ("models", "recommender_champion"),
    ("models", "recommender_item_weights"),
    ("models", "recommender_user_weights"),
    ("models", "recommender_factors"),
}
_AREA_OF_DATASET = (
    "case dataset when 'leads' then 'propensity' when 'ratings' then 'recommendations'"
    " else 'segmentation' end as area"
)


def selected(table: Table, columns: Set[str]) -> str:
    """Return what to select of a table of today's name that holds these columns."""
    if table in _OF_RATINGS and "dataset" not in columns:
        return "'ratings' as dataset, *"
    if table == ("models", "feature_baselines") and "area" not in columns:
        return f"{_AREA_OF_DATASET}, *"
    if table[0] in ("monitoring", "models") and "area" in columns:
        return f"* replace ({_AREA})"
    return "*"


def parts(table: Table, there: Mapping[Table, Set[str]]) -> Sequence[tuple[Table, str]]:
    """Return the tables of a generation that hold the rows of a table, and what to select of each.

    Parameters
    ----------
    table : (str, str)
        Schema and name, as of today.
    there : mapping of (str, str) to set of str
        The columns of every table that the generation has.
    """
    own = [(table, selected(table, there[table]))] if table in there else []
    former = [(each, how) for each, how in FORMER.get(table, {}).items() if each in there]
    return [*own, *former]
