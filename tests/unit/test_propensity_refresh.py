"""Each data set is decided, fitted and stored by itself."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from propensity_sample import LEADS, make_leads
from test_propensity_fit import SETTINGS

from models_py.propensity.frame import fitting_frame
from models_py.propensity.record import SCHEMA
from models_py.propensity.refresh import refresh_propensity_families
from models_py.refresh import OUTCOME

FEW = {
    **SETTINGS,
    "n_repeats": 1,
    "imbalances": ["none"],
    "families": {"logistic_regression": {"search": "grid", "space": {"C": [1]}}},
}
NOTHING = pa.schema([*SCHEMA, *OUTCOME]).empty_table()


def spec_row(dataset: str, **changed) -> dict:
    names = ("numeric", "flags", "log_features", "categorical")
    lists = {name: list(getattr(LEADS, name)) for name in names}
    row = {"dataset": dataset, "entities": "leads", "raw_label": "status", "judged_period": 0}
    return {**row, **lists, "is_required": True, "min_recall": 0.85, **changed}


def decided(**decisions: str) -> pd.DataFrame:
    rows = [
        {"dataset": dataset, "decision": decision, "stored_quality": 0.5, "max_quality_loss": 0.02}
        for dataset, decision in decisions.items()
    ]
    return pd.DataFrame(rows)


def long_values(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the features of a frame as rows in an order of their own."""
    parts = []
    for name in LEADS.features:
        part = pd.DataFrame({"entity_id": frame["entity_id"], "periods_ago": 0, "feature": name})
        part["number_value"], part["text_value"] = np.nan, None
        if name in LEADS.numeric:
            part["number_value"] = frame[name].astype("Float64").to_numpy(float, np.nan)
        else:
            part["text_value"] = frame[name]
        parts.append(part)
    return pd.concat(parts).sample(frac=1, random_state=2)


@pytest.fixture(scope="module")
def leads() -> pd.DataFrame:
    return make_leads()


def refreshed(specs, rows_of, values_of, decisions, stored=NOTHING) -> pa.Table:
    return refresh_propensity_families(
        pd.DataFrame(specs), rows_of, values_of, FEW, decisions, stored
    )


def not_read(dataset: str) -> pd.DataFrame:
    raise AssertionError(f"rows of {dataset} were read")


def test_the_frame_is_that_of_wide_features(leads):
    wide = fitting_frame(leads.sample(frac=1, random_state=1), long_values(leads), LEADS)
    ordered = wide.set_index("entity_id").loc[leads["entity_id"]]
    for name in LEADS.numeric:
        expected = leads[name].astype("Float64").to_numpy(float, np.nan)
        np.testing.assert_array_equal(ordered[name].to_numpy(float), expected)
    for name in LEADS.categorical:
        assert ordered[name].fillna("?").tolist() == leads[name].fillna("?").tolist()


def test_each_data_set_is_fitted_by_its_own_decision_and_says_so(leads, caplog):
    caplog.set_level("INFO", logger="models_py")
    values = long_values(leads)
    half = leads[leads["entity_id"].isin(leads["entity_id"].iloc[::2])]
    frames = {"leads": leads, "others": half}
    specs = [spec_row("leads"), spec_row("others")]
    first = refreshed(
        specs,
        frames.__getitem__,
        lambda dataset: values[values["entity_id"].isin(frames[dataset]["entity_id"])],
        decided(leads="search", others="search"),
    )
    rows = {row["dataset"]: row for row in first.to_pylist()}
    assert {dataset: row["n_rows"] for dataset, row in rows.items()} == {
        "leads": 300,
        "others": 150,
    }
    assert {row["outcome"] for row in rows.values()} == {"first"}
    assert caplog.messages == [
        "fitting models of leads: status",
        "fitting models of leads: status, searching logistic_regression",
        "fitting models of others: status",
        "fitting models of others: status, searching logistic_regression",
    ]
    caplog.clear()

    def only_others(dataset: str) -> pd.DataFrame:
        return half if dataset == "others" else not_read(dataset)

    again = refreshed(
        specs,
        only_others,
        lambda dataset: values[values["entity_id"].isin(only_others(dataset)["entity_id"])],
        decided(leads="score", others="refit"),
        first,
    )
    outcomes = {row["dataset"]: row["outcome"] for row in again.to_pylist()}
    assert outcomes == {"leads": "scored", "others": "replaced"}
    assert caplog.messages == ["fitting models of others: status"]
    assert {row["dataset"]: row["model_run_id"] for row in again.to_pylist()} == {
        dataset: row["model_run_id"] for dataset, row in rows.items()
    }


def test_a_night_that_scores_reads_no_rows(leads):
    stored = pa.Table.from_pylist(
        [{"dataset": "leads", "model_run_id": "run", "metrics": "{}"}], NOTHING.schema
    ).append_column("of_another_version", pa.array(["it"]))
    learned = refreshed([spec_row("leads")], not_read, not_read, decided(leads="score"), stored)
    assert learned["model_run_id"].to_pylist() == ["run"]
    assert learned["outcome"].to_pylist() == ["scored"]
    assert "of_another_version" not in learned.column_names


@pytest.mark.parametrize(("is_required", "outcome"), [(True, "impossible"), (False, "waiting")])
def test_without_a_fit_the_data_set_says_why(leads, is_required, outcome):
    few = leads.head(20)
    learned = refreshed(
        [spec_row("leads", is_required=is_required)],
        lambda _: few,
        lambda _: long_values(few),
        decided(leads="search"),
    )
    (row,) = learned.to_pylist()
    assert (row["dataset"], row["outcome"], row["model_run_id"]) == ("leads", outcome, None)
    assert row["fit_problem"].startswith("leads: of 20 leads 20 have a known outcome")
