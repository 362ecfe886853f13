from models_py.propensity.refresh import refresh_propensity_families
from models_py.sampling import first_of_each_split, rows_of


def model(dbt, session):
    dbt.config(materialized="table")
    stored = dbt.source("previous_models", "fit_propensity_families")
    rows, feature_values = dbt.ref("propensity_rows"), dbt.ref("propensity_feature_values")
    settings = dbt.config.meta_get("settings")

    def rows_to_fit(dataset):
        asked = rows.filter(f"dataset = '{dataset}'")
        return first_of_each_split(asked, "entity_id", settings["max_fit_rows"])

    return refresh_propensity_families(
        dbt.ref("propensity_specs").df(),
        lambda dataset: rows_to_fit(dataset).df(),
        lambda dataset: rows_of(
            feature_values, rows_to_fit(dataset), "dataset, entity_id, periods_ago"
        ).df(),
        settings,
        decisions=dbt.ref("fit_decisions").filter("area = 'propensity'").df(),
        stored=stored.filter("model_run_id is not null").to_arrow_table(),
    )
