"""How the made-up customers of the unit tests of segmentation are segmented."""

META = {
    "dataset": "shop",
    "value_feature": "spend",
    "features": ["spend", "visits"],
    "log_features": ["spend"],
    "scaler": "standard",
    "winsor_percentiles": [1, 99],
    "min_clusters": 2,
    "max_clusters": 6,
    "n_init": 5,
    "resamples": 15,
    "resample_n_init": 3,
    "dbscan_min_samples": [5],
    "max_compared": 1000,
    "min_jaccard": 0.85,
    "min_share": 0.03,
    "keep_jaccard": 0.75,
    "random_state": 1,
    "digits": 9,
}
