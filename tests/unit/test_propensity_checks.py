import pandas as pd
import pytest
from propensity_sample import LEADS, make_leads

from models_py.errors import CannotFitError
from models_py.propensity.checks import check_rows, constant_columns, equals_label


@pytest.fixture(scope="module")
def leads() -> pd.DataFrame:
    return make_leads()


@pytest.fixture
def known(leads) -> pd.DataFrame:
    return leads[leads["split"] != "new"].copy()


def refusal(leads: pd.DataFrame) -> str:
    with pytest.raises(CannotFitError, match=r"^leads: ") as error:
        check_rows(leads, LEADS, n_splits=5)
    message = str(error.value)
    assert "\n" not in message
    return message


def test_sound_leads_pass(known):
    check_rows(known, LEADS, n_splits=5)


def test_fewer_than_fifty_leads_are_refused(known):
    message = refusal(known.head(49))
    converted = int(known.head(49)["has_outcome"].astype(bool).sum())
    assert f"of 49 leads 49 have a known outcome in column status and {converted} of" in message
    assert "needs 50" in message


def test_open_leads_only_are_refused_and_counted(leads):
    message = refusal(leads.assign(split="new", has_outcome=None))
    assert f"of {len(leads)} leads 0 have a known outcome in column status and 0 of" in message


@pytest.mark.parametrize("outcome", [False, True])
def test_one_class_is_refused(known, outcome):
    message = refusal(known.assign(has_outcome=outcome))
    assert f"400 have a known outcome in column status and {400 * outcome} of those" in message
    assert "needs converted and lost leads" in message


def test_fewer_of_a_class_than_folds_are_refused(known):
    converted = known["entity_id"].isin(
        ["lead-001", "lead-002", "lead-003", "lead-004", "lead-350"]
    )
    message = refusal(known.assign(has_outcome=converted))
    assert "4 are in the training part, where 5 folds need 5, and 1 in the holdout" in message


def test_no_holdout_is_refused(known):
    assert "propensity_holdout_share" in refusal(known[known["split"] == "train"])


def test_features_that_the_training_part_lacks_are_refused(known):
    features = list(LEADS.features)
    known[features] = known[features].astype(object)
    known.loc[known["split"] == "train", features] = None
    assert "in the training part no feature of them has a value" in refusal(known)


@pytest.mark.parametrize(
    ("column", "leaked"),
    [
        ("has_referral", lambda label: label),
        ("has_seen_digital_media", lambda label: ~label),
        ("website_visits", lambda label: label.astype(int) * 3 + 1),
        ("last_activity", lambda label: label.map({True: "Signed up", False: "Email Activity"})),
    ],
)
def test_a_column_that_equals_the_label_is_refused_by_name(known, column, leaked):
    label = known["has_outcome"].astype(bool)
    assert f"column {column} equals the label" in refusal(known.assign(**{column: leaked(label)}))


def test_one_exception_is_not_a_leak(known):
    label = known["has_outcome"].astype(bool)
    leaked = label.copy()
    leaked.iloc[0] = not leaked.iloc[0]
    assert not equals_label(leaked, label, is_categorical=False)


def test_constant_columns_are_named(known):
    frame = known.assign(has_referral=False, age=None)
    assert constant_columns(frame, LEADS) == ["age", "has_referral"]
    check_rows(frame, LEADS, n_splits=5)
