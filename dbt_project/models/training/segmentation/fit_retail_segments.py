from models_py.segmentation import fit_segmentation


def model(dbt, session):
    dbt.config(materialized="table")
    features = dbt.ref("retail_features").df()
    previous = dbt.ref("previous_segmentations").df()
    return fit_segmentation(features, dbt.config.meta_get("segmentation"), previous)
