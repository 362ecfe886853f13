"""Leads from raw files to scores: promised tables, scoring of new leads, refusal of bad input."""

import csv
import json
import re
import subprocess
import sys

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import EVALUATED_TABLES, NIGHTLY, ROOT, Warehouse, built, needs_real_data
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    precision_recall_curve,
    roc_auc_score,
)

from models_py.propensity.calibration import fit_none
from models_py.propensity.evaluation import out_of_fold
from models_py.propensity.families import (
    LOG_ODDS_FAMILIES,
    as_matrix,
    build_pipeline,
    category_levels,
)
from models_py.propensity.frame import fitting_frame
from models_py.propensity.spec import PropensitySpec

PROMISED = {
    "leads": "lead_id age is_converted is_open conversion_probability score_decile priority"
    " call_rank is_call_today reason_1 reason_2 reason_3 counter_reason_1 scored_at model_run_id",
    "propensity_scores": "dataset entity_id outcome has_outcome split raw_score base_value"
    " probability unseen_probability score_decile rows_with_score priority is_predicted threshold"
    " reason_1 reason_2 reason_3 counter_reason_1 model_family model_run_id",
    "propensity_score_contributions": "dataset entity_id feature feature_value contribution",
    "propensity_model_candidates": "dataset model_family params imbalance calibration cv_roc_auc"
    " cv_average_precision cv_brier threshold accuracy precision recall f1 roc_auc"
    " average_precision brier is_champion is_baseline",
    "propensity_model_metrics": "dataset model_family evaluated_on metric value ci_low ci_high"
    " evaluated_at",
    "propensity_feature_importance": "dataset model_family feature importance rank",
    "propensity_threshold_curve": "dataset model_family evaluated_on threshold precision recall f1"
    " accuracy false_positive_rate flagged_share",
    "propensity_gains": "dataset evaluated_on score_decile leads conversions conversion_rate lift"
    " cumulative_gain",
    "propensity_calibration": "dataset evaluated_on bin leads mean_probability conversion_rate",
    "propensity_slices": "dataset slice slice_value leads conversion_rate precision recall"
    " mean_probability",
    "propensity_confusion_matrix": "dataset model_family evaluated_on is_converted"
    " is_predicted_conversion leads",
    "propensity_partial_dependence": "dataset feature position feature_value feature_number"
    " mean_probability",
}
# The importance of features is that of the fit; like the evaluation, it needs known outcomes.
EVALUATED = (*EVALUATED_TABLES, "propensity_feature_importance")
QUICK = {
    "sources_enabled": ["leads"],
    "propensity_cv_repeats": 1,
    "propensity_bootstrap_resamples": 20,
}


def new_lead_query(lead: dict) -> str:
    """Return the published query with its lead replaced; flags are 0 and 1 there."""
    text = (ROOT / "analyses" / "propensity" / "score_a_new_lead.sql").read_text()
    values = ", ".join(f"{literal(value)} as {name}" for name, value in lead.items())
    query, replaced = re.subn(
        r"with recursive lead as \(.*?\n\),\n",
        f"with recursive lead as (select {values}),\n",
        text,
        flags=re.DOTALL,
    )
    assert replaced == 1
    return query


def literal(value) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return f"'{value}'"
    return str(int(value) if isinstance(value, bool) else value)


def in_another_process(warehouse: Warehouse, sql: str) -> list:
    code = (
        "import duckdb, json, sys; connection = duckdb.connect(sys.argv[1], read_only=True);"
        " print(json.dumps(connection.execute(sys.stdin.read()).fetchall()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(warehouse.published)],
        input=sql,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout)


@pytest.mark.parametrize("table", PROMISED)
def test_promised_columns_are_there_and_filled(sample_build, table):
    columns = PROMISED[table].split()
    named = ", ".join(f'"{column}"' for column in columns)
    rows = sample_build.query(f"select {named} from propensity.{table}")
    filled = dict(zip(columns, zip(*rows, strict=True), strict=True))
    empty = {column for column, values in filled.items() if set(map(str, values)) == {"None"}}
    assert empty == set()


def test_the_sample_has_leads_to_call_of_all_scores(sample_build):
    ((is_open, ranks, today, best, deciles),) = sample_build.query(
        "select count_if(is_open), count(distinct call_rank), list(call_rank) filter"
        " (is_call_today), max(call_rank) filter (is_call_today),"
        " count(distinct score_decile) filter (is_open) from propensity.leads"
    )
    assert is_open == ranks == round(0.08 * 4612)
    assert sorted(today) == list(range(1, 51))
    assert (best, deciles) == (50, 10)


def test_every_lead_has_a_score_and_contributions(sample_build):
    scored = sample_build.query(
        "select count(*), count(distinct entity_id) from propensity.propensity_scores"
        " where dataset = 'leads'"
    )
    staged = "select count(*), count(*) from datasets.stg_leads__leads"
    assert scored == sample_build.query(staged, working=True)
    assert sample_build.query(
        "select distinct count(*) from propensity.propensity_score_contributions"
        " where dataset = 'leads' group by entity_id"
    ) == [(13,)]


def test_reasons_are_sentences_that_say_something(sample_build):
    sentences = [
        sentence
        for (sentence,) in sample_build.query(
            "select distinct sentence from (select unnest([reason_1, reason_2, reason_3,"
            " counter_reason_1]) as sentence from propensity.propensity_scores"
            " where dataset = 'leads') where sentence is not null"
        )
    ]
    assert any(re.search(r", more than [6-9] of 10 leads$", each) for each in sentences)
    for each in sentences:
        assert re.match(r"[A-Z][a-z]+ ", each), each
        assert not re.search(r"(?<![.,\d])[01] \w+s\b|[{}_]|missing", each), each


def test_models_beat_the_baselines_on_sample_data(sample_build):
    ((champion, rule, base),) = sample_build.query(
        "select max(roc_auc) filter (is_champion),"
        " max(roc_auc) filter (model_family = 'analyst_rule'),"
        " max(roc_auc) filter (model_family = 'base_rate')"
        " from propensity.propensity_model_candidates where dataset = 'leads'"
    )
    assert champion > rule > base == 0.5


def test_query_for_a_new_lead_gives_the_published_score(sample_build):
    columns = [
        name
        for (name,) in sample_build.query(
            "select column_name from duckdb_columns() where table_name = 'leads_features'"
            " and column_name not in ('lead_id', 'is_converted')",
            working=True,
        )
    ]
    leads = sample_build.query(
        f"select lead_id, {', '.join(columns)} from datasets.leads_features"
        " order by md5(lead_id) limit 5",
        working=True,
    )
    for lead_id, *values in leads:
        query = new_lead_query(dict(zip(columns, values, strict=True)))
        ((family, run_id, raw_score, probability),) = in_another_process(sample_build, query)
        expected = sample_build.query(
            "select model_family, model_run_id, raw_score, probability from"
            f" propensity.propensity_scores where dataset = 'leads' and entity_id = '{lead_id}'"
        )
        assert [(family, run_id)] == [row[:2] for row in expected]
        assert (raw_score, probability) == pytest.approx(expected[0][2:], abs=2e-9)


def test_query_for_a_new_lead_takes_nulls_and_unseen_categories(sample_build):
    lead = {
        "age": None,
        "time_spent_on_website": 900,
        "current_occupation": "Astronaut",
        "first_interaction": None,
    }
    ((_, _, _, probability),) = in_another_process(sample_build, new_lead_query(lead))
    assert 0 < probability < 1


def rewrite_leads(folder, change) -> None:
    path = folder / "ExtraaLearn.csv"
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = [change(number, row) for number, row in enumerate(reader)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, reader.fieldnames)
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.slow
def test_new_leads_are_scored_and_what_comes_of_them_is_held_against_it(tmp_path, copied_sample):
    n_new = 300 + round(0.08 * 4612)  # the latest of the sample are open already

    def take_outcome(number: int, row: dict) -> dict:
        occupation = "Astronaut" if number == 0 else row["current_occupation"]
        status = "" if number < 300 else row["status"]
        return {**row, "status": status, "current_occupation": occupation}

    rewrite_leads(copied_sample, take_outcome)
    warehouse = Warehouse(tmp_path / "warehouse", copied_sample)
    run = warehouse.dbt(*NIGHTLY, variables=QUICK)  # its tests compare with scikit-learn
    assert run.returncode == 0, run.stdout[-4000:]
    new_leads = (
        "select entity_id, model_run_id, probability"
        " from propensity.propensity_scores where split = 'new' order by all"
    )
    predicted = warehouse.query(new_leads)
    assert len(predicted) == n_new
    assert all(0 < probability < 1 for *_, probability in predicted)
    ((trained,),) = warehouse.query("select max(training_rows) from models.propensity_models")
    split = "select count(*) from propensity.propensity_scores where split = 'train'"
    assert warehouse.query(split) == [(trained,)]
    # Whom to call first: open leads by their probability, each place once.
    calls = warehouse.query(
        "select call_rank, conversion_probability from propensity.leads where is_open order by all"
    )
    assert [rank for rank, _ in calls] == list(range(1, n_new + 1))
    assert [p for _, p in calls] == sorted((p for _, p in calls), reverse=True)

    rewrite_leads(copied_sample, lambda number, row: {**row, "status": row["status"] or "1"})
    run = warehouse.dbt(*NIGHTLY, variables=QUICK)
    assert run.returncode == 0, run.stdout[-4000:]
    assert warehouse.query(new_leads) == []
    assert predicted == warehouse.query(
        "select entity_id, model_run_id, conversion_probability"
        " from propensity.propensity_live_outcomes where is_converted order by all"
    )
    evaluations = {
        name: warehouse.query(f"from propensity.{name} order by all") for name in EVALUATED
    }

    # All of them converted, so that the third night wants a new fit. It has open leads only:
    # nothing to fit on or to judge by, and yet every lead is scored.
    rewrite_leads(copied_sample, lambda _, row: {**row, "status": ""})
    run = warehouse.dbt(*NIGHTLY, variables=QUICK)
    assert run.returncode == 0, run.stdout[-4000:]
    ((decision, reason, outcome, problem),) = warehouse.query(
        "select decision, reason, outcome, fit_problem from monitoring.training_decisions"
        " order by generation_id desc limit 1"
    )
    assert (decision, outcome) == ("refit", "kept")
    assert reason.startswith("quality was lost: conversions are +0.")
    assert "of 4612 leads 0 have a known outcome" in problem
    assert len(warehouse.query(new_leads)) == 4612
    for name, rows in evaluations.items():
        assert warehouse.query(f"from propensity.{name} order by all") == rows, name


@pytest.mark.slow
def test_the_champion_stays_when_the_leads_it_was_fitted_on_have_left(tmp_path, copied_sample):
    warehouse = built(tmp_path / "warehouse", copied_sample, QUICK)
    champion = (
        "select model_run_id, cv_roc_auc from propensity.propensity_model_candidates inner join"
        " models.propensity_models using (dataset, model_family, is_champion) where is_champion"
    )
    figures = "select * exclude (entity_id) from propensity.propensity_evaluation_scores"
    out_of_fold = f"{figures} where evaluated_on = 'out_of_fold' and model_family not in"
    out_of_fold += " ('base_rate', 'analyst_rule') order by all"
    before, scores = warehouse.query(champion), warehouse.query(out_of_fold)
    rewrite_leads(copied_sample, lambda _, row: {**row, "ID": f"N{row['ID']}"})
    run = warehouse.dbt(*NIGHTLY, variables=QUICK)
    assert run.returncode == 0, run.stdout[-4000:]
    assert warehouse.query(champion) == before
    assert warehouse.query(out_of_fold) == scores
    last = "select outcome from monitoring.training_decisions order by generation_id"
    assert warehouse.query(last) == [("first",), ("scored",)]


@pytest.mark.slow
def test_bad_leads_stop_the_build_with_one_line(tmp_path, copied_sample):
    rewrite_leads(
        copied_sample,
        lambda _, row: {**row, "referral": "Yes" if row["status"] == "1" else "No"},
    )
    warehouse = Warehouse(tmp_path / "warehouse", copied_sample)
    run = warehouse.dbt(*NIGHTLY, variables=QUICK)
    assert run.returncode == 1
    assert "column has_referral equals the label status" in run.stdout
    assert not warehouse.published.exists()


def test_one_lead_can_be_recomputed_by_hand(sample_build):
    query = (ROOT / "analyses" / "propensity" / "one_lead_by_hand.sql").read_text()
    ((_, _, _, raw_by_hand, raw_score, by_hand, probability),) = sample_build.query(query)
    assert raw_by_hand == pytest.approx(raw_score, abs=2e-6)
    if by_hand is not None:  # a calibrator of points has no curve; the new-lead query covers it
        assert by_hand == pytest.approx(probability, abs=2e-6)


@needs_real_data
def test_real_leads_are_all_scored(real_build):
    assert real_build.query("select count(*) from propensity.leads") == [(4612,)]


def in_five_folds_twice(build: Warehouse, dataset: str) -> pd.DataFrame:
    """Return the champion's scores of all rows with an outcome, as notebooks judge it."""
    with duckdb.connect(build.build, read_only=True) as connection:
        rows, values, specs, models = (
            connection.execute(f"from {table} where dataset = '{dataset}'").df()
            for table in (
                "features.propensity_rows",
                "features.propensity_feature_values",
                "features.propensity_specs",
                "models.propensity_models",
            )
        )
    spec = PropensitySpec.from_row(specs.to_dict("records")[0])
    frame = fitting_frame(rows[rows["has_outcome"].notna()], values, spec)
    frame = frame.sort_values("entity_id", ignore_index=True)
    champion = models[models["is_champion"]].iloc[0]
    family, params, imbalance = champion[["model_family", "params", "imbalance"]]
    levels, group = category_levels(frame, spec), frame["fold_group"]
    pipeline = build_pipeline(family, json.loads(params), spec, levels, imbalance, random_state=1)
    scores = out_of_fold(
        {(family, imbalance): pipeline},
        as_matrix(frame, spec, levels),
        frame["has_outcome"].astype(int).to_numpy(),
        n_splits=5,
        repeats=range(2),
        random_state=2,
        groups=group.to_numpy() if group.duplicated().any() else None,
    )
    is_log_odds = family in LOG_ODDS_FAMILIES
    return scores.assign(probability=fit_none(is_log_odds)(scores["raw_score"].to_numpy()))


def mean_of(figure, scores: pd.DataFrame, by: list[str]) -> float:
    """Return the mean of a figure over repetitions, or over their folds."""
    parts = [part for _, part in scores.groupby(by)]
    return np.mean([figure(part["converted"], part["probability"]) for part in parts])


def precision_at_recall(converted, probability):
    precision, recall, _ = precision_recall_curve(converted, probability)
    return precision[recall >= 0.85].max()


def lift_of_first_decile(converted, probability):
    best = probability.nlargest(-(-len(probability) // 10)).index
    return converted[best].mean() / converted.mean()


@needs_real_data
def test_champion_on_all_real_leads_twice_in_five_folds(real_build):
    scores = in_five_folds_twice(real_build, "leads")
    assert mean_of(roc_auc_score, scores, ["repeat", "fold"]) >= 0.928
    assert mean_of(average_precision_score, scores, ["repeat", "fold"]) >= 0.855
    assert mean_of(brier_score_loss, scores, ["repeat", "fold"]) <= 0.097
    assert mean_of(precision_at_recall, scores, ["repeat"]) >= 0.69
    assert mean_of(lift_of_first_decile, scores, ["repeat"]) >= 3.2


@needs_real_data
def test_response_of_real_customers_whose_twins_are_in_one_fold(real_build):
    scores = in_five_folds_twice(real_build, "retail")
    assert mean_of(roc_auc_score, scores, ["repeat", "fold"]) >= 0.900
    assert mean_of(average_precision_score, scores, ["repeat", "fold"]) >= 0.645
    assert mean_of(lift_of_first_decile, scores, ["repeat"]) >= 4.6


@needs_real_data
def test_real_customers_who_buy_again_are_judged_on_the_last_quarter(real_build):
    figures = {
        (family, metric): (value, low)
        for family, metric, value, low in real_build.query(
            "select model_family, metric, value, ci_low from propensity.propensity_model_metrics"
            " where dataset = 'ecommerce' and evaluated_on = 'holdout'"
        )
    }
    ((champion, customers, error),) = real_build.query(
        "select any_value(model_family), sum(leads),"
        " sum(leads * abs(mean_probability - conversion_rate)) / sum(leads)"
        " from propensity.propensity_calibration inner join models.propensity_models"
        " using (dataset) where is_champion and dataset = 'ecommerce'"
        " and evaluated_on = 'holdout'"
    )
    assert customers == 3368
    assert figures[champion, "roc_auc"][0] >= 0.745
    assert error <= 0.03
    for alone in ("frequency alone", "recency_days alone", "rfm_cell alone"):
        assert figures[alone, "roc_auc_behind_champion"][1] > 0
