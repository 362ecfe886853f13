from models_py.sampling import first_by_md5
from models_py.segmentation.refresh import refresh_segments


def model(dbt, session):
    dbt.config(materialized="table")
    values = dbt.ref("customer_feature_values")
    max_rows = dbt.config.meta_get("max_fit_rows")
    return refresh_segments(
        lambda dataset: first_by_md5(
            values.filter(f"dataset = '{dataset}'"), "customer_id", max_rows
        ).to_arrow_table(),
        dbt.ref("segmentation_specs").df(),
        dbt.ref("fit_decisions").filter("area = 'segmentation'").df(),
        dbt.source("previous_models", "segmentation_fits").to_arrow_table(),
    )
