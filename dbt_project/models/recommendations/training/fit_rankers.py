from models_py.recommendations.refresh import fit_recommenders


def model(dbt, session):
    dbt.config(materialized="table")
    return fit_recommenders(
        "rankers",
        dbt.ref("ratings_to_fit").df(),
        dbt.ref("recommenders_to_fit").df(),
        dbt.ref("ratings_fingerprint").df(),
        search_spaces=dbt.config.meta_get("search_spaces"),
        fitted_in_sql=dbt.config.meta_get("fitted_in_sql"),
        relevant_rating=dbt.config.meta_get("relevant_rating"),
        min_coverage=dbt.config.meta_get("min_coverage"),
        k=dbt.config.meta_get("depth"),
    )
