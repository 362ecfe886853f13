from models_py.recommendations.refresh import refresh_recommenders


def model(dbt, session):
    dbt.config(materialized="table")
    # Relations that are read only where something is fitted.
    fingerprints, ratings = dbt.ref("ratings_fingerprint"), dbt.ref("numbered_ratings")
    users, products = dbt.ref("kept_users"), dbt.ref("kept_products")
    return refresh_recommenders(
        decisions=dbt.ref("ratings_training_decision").df(),
        specs=dbt.ref("recommendation_specs").df(),
        candidates=dbt.ref("recommender_candidates").df(),
        fingerprints=fingerprints.df,
        ratings=ratings.df,
        users=users.to_arrow_table,
        products=products.to_arrow_table,
        settings=dbt.config.meta_get("settings"),
    )
