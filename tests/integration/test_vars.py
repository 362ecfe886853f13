"""Vars of every kind, in builds.

Unit tests run in the user's nightly build, with the user's vars: no var may break them."""

import shutil

import pytest
import yaml
from conftest import NIGHTLY, QUICK_MALL, ROOT, SAMPLE, Warehouse

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
    "propensity_holdout_share": 0.4,
    "propensity_threshold_policy": "capacity",
    "lead_min_recall": 0.8,
    "propensity_capacity": 100,
    "propensity_cost_of_call": 2,
    "propensity_hot_probability": 0.8,
    "lead_capacity": 20,
    "lead_analyst_rule": "age > 40",
    "propensity_bootstrap_resamples": 50,
    "propensity_slice_recall_gap": 0.2,
}


@pytest.mark.slow
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


def test_every_var_of_a_wrong_type_is_said_in_one_line_before_anything_runs(tmp_path):
    defaults = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]
    # Of another shape than the default, so that it cannot be iterated over or reckoned with.
    wrong = {name: 5 if isinstance(v, list | dict) else [[]] for name, v in defaults.items()}
    warehouse = Warehouse(tmp_path)
    run = warehouse.dbt("build", variables={**wrong, "max_rejected_sahre": 0.1})
    assert run.returncode != 0
    said = [line.strip() for line in run.stdout.splitlines() if line.startswith("    ")]
    assert [line.split(" is ")[0] for line in said] == [
        *(f"var {name}" for name in defaults),
        "var max_rejected_sahre",
    ]
    assert said[-1] == "var max_rejected_sahre is not known: did you mean max_rejected_share?"
    assert not warehouse.build.exists()


@pytest.fixture
def shrunken_mall(tmp_path, sample_build) -> Warehouse:
    """Return a warehouse with a published mall of whose visitors one is left in the raw file."""
    warehouse = Warehouse(tmp_path / "warehouse", tmp_path)
    warehouse.folder.mkdir()
    shutil.copy(sample_build.published, warehouse.published)
    header, visitor = (SAMPLE / "Mall_Customers.csv").read_text().splitlines()[:2]
    (tmp_path / "Mall_Customers.csv").write_text(f"{header}\n{visitor}\n")
    return warehouse


def test_a_source_of_which_almost_nothing_is_left_stops_the_build(shrunken_mall):
    before = shrunken_mall.published.read_bytes()
    run = shrunken_mall.dbt(*NIGHTLY, variables=QUICK_MALL)
    assert run.returncode != 0
    said = "mall: of 200 rows that were kept for the published generation 1 are left, a larger loss"
    assert run.stdout.count(said) == 1
    assert "max_volume_loss 0.9 allows" in run.stdout
    assert "--vars '{max_volume_loss: null}'" in run.stdout
    # Nothing was fitted on what was left.
    assert "SKIP relation training.fit_segments" in run.stdout
    assert shrunken_mall.published.read_bytes() == before


@pytest.mark.slow
def test_a_loss_that_is_meant_is_published_and_is_usual_the_night_after(shrunken_mall):
    run = shrunken_mall.dbt(*NIGHTLY, variables={**QUICK_MALL, "max_volume_loss": None})
    assert run.returncode == 0, run.stdout[-5000:]
    assert shrunken_mall.query("select count(*) from segmentation.mall_customers") == [(1,)]
    run = shrunken_mall.dbt(*NIGHTLY, variables=QUICK_MALL)
    assert run.returncode == 0, run.stdout[-5000:]
