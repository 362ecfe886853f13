"""What a fit of recommenders is stored as: one row per algorithm, all it learned nested in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
        "user_number": pa.int32(),
        "product_number": pa.int32(),
        "estimate": pa.float64(),
    }
)
RANKINGS = pa.struct(
    {"fold": pa.string(), "user_number": pa.int32(), "product_numbers": pa.list_(pa.int32())}
)
WEIGHTS = pa.struct(
    {
        "fold": pa.string(),
        "entity_number": pa.int32(),
        "neighbour_numbers": pa.list_(pa.int32()),
        "weights": pa.list_(pa.float64()),
    }
)
FACTORS = pa.struct(
    {
        "fold": pa.string(),
        "entity": pa.string(),
        "entity_number": pa.int32(),
        "factors": pa.list_(pa.float64()),
    }
)
SCHEMA = pa.schema(
    {
        **{name: pa.int64() if name == "n_rows" else pa.string() for name in IDENTITY},
        "metrics": pa.string(),
        "search": pa.list_(SEARCH),
        "predictions": pa.list_(PREDICTIONS),
        "rankings": pa.list_(RANKINGS),
        "weights": pa.list_(WEIGHTS),
        "factors": pa.list_(FACTORS),
    }
)
"""What every fit of this area returns; lists that do not apply to it are empty."""


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
            columns.append(pa.array([row[field.name] for row in rows], field.type))
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _as_array(values: pa.Array | list, value_type: pa.DataType) -> pa.Array:
    return values if isinstance(values, pa.Array) else pa.array(values, value_type)


def _struct(kind: pa.DataType, columns: Mapping[str, Any]) -> pa.Array:
    arrays = [_as_array(columns[field.name], field.type) for field in kind]
    return pa.StructArray.from_arrays(arrays, fields=list(kind))


def prediction_rows(fold: Fold, estimates: np.ndarray) -> pa.Array:
    """Return the estimates of a fold's targets as rows of `PREDICTIONS`."""
    return _struct(
        PREDICTIONS,
        {
            "fold": [fold.name] * len(estimates),
            "user_number": fold.targets["user_number"].to_list(),
            "product_number": fold.targets["product_number"].to_list(),
            "estimate": estimates.tolist(),
        },
    )


def ranking_rows(fold: Fold, top: np.ndarray) -> pa.Array:
    """Return the products of every user of a fold, best first and padded by -1, as rows."""
    return _struct(
        RANKINGS,
        {
            "fold": [fold.name] * len(top),
            "user_number": list(range(len(top))),
            "product_numbers": [row[row >= 0].tolist() for row in top],
        },
    )


def weight_rows(fold: Fold, weights: Weights) -> pa.Array:
    """Return the neighbours of every entity of a fold as rows of `WEIGHTS`."""
    kept = weights.neighbours >= 0
    offsets = pa.array(np.concatenate([[0], np.cumsum(kept.sum(axis=1))]), pa.int32())
    numbers = pa.array(weights.neighbours[kept], pa.int32())
    return _struct(
        WEIGHTS,
        {
            "fold": [fold.name] * len(kept),
            "entity_number": list(range(len(kept))),
            "neighbour_numbers": pa.ListArray.from_arrays(offsets, numbers),
            "weights": pa.ListArray.from_arrays(offsets, pa.array(weights.strengths[kept])),
        },
    )


def factor_rows(fold: Fold, factors: Factors) -> Iterator[pa.Array]:
    """Return the vectors of users and products of a fold as rows of `FACTORS`."""
    for entity, vectors in (("user", factors.users), ("product", factors.products)):
        flat = pa.array(np.ascontiguousarray(vectors, dtype=float).ravel())
        offsets = pa.array(np.arange(len(vectors) + 1) * vectors.shape[1], pa.int32())
        yield _struct(
            FACTORS,
            {
                "fold": [fold.name] * len(vectors),
                "entity": [entity] * len(vectors),
                "entity_number": list(range(len(vectors))),
                "factors": pa.ListArray.from_arrays(offsets, flat),
            },
        )
