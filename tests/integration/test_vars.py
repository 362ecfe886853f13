"""Unit tests run in the user's nightly build, with the user's vars: no var may break them."""

import pytest
from conftest import NIGHTLY, SAMPLE, Warehouse

OTHER_VARS = {
    "retail_date_formats": ["%Y/%m/%d", "%d-%m-%Y"],
    "ratings_date_formats": ["%Y-%m-%d", "epoch"],
    "retail_as_of_date": "2015-01-01",
    "retail_max_age": 110,
    "retail_max_income": 700000,
    "max_rejected_share": 0.2,
    "published_digits": 6,
    "generations_kept": 1,
    "ratings_min_per_user": 40,
    "ratings_min_per_product": 4,
    "segmentation_min_jaccard": 0.8,
    "segment_products_min_buyers": 5,
    "segment_products_shrinkage": 20,
    "products_per_segment": 20,
    "recommender_holdout_share": 0.25,
    "recommender_relevant_rating": 4,
    "recommender_min_history": 3,
    "recommender_bootstrap_resamples": 50,
    "popularity_prior_ratings": 5,
    "popularity_min_ratings": 5,
    "recommendations_per_user": 5,
    "similar_products_per_product": 5,
    "popular_products_listed": 50,
    "lead_holdout_share": 0.4,
    "lead_threshold_policy": "capacity",
    "lead_min_recall": 0.8,
    "lead_capacity": 100,
    "lead_cost_of_call": 2,
    "lead_hot_probability": 0.8,
    "lead_warm_probability": 0.2,
    "lead_analyst_rule": "age > 40",
    "lead_bootstrap_resamples": 50,
    "lead_slice_recall_gap": 0.2,
}


def test_unit_tests_hold_whatever_the_vars(sample_build):
    run = sample_build.dbt("test", "--select", "test_type:unit", variables=OTHER_VARS)
    assert run.returncode == 0, run.stdout[-5000:]


@pytest.mark.slow
def test_a_source_with_other_vars_builds(tmp_path):
    warehouse = Warehouse(tmp_path, SAMPLE)
    variables = {**OTHER_VARS, "sources_enabled": ["retail"]}
    run = warehouse.dbt(*NIGHTLY, variables=variables)
    assert run.returncode == 0, run.stdout[-5000:]
    ((income,),) = warehouse.query("select max(income) from segmentation.retail_customers")
    assert income == 666666


def test_an_age_for_a_source_without_times_stops_with_one_line(tmp_path):
    run = Warehouse(tmp_path, SAMPLE).dbt(*NIGHTLY, variables={"max_age_in_days": {"mall": 3}})
    assert run.returncode != 0
    said = "max_age_in_days names 'mall', which has no source with a time: use retail, ecommerce"
    assert run.stdout.count(said) == 1
