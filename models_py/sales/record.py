"""What a fit of customer values is stored as: one row per method, all it learned nested in it."""

import pyarrow as pa

FOLDS = ("validation", "holdout", "serving")
"""The first one chooses, the second one reports, the third one serves."""

SCHEMA = pa.schema(
    {
        "model_run_id": pa.string(),
        "area": pa.string(),
        "dataset": pa.string(),
        "model_name": pa.string(),
        "data_fingerprint": pa.string(),
        "n_rows": pa.int64(),
        "params": pa.string(),
        "library_versions": pa.string(),
        "metrics": pa.string(),
        "is_champion": pa.bool_(),
        "parameters": pa.list_(
            pa.struct({"fold": pa.string(), "parameter": pa.string(), "value": pa.float64()})
        ),
        "reference_values": pa.list_(
            pa.struct(
                {"fold": pa.string(), "customer_id": pa.string(), "expected_value": pa.float64()}
            )
        ),
    }
)
