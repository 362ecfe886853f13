"""What a fit of recommenders is stored as: one row per algorithm, all it learned nested in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from models_py.recommendations.rankers import Factors, Weights
    from models_py.recommendations.ratings import Fold

IDENTITY = (
    "model_run_id",
    "area",
    "dataset",
    "model_name",
    "data_fingerprint",
    "n_rows",
    "params",
    "library_versions",
)
SEARCH = pa.struct({"params": pa.string(), "metrics": pa.string()})
PREDICTIONS = pa.struct(
    {
        "fold": pa.string(),
        "user_id": pa.string(),
        "product_id": pa.string(),
        "estimate": pa.float64(),
    }
)
RANKINGS = pa.struct(
    {"fold": pa.string(), "user_id": pa.string(), "product_ids": pa.list_(pa.string())}
)
WEIGHTS = pa.struct(
    {
        "fold": pa.string(),
        "entity_id": pa.string(),
        "neighbour_ids": pa.list_(pa.string()),
        "weights": pa.list_(pa.float64()),
    }
)
FACTORS = pa.struct(
    {
        "fold": pa.string(),
        "entity": pa.string(),
        "entity_id": pa.string(),
        "factors": pa.list_(pa.float64()),
    }
)
SCHEMA = pa.schema(
    {
        **{name: pa.int64() if name == "n_rows" else pa.string() for name in IDENTITY},
        "metrics": pa.string(),
        "scorer": pa.string(),
        "ndcg": pa.float64(),
        "coverage": pa.float64(),
        "is_best_of_scorer": pa.bool_(),
        "is_served": pa.bool_(),
        "search": pa.list_(SEARCH),
        "predictions": pa.list_(PREDICTIONS),
        "rankings": pa.list_(RANKINGS),
        "weights": pa.list_(WEIGHTS),
        "factors": pa.list_(FACTORS),
    }
)
"""What every fit of this area returns; lists that do not apply to it are empty."""

ROLES = pa.schema(
    {
        "champion": pa.string(),
        "item_algorithm": pa.string(),
        "user_algorithm": pa.string(),
        "factor_algorithm": pa.string(),
        "rating_algorithm": pa.string(),
    }
)
"""Who serves in a data set, the best one of each scorer, and who predicts ratings of what is
served; the same in each of its rows."""

ROLE_OF_SCORER = {
    "item_weights": "item_algorithm",
    "user_weights": "user_algorithm",
    "factors": "factor_algorithm",
}


@dataclass(frozen=True)
class Ids:
    """The ids that numbers stand for, in the order of the ids.

    Attributes
    ----------
    users, products : pyarrow.StringArray
        The id of number 0, 1, ...
    """

    users: pa.StringArray
    products: pa.StringArray

    def of(self, entity: str, numbers: np.ndarray) -> pa.StringArray:
        """Return the ids of numbers of a 'user' or a 'product'."""
        known = self.users if entity == "user" else self.products
        return known.take(pa.array(numbers, pa.int32()))


def table(rows: list[dict[str, Any]]) -> pa.Table:
    """Return the fits as a table of `SCHEMA`; lists that a fit does not have are empty."""
    columns = []
    for field in SCHEMA:
        if pa.types.is_list(field.type):
            parts = [_as_array(row.get(field.name, []), field.type.value_type) for row in rows]
            offsets = np.cumsum([0, *map(len, parts)])
            values = pa.concat_arrays(parts) if parts else pa.array([], field.type.value_type)
            columns.append(pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values))
        else:
            columns.append(pa.array([row.get(field.name) for row in rows], field.type))
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _as_array(values: pa.Array | list, value_type: pa.DataType) -> pa.Array:
    return values if isinstance(values, pa.Array) else pa.array(values, value_type)


def _struct(kind: pa.DataType, columns: Mapping[str, Any]) -> pa.Array:
    arrays = [_as_array(columns[field.name], field.type) for field in kind]
    return pa.StructArray.from_arrays(arrays, fields=list(kind))


def prediction_rows(fold: Fold, estimates: np.ndarray, ids: Ids) -> pa.Array:
    """Return the estimates of a fold's targets as rows of `PREDICTIONS`."""
    return _struct(
        PREDICTIONS,
        {
            "fold": [fold.name] * len(estimates),
            "user_id": ids.of("user", fold.targets["user_number"].to_numpy()),
            "product_id": ids.of("product", fold.targets["product_number"].to_numpy()),
            "estimate": pa.array(estimates),
        },
    )


def ranking_rows(fold: Fold, top: np.ndarray, ids: Ids) -> pa.Array:
    """Return the products of every user of a fold, best first and padded by -1, as rows."""
    ranked = top >= 0
    return _struct(
        RANKINGS,
        {
            "fold": [fold.name] * len(top),
            "user_id": ids.of("user", np.arange(len(top))),
            "product_ids": _lists(ranked.sum(axis=1), ids.of("product", top[ranked])),
        },
    )


def weight_rows(fold: str, weights: Weights, entity: str, ids: Ids) -> pa.Array:
    """Return the neighbours of every 'user' or 'product' of a fold as rows of `WEIGHTS`."""
    kept = weights.neighbours >= 0
    lengths = kept.sum(axis=1)
    return _struct(
        WEIGHTS,
        {
            "fold": [fold] * len(kept),
            "entity_id": ids.of(entity, np.arange(len(kept))),
            "neighbour_ids": _lists(lengths, ids.of(entity, weights.neighbours[kept])),
            "weights": _lists(lengths, pa.array(weights.strengths[kept])),
        },
    )


def factor_rows(fold: str, factors: Factors, ids: Ids) -> Iterator[pa.Array]:
    """Return the vectors of users and products of a fold as rows of `FACTORS`."""
    for entity, vectors in (("user", factors.users), ("product", factors.products)):
        flat = pa.array(np.ascontiguousarray(vectors, dtype=float).ravel())
        yield _struct(
            FACTORS,
            {
                "fold": [fold] * len(vectors),
                "entity": [entity] * len(vectors),
                "entity_id": ids.of(entity, np.arange(len(vectors))),
                "factors": _lists(np.full(len(vectors), vectors.shape[1]), flat),
            },
        )


def _lists(lengths: np.ndarray, values: pa.Array) -> pa.ListArray:
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)
