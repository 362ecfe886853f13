from models_py.segmentation.refresh import refresh_segmentation


def model(dbt, session):
    dbt.config(materialized="table")
    return refresh_segmentation(
        dbt.ref("retail_features").df(),
        dbt.config.meta_get("segmentation"),
        decision=dbt.ref("retail_training_decision").df(),
        stored=dbt.ref("retail_stored_fit").to_arrow_table(),
    )
