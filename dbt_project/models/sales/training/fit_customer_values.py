from models_py.sales.refresh import refresh_customer_values
from models_py.sampling import first_by_md5


def model(dbt, session):
    dbt.config(materialized="table")
    snapshots = dbt.ref("customer_snapshots")
    settings = dbt.config.meta_get("settings")
    return refresh_customer_values(
        lambda dataset: first_by_md5(
            snapshots.filter(f"dataset = '{dataset}'"), "customer_id", settings["max_fit_rows"]
        ).df(),
        settings,
        dbt.ref("fit_decisions").filter("area = 'sales'").df(),
        dbt.source("previous_models", "customer_value_fits").to_arrow_table(),
    )
