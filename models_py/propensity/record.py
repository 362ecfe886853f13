"""What a fit is stored as: one row per data set and family, all it learned nested in it."""

import pyarrow as pa

from models_py.tree_schema import TREE

_TEXT, _NUMBER, _INTEGER = pa.string(), pa.float64(), pa.int64()


def _list_of(**fields: pa.DataType) -> pa.DataType:
    return pa.list_(pa.struct(list(fields.items())))


SCHEMA = pa.schema(
    [
        ("model_run_id", _TEXT),
        ("area", _TEXT),
        ("dataset", _TEXT),
        ("model_name", _TEXT),
        ("data_fingerprint", _TEXT),
        ("n_rows", _INTEGER),
        ("params", _TEXT),
        ("library_versions", _TEXT),
        ("metrics", _TEXT),
        ("estimator_params", _TEXT),
        ("imbalance", _TEXT),
        ("intercept", _NUMBER),
        ("is_single_precision", pa.bool_()),
        (
            "encoder",
            _list_of(
                position=_INTEGER,
                feature=_TEXT,
                category=_TEXT,
                impute_value=_NUMBER,
                mean=_NUMBER,
                scale=_NUMBER,
                coefficient=_NUMBER,
                is_log=pa.bool_(),
            ),
        ),
        ("trees", pa.list_(TREE)),
        ("calibration", _TEXT),
        ("calibration_slope", _NUMBER),
        ("calibration_intercept", _NUMBER),
        ("calibration_scores", pa.list_(_NUMBER)),
        ("calibration_probabilities", pa.list_(_NUMBER)),
        (
            "judging_calibrators",
            _list_of(
                left_out_fifth=_INTEGER,
                calibration=_TEXT,
                slope=_NUMBER,
                intercept=_NUMBER,
                raw_scores=pa.list_(_NUMBER),
                probabilities=pa.list_(_NUMBER),
            ),
        ),
        (
            "out_of_fold",
            _list_of(
                imbalance=_TEXT,
                entity_id=_TEXT,
                repeat=_INTEGER,
                fold=_INTEGER,
                has_outcome=pa.bool_(),
                raw_score=_NUMBER,
                model_probability=_NUMBER,
                probability=_NUMBER,
            ),
        ),
        ("reference_scores", _list_of(entity_id=_TEXT, raw_score=_NUMBER)),
        ("importance", _list_of(feature=_TEXT, importance=_NUMBER, std=_NUMBER)),
        (
            "search",
            _list_of(params=_TEXT, cv_roc_auc=_NUMBER, cv_roc_auc_std=_NUMBER, rank=_INTEGER),
        ),
    ]
)
