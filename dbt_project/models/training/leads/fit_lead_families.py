from models_py.leads.fit import fit_lead_families


def model(dbt, session):
    dbt.config(materialized="table")
    settings = dbt.config.meta_get("settings")
    return fit_lead_families(dbt.ref("lead_features").df(), settings)
