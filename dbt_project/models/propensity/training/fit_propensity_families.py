from models_py.propensity.refresh import refresh_propensity_families


def model(dbt, session):
    dbt.config(materialized="table")
    stored = dbt.source("previous_models", "fit_propensity_families")
    rows, feature_values = dbt.ref("propensity_rows"), dbt.ref("propensity_feature_values")
    return refresh_propensity_families(
        dbt.ref("propensity_specs").df(),
        lambda dataset: rows.filter(f"dataset = '{dataset}'").df(),
        lambda dataset: feature_values.filter(f"dataset = '{dataset}'").df(),
        dbt.config.meta_get("settings"),
        decisions=dbt.ref("fit_decisions").filter("area = 'propensity'").df(),
        stored=stored.filter("model_run_id is not null").to_arrow_table(),
    )
