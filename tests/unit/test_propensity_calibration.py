import numpy as np
import pandas as pd
import pytest
from sklearn.isotonic import IsotonicRegression

from models_py.propensity.calibration import METHODS, cross_fit, fit_calibrator, fit_none
from models_py.propensity.evaluation import choose


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    """Log-odds that are twice too sure."""
    random = np.random.default_rng(5)
    log_odds = random.normal(0, 1.5, 2000)
    converted = (random.random(2000) < 1 / (1 + np.exp(-log_odds))).astype(int)
    fold = np.arange(2000) % 5
    return pd.DataFrame({"raw_score": 2 * log_odds, "converted": converted, "fold": fold})


def test_sigmoid_is_the_maximum_of_the_likelihood(scores):
    raw, converted = scores["raw_score"].to_numpy(), scores["converted"].to_numpy()
    residual = fit_calibrator("sigmoid", raw, converted, True)(raw) - converted
    assert residual.mean() == pytest.approx(0, abs=1e-6)
    assert (residual * raw).mean() == pytest.approx(0, abs=1e-6)


def test_cross_fitted_sigmoid_has_the_least_error_where_scores_are_too_sure(scores):
    error = {m: ((cross_fit(m, scores, True) - scores["converted"]) ** 2) for m in METHODS}
    assert choose(error) == "sigmoid"
    right = scores.assign(raw_score=scores["raw_score"] / 2)
    error = {m: ((cross_fit(m, right, True) - right["converted"]) ** 2) for m in METHODS}
    assert choose(error) == "none"


def test_isotonic_points_are_those_of_scikit_learn(scores):
    raw, converted = scores["raw_score"].to_numpy(), scores["converted"].to_numpy()
    fitted = IsotonicRegression(out_of_bounds="clip").fit(raw, converted)
    grid = np.linspace(-12, 12, 101)
    ours = fit_calibrator("isotonic", raw, converted, True)(grid)
    np.testing.assert_allclose(ours, fitted.predict(grid), atol=1e-12)


def test_own_probability_of_log_odds_and_of_shares():
    assert fit_none(True)(np.array([0.0, np.log(3)])) == pytest.approx([0.5, 0.75])
    assert fit_none(False)(np.array([0.0, 0.25, 1.0])) == pytest.approx([0, 0.25, 1])


def test_a_row_has_no_say_in_its_own_probability(scores):
    before = cross_fit("isotonic", scores, True)
    first_fold = scores["fold"] == 0
    flipped = scores.assign(converted=scores["converted"].where(~first_fold, 0))
    after = cross_fit("isotonic", flipped, True)
    assert (before[first_fold] == after[first_fold]).all()
    assert (before[~first_fold] != after[~first_fold]).any()


def test_unknown_calibration_is_refused(scores):
    with pytest.raises(ValueError, match="calibration is 'beta'"):
        fit_calibrator("beta", np.zeros(2), np.array([0, 1]), True)
