from models_py.recommendations.refresh import refresh_recommenders


def model(dbt, session):
    dbt.config(materialized="table")
    stored = dbt.source("previous_models", "recommender_champion")
    # What only a data set that is fitted reads.
    relations = {
        "ratings": dbt.ref("numbered_ratings"),
        "folds": dbt.ref("recommendation_folds").project(
            "dataset, fold, part, fold_number, starts_on - date '1970-01-01' as first_day"
        ),
        "users": dbt.ref("kept_users"),
        "products": dbt.ref("kept_products"),
        "fingerprint": dbt.ref("ratings_fingerprint"),
    }
    return refresh_recommenders(
        lambda name, dataset: relations[name].filter(f"dataset = '{dataset}'"),
        dbt.ref("recommendation_specs").df(),
        dbt.ref("recommender_candidates").df(),
        dbt.ref("fit_decisions").filter("area = 'recommendations'").df(),
        stored.project(
            "dataset, algorithm as champion, item_algorithm, user_algorithm, factor_algorithm,"
            " rating_algorithm"
        ).df(),
        dbt.config.meta_get("settings"),
    )
