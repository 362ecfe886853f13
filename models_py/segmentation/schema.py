"""Columns of a fitted segmentation, apart from what fits one: scoring imports them alone."""

import pyarrow as pa

TEXT, WHOLE, NUMBER, FLAG = pa.string(), pa.int32(), pa.float64(), pa.bool_()
SCHEMA = pa.schema(
    {
        **dict.fromkeys(("model_run_id", "area", "dataset", "model_name"), TEXT),
        "data_fingerprint": TEXT,
        "n_rows": pa.int64(),
        **dict.fromkeys(("params", "library_versions", "metrics"), TEXT),
        "features": pa.list_(
            pa.struct(
                {
                    "feature": TEXT,
                    "position": WHOLE,
                    "is_log": FLAG,
                    **dict.fromkeys(("lower_bound", "upper_bound", "center", "scale"), NUMBER),
                }
            )
        ),
        "centroids": pa.list_(
            pa.struct({"segment_id": WHOLE, "vector": pa.list_(NUMBER), "jaccard": NUMBER})
        ),
        "components": pa.list_(
            pa.struct(
                {
                    "component": WHOLE,
                    "explained_variance": NUMBER,
                    "mean": pa.list_(NUMBER),
                    "loadings": pa.list_(NUMBER),
                }
            )
        ),
        "candidates": pa.list_(
            pa.struct(
                {
                    **dict.fromkeys(("candidate_id", "algorithm", "params"), TEXT),
                    "n_clusters": WHOLE,
                    **dict.fromkeys(("inertia", "silhouette"), NUMBER),
                    **dict.fromkeys(("davies_bouldin", "calinski_harabasz"), NUMBER),
                    **dict.fromkeys(("min_jaccard", "mean_jaccard"), NUMBER),
                    **dict.fromkeys(("mean_adjusted_rand", "min_share", "noise_share"), NUMBER),
                    "is_elbow": FLAG,
                    "is_selected": FLAG,
                    "is_labelled": FLAG,
                    "labels": pa.list_(WHOLE),
                }
            )
        ),
        "customer_ids": pa.list_(TEXT),
        "silhouettes": pa.list_(pa.struct({"customer_id": TEXT, "silhouette": NUMBER})),
        "linkage": pa.list_(
            pa.struct(
                {
                    **dict.fromkeys(("step", "left_node", "right_node"), WHOLE),
                    "distance": NUMBER,
                    "customers": WHOLE,
                }
            )
        ),
        "highest_segment_id": WHOLE,
    }
)
