import math
import runpy
from datetime import date

import duckdb
import pytest
import yaml
from conftest import ROOT

from warehouse import variables

PROJECT = (ROOT / "dbt_project.yml").read_text(encoding="utf-8")
DEFAULTS = yaml.safe_load(PROJECT)["vars"]
VARS_TABLE = runpy.run_path(str(ROOT / "docs" / "vars_table.py"))


def test_project_and_declaration_have_the_same_vars_and_every_default_is_allowed():
    assert set(DEFAULTS) == set(variables.declaration())
    assert variables.problems_of(DEFAULTS) == []


def test_every_var_has_a_comment():
    commented = dict(VARS_TABLE["described"](PROJECT))
    assert set(commented) == set(DEFAULTS)
    assert all(comment.endswith((".", "...")) for comment in commented.values())


def test_the_table_of_the_readme_is_that_of_the_declaration():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert VARS_TABLE["table"](PROJECT) in readme, "run: python docs/vars_table.py"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("max_rejected_share", "5%", "is '5%': give a number from 0 to 1."),
        ("max_rejected_share", -1, "is -1: give a number from 0 to 1."),
        ("max_rejected_share", 85, "is 85: give a number from 0 to 1."),
        ("max_rejected_share", True, "is true: give a number from 0 to 1."),
        ("max_rejected_share", "0.1", "is '0.1': give a number from 0 to 1."),
        ("max_rejected_share", None, "is null: give a number from 0 to 1."),
        ("max_rejected_share", math.nan, "is NaN: give a number from 0 to 1."),
        ("max_rejected_share", [0.1], "is [0.1]: give a number from 0 to 1."),
        ("max_volume_loss", 1.5, "is 1.5: give a number from 0 to 1, or null."),
        ("drift_drifted_psi", math.inf, "is Infinity: give a number from 0."),
        ("ratings_min_per_user", 2.0, "is 2.0: give a whole number from 1."),
        ("ratings_min_per_user", "lots", "is 'lots': give a whole number from 1."),
        ("generations_kept", -1, "is -1: give a whole number from 0 to 1000."),
        ("published_digits", 16, "is 16: give a whole number from 0 to 15."),
        ("publish_parquet", "yes", "is 'yes': give true or false."),
        ("training", "lots", "is 'lots': give auto, score, refit or search."),
        ("clock_behind", "go on", "is 'go on': give stop or continue."),
        ("propensity_threshold_policy", ["cost"], 'is ["cost"]: give recall, capacity or cost.'),
        ("segmentation_winsor_percentiles", [99, 1], "is [99, 1]: give two numbers from 0 to 100"),
        ("segmentation_winsor_percentiles", [1], "is [1]: give two numbers from 0 to 100"),
        ("recommender_ranking_depths", [], "is []: give a list of whole numbers from 1"),
        ("recommender_estimate_depths", [0], "is [0]: give a list of whole numbers from 1"),
        # The champion is the best at 10.
        ("recommender_ranking_depths", [5, 20], "is [5, 20]: give a list of whole numbers from 1"),
        ("retail_as_of_date", "2014-13-45", "is '2014-13-45': give a date as 2014-12-31, or null."),
        ("retail_date_formats", ["%Q"], 'is ["%Q"]: give a list of strptime formats'),
        ("retail_date_formats", ["lots"], 'is ["lots"]: give a list of strptime formats'),
        ("retail_date_formats", "%Y", "is '%Y': give a list of strptime formats"),
        ("retail_date_formats", [], "is []: retail has dates, give a list of strptime formats"),
        ("mall_encoding", "utf8", "is 'utf8': give utf-8, latin-1, cp1252 or utf-16."),
        (
            "mall_relation",
            "visitors",
            "is 'visitors': give a table as catalog.schema.table, or null",
        ),
        ("mall_relation", "a.b.c.d", "is 'a.b.c.d': give a table as catalog.schema.table, or null"),
        ("mall_relation", ["a.b.c"], 'is ["a.b.c"]: give a table as catalog.schema.table, or null'),
        ("sources_enabled", "mall", "is 'mall': give a list of some of ecommerce, leads, mall"),
        ("sources_enabled", ["mail"], 'is ["mail"]: give a list of some of ecommerce, leads'),
        ("sources_enabled", ["mall", "mall"], 'is ["mall", "mall"]: give a list of some of'),
        (
            "sources_enabled",
            ["products"],
            'is ["products"]: give a list of some of ecommerce, leads',
        ),
        ("sources_enabled", [], "is []: give a list of some of ecommerce, leads, mall"),
        ("masked_columns", ["age"], 'is ["age"]: give a list of columns for some of ecommerce'),
        ("masked_columns", {"mail": ["age"]}, "give a list of columns for some of ecommerce"),
        ("masked_columns", {"mall": "age"}, "give a list of columns for some of ecommerce"),
        (
            "masked_columns",
            {"mall": ["income"]},
            "mall has no 'income' to mask; it has gender, age",
        ),
        ("masked_columns", {"mall": ["customer_id"]}, "mall has no 'customer_id' to mask"),
        ("pinned_models", {"leads": 4}, "give a model_run_id for some of ecommerce, leads"),
        ("max_age_in_days", {"mall": 3}, "a number of days for some of ecommerce, ratings, retail"),
        (
            "max_quality_loss",
            {"leads": 0.1},
            "for each of segmentation, propensity, recommendations and sales",
        ),
        ("recommender_size_limits", {"lots": 1}, "for each of largest_side, common_raters and"),
        ("lead_analyst_rule", "age >", "syntax error at or near"),
        (
            "lead_analyst_rule",
            "agee > 40",
            "leads_features has no 'agee'; it has lead_id, is_converted",
        ),
        ("lead_analyst_rule", " ", "is ' ': give a condition on the columns of leads_features."),
        ("lead_capacity", 0, "is 0: give a whole number from 1"),
        ("drift_shifting_psi", 0.3, "is 0.3, and drift_drifted_psi is 0.25"),
        ("segmentation_keep_jaccard", 0.9, "is 0.9, and segmentation_min_jaccard is 0.85"),
        ("recommender_holdout_share", 0.9, "their sum must stay below 1"),
        ("max_rejected_sahre", 0.1, "is not known: did you mean max_rejected_share?"),
        ("lots", 0.1, "is not known: dbt_project.yml lists those that are."),
        (5, 0.1, "var 5 is not known: dbt_project.yml lists those that are."),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_line(name, value, said):
    (line,) = variables.problems_of({**DEFAULTS, name: value})
    assert str(name) in line
    assert said in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_rejected_share", 1),
        ("max_volume_loss", None),
        ("generations_kept", 0),
        ("retail_as_of_date", date(2015, 1, 1)),
        ("retail_date_formats", ["%Y/%m/%d", "epoch"]),
        ("mall_date_formats", ["%Y"]),
        ("masked_columns", {}),
        ("masked_columns", {"mall": None, "leads": ["age"]}),
        ("max_age_in_days", {"retail": 2}),
        ("mall_relation", 'shop.main."The visitors"'),
        ("lead_analyst_rule", "Age > 40 and lower(last_activity) like 'web%'"),
    ],
)
def test_what_can_be_meant_passes(name, value):
    assert variables.problems_of({**DEFAULTS, name: value}) == []


def test_everything_wrong_is_said_at_once():
    with pytest.raises(ValueError, match="DBT_THREADS is 'two'") as caught:
        variables.check({"lots": 1, "training": "lots"}, {"DBT_THREADS": "two"})
    names = [line.split(" is ")[0] for line in str(caught.value).splitlines()]
    assert names == ["DBT_THREADS", "var training", "var lots"]


def test_the_command_line_counts_for_more_than_the_project_and_its_own_vars_for_more_than_all():
    project = {"name": "own", "vars": {"a": 1, "b": 1, "c": 1, "own": {"b": 2, "c": 2}}}
    assert variables.given(project, {"c": 3}) == {"a": 1, "b": 2, "c": 3}
    assert variables.given({"name": "own"}, {}) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DBT_THREADS", "two"),
        ("DBT_THREADS", "0"),
        ("DUCKDB_THREADS", "-1"),
        ("DUCKDB_THREADS", "many"),
        ("DUCKDB_MEMORY_LIMIT", "lots"),
        ("DUCKDB_MEMORY_LIMIT", ""),
        ("WAREHOUSE_PROGRESS", "yes"),
    ],
)
def test_settings_of_the_environment_are_checked(name, value):
    (line,) = variables.environment_problems({name: value})
    assert line.startswith(f"{name} is '{value}': give ")
    sound = {"DBT_THREADS": "2", "DUCKDB_THREADS": "4", "DUCKDB_MEMORY_LIMIT": "4GB"}
    assert variables.environment_problems(sound) == []


@pytest.mark.parametrize(
    ("check", "value"), [(variables._is_strptime, "%Y-%m-%d"), (variables._is_time_zone, "UTC")]
)
def test_a_check_leaves_no_unfinished_result_on_the_connection_that_all_share(check, value):
    duckdb.execute("select 1").fetchall()
    assert check(value)
    assert duckdb.from_query("select 2").fetchall() == [(2,)]
