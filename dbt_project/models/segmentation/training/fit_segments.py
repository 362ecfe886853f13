from models_py.segmentation.refresh import refresh_segments


def model(dbt, session):
    dbt.config(materialized="table")
    values = dbt.ref("customer_feature_values")
    return refresh_segments(
        lambda dataset: values.filter(f"dataset = '{dataset}'").to_arrow_table(),
        dbt.ref("segmentation_specs").df(),
        dbt.ref("fit_decisions").filter("area = 'segmentation'").df(),
        dbt.source("previous_models", "segmentation_fits").to_arrow_table(),
    )
