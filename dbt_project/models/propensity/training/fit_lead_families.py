from models_py.leads.refresh import refresh_lead_families


def model(dbt, session):
    dbt.config(materialized="table")
    return refresh_lead_families(
        dbt.ref("lead_features").df(),
        dbt.config.meta_get("settings"),
        decision=dbt.ref("leads_training_decision").df(),
        stored=dbt.ref("leads_stored_fit").to_arrow_table(),
    )
