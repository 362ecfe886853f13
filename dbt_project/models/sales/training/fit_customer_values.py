from models_py.sales.refresh import refresh_customer_values


def model(dbt, session):
    dbt.config(materialized="table")
    snapshots = dbt.ref("customer_snapshots")
    return refresh_customer_values(
        lambda dataset: snapshots.filter(f"dataset = '{dataset}'").df(),
        dbt.config.meta_get("settings"),
        dbt.ref("fit_decisions").filter("area = 'sales'").df(),
        dbt.source("previous_models", "customer_value_fits").to_arrow_table(),
    )
