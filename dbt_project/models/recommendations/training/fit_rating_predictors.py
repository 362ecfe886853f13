from models_py.recommendations.refresh import fit_recommenders


def model(dbt, session):
    dbt.config(materialized="table")
    return fit_recommenders(
        "rating_predictors",
        dbt.ref("ratings_to_predict").df(),
        dbt.ref("recommenders_to_fit").df(),
        dbt.ref("ratings_fingerprint").df(),
        search_spaces=dbt.config.meta_get("search_spaces"),
        rating_scale=dbt.config.meta_get("rating_scale"),
        depth=dbt.config.meta_get("depth"),
        random_state=dbt.config.meta_get("random_state"),
    )
