from models_py.segmentation.refresh import refresh_segmentation


def model(dbt, session):
    dbt.config(materialized="table")
    return refresh_segmentation(
        dbt.ref("ecommerce_features").df(),
        dbt.config.meta_get("segmentation"),
        decision=dbt.ref("ecommerce_training_decision").df(),
        stored=dbt.ref("ecommerce_stored_fit").to_arrow_table(),
    )
