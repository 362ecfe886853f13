import pandas as pd
import pytest
from leads_sample import make_leads

from models_py.errors import CannotFitError
from models_py.leads.checks import check_leads, constant_columns, equals_label


@pytest.fixture(scope="module")
def leads() -> pd.DataFrame:
    return make_leads()


@pytest.fixture
def known(leads) -> pd.DataFrame:
    return leads[leads["split"] != "new"].copy()


def refusal(leads: pd.DataFrame) -> str:
    with pytest.raises(CannotFitError, match=r"^leads: ") as error:
        check_leads(leads, n_splits=5)
    message = str(error.value)
    assert "\n" not in message
    return message


def test_sound_leads_pass(known):
    check_leads(known, n_splits=5)


def test_fewer_than_fifty_leads_are_refused(known):
    message = refusal(known.head(49))
    converted = int(known.head(49)["is_converted"].astype(bool).sum())
    assert f"of 49 leads 49 have a known outcome in column status and {converted} of" in message
    assert "needs 50" in message


def test_open_leads_only_are_refused_and_counted(leads):
    message = refusal(leads.assign(split="new", is_converted=None))
    assert f"of {len(leads)} leads 0 have a known outcome in column status and 0 of" in message


@pytest.mark.parametrize("outcome", [False, True])
def test_one_class_is_refused(known, outcome):
    message = refusal(known.assign(is_converted=outcome))
    assert f"400 have a known outcome in column status and {400 * outcome} of those" in message
    assert "needs converted and lost leads" in message


def test_fewer_of_a_class_than_folds_are_refused(known):
    converted = known["lead_id"].isin(["lead-001", "lead-002", "lead-003", "lead-004", "lead-350"])
    message = refusal(known.assign(is_converted=converted))
    assert "4 are in the training part, where 5 folds need 5, and 1 in the holdout" in message


def test_no_holdout_is_refused(known):
    assert "lead_holdout_share" in refusal(known[known["split"] == "train"])


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
    label = known["is_converted"].astype(bool)
    assert f"column {column} equals the label" in refusal(known.assign(**{column: leaked(label)}))


def test_one_exception_is_not_a_leak(known):
    label = known["is_converted"].astype(bool)
    leaked = label.copy()
    leaked.iloc[0] = not leaked.iloc[0]
    assert not equals_label(leaked.rename("has_referral"), label)


def test_constant_columns_are_named(known):
    frame = known.assign(has_referral=False, age=None)
    assert constant_columns(frame) == ["age", "has_referral"]
    check_leads(frame, n_splits=5)
