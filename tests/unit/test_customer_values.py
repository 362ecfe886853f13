"""Customer values: against published figures, against simulated customers, and as they are stored.

`cdnow_summary.csv` is the calibration sample of CDNOW (2,357 customers, weeks; Fader and Hardie,
brucehardie.com/datasets) as the package lifetimes 0.11.3 (MIT licence) ships it.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from models_py.errors import CannotFitError
from models_py.sales.fit import PARAMETRIC, REGRESSION, fit_customer_values
from models_py.sales.likelihood import most_likely
from models_py.sales.purchases import BgNbd
from models_py.sales.record import FOLDS
from models_py.sales.refresh import FITTED, refresh_customer_values
from models_py.sales.regression import TweedieRegression
from models_py.sales.spend import GammaGamma

CDNOW = pd.read_csv(Path(__file__).parents[1] / "fixtures" / "cdnow_summary.csv")
SETTINGS = {
    "horizon_days": 90,
    "min_repeat_customers": 30,
    "min_rows": 100,
    "reference_customers": 5,
    "power": 1.5,
    "penalty": 0.1,
    "features": ["recency_days", "order_days"],
}
PUBLISHED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)


def history(*names: str) -> tuple[np.ndarray, ...]:
    return tuple(CDNOW[name].to_numpy(float) for name in names)


def test_parameters_stay_within_their_bounds():
    bounds = [(np.log(0.5), np.log(2.0))]
    assert most_likely(lambda each: each[0], [[1.0]], bounds) == pytest.approx([2.0])
    assert most_likely(lambda each: -each[0], [[1.0]], bounds) == pytest.approx([0.5])


def test_parameters_of_cdnow_are_those_of_the_paper():
    fitted = BgNbd.fit(*history("x", "t_x", "T"))
    assert [round(each, 3) for each in (fitted.r, fitted.a, fitted.b)] == [0.243, 0.793, 2.426]
    assert fitted.alpha == pytest.approx(4.414, abs=0.001)
    # Table 2 of the paper.
    assert fitted.log_likelihood(*history("x", "t_x", "T")) * len(CDNOW) == pytest.approx(
        -9582.4, abs=0.05
    )


def test_the_unit_of_time_changes_alpha_alone():
    x, t_x, age = history("x", "t_x", "T")
    weeks, days = BgNbd.fit(x, t_x, age), BgNbd.fit(x, 7 * t_x, 7 * age)
    assert days.alpha == pytest.approx(7 * weeks.alpha, rel=1e-4)
    assert (days.r, days.a, days.b) == pytest.approx((weeks.r, weeks.a, weeks.b), rel=1e-4)


def test_spend_of_cdnow_is_that_of_the_note():
    x, amount = history("x", "zbar")
    kept = (x > 0) & (amount > 0)
    fitted = GammaGamma.fit(x[kept], amount[kept])
    assert (fitted.p, fitted.q, fitted.gamma) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)


def test_a_customer_of_the_paper():
    """Two repeat orders, the last in week 30.43, seen until week 38.86."""
    one = tuple(np.array([each]) for each in (2.0, 30.43, 38.86))
    assert PUBLISHED.expected_orders(39, *one) == pytest.approx([1.226], abs=0.001)
    assert PUBLISHED.probability_alive(*one) == pytest.approx([0.7266], abs=0.0005)


def test_nobody_has_left_before_a_second_order():
    alive = PUBLISHED.probability_alive(np.zeros(2), np.zeros(2), np.array([1.0, 500.0]))
    assert alive.tolist() == [1.0, 1.0]
    one = tuple(np.array([each]) for each in (2.0, 5.0, 9.0))
    chance = PUBLISHED.purchase_probability(1e12, *one)
    assert chance == pytest.approx(PUBLISHED.probability_alive(*one))


def test_expectations_are_what_simulated_customers_do():
    truth, rng = BgNbd(0.8, 30.0, 0.7, 3.0), np.random.default_rng(3)
    n, age, horizon = 10_000, 200, 90
    rate = rng.gamma(truth.r, 1 / truth.alpha, n)
    leaves = rng.beta(truth.a, truth.b, n)
    now, is_active = np.zeros(n), np.ones(n, bool)
    x, t_x, later = np.zeros(n), np.zeros(n), np.zeros(n)
    while is_active.any():
        now = np.where(is_active, now + rng.exponential(1 / rate), np.inf)
        is_active &= now <= age + horizon
        is_before = is_active & (now <= age)
        x, t_x = x + is_before, np.where(is_before, now, t_x)
        later += is_active & (now > age)
        is_active &= rng.random(n) >= leaves
    seen = (x, t_x, np.full(n, float(age)))
    fitted = BgNbd.fit(*seen)
    assert (fitted.r, fitted.alpha) == pytest.approx((truth.r, truth.alpha), rel=0.1)
    for chosen in (x == 0, x == 1, x > 4):
        part = tuple(each[chosen] for each in seen)
        orders = fitted.expected_orders(horizon, *part).mean()
        assert orders == pytest.approx(later[chosen].mean(), rel=0.08)
        chance = fitted.purchase_probability(horizon, *part).mean()
        assert chance == pytest.approx((later[chosen] > 0).mean(), abs=0.02)


def test_a_product_of_powers_is_found_and_brought_to_a_level():
    rng = np.random.default_rng(4)
    features = pd.DataFrame(
        {"orders": rng.integers(1, 50, 3000), "silent": rng.integers(0, 300, 3000)}
    )
    truth = TweedieRegression(2.0, {"orders": 0.8, "silent": -0.5})
    amounts = truth.values(features)
    found = TweedieRegression.fit(features, amounts, {"power": 1.5, "penalty": 1e-9})
    assert found.intercept == pytest.approx(2.0, abs=1e-4)
    assert found.coefficients == pytest.approx(truth.coefficients, abs=1e-4)
    halved = found.with_sum(features, amounts.sum() / 2)
    assert halved.values(features) == pytest.approx(amounts / 2, rel=1e-3)
    # By hand: exp(2) * 10 ** .8 * 4 ** -.5; what is below 0 counts as 0.
    two = pd.DataFrame({"silent": [3, -7], "orders": [9, -1]})
    assert truth.values(two) == pytest.approx([np.exp(2) * 10**0.8 / 2, np.exp(2)])


def test_a_feature_that_never_differs_and_customers_who_bought_nothing_are_fitted():
    features = pd.DataFrame({"orders": [1, 2, 3, 4], "same": [5, 5, 5, 5]})
    fit = TweedieRegression.fit(
        features, np.array([0.0, 0.0, 30.0, 60.0]), {"power": 1.5, "penalty": 0.1}
    )
    assert fit.coefficients["same"] == 0
    assert fit.coefficients["orders"] > 0
    assert (fit.values(features) > 0).all()


@pytest.fixture(scope="module")
def snapshots() -> pd.DataFrame:
    """Return customers as of ten days, whose orders of the next 90 days follow those before."""
    rng = np.random.default_rng(5)
    parts = []
    for days_before in range(0, 300, 30):
        n = 150
        tenure = rng.integers(30, 300, n)
        days = 1 + rng.poisson(tenure / 60)
        span = np.where(days > 1, (tenure * (1 - 0.3 * rng.random(n))).astype(int), 0)
        amount = days * rng.gamma(5, 20, n)
        bought = rng.poisson(90 * days / (tenure + 60)) * amount / days
        parts.append(
            pd.DataFrame(
                {
                    "customer_id": [f"c{at:03}" for at in range(n)],
                    "days_before": days_before,
                    "order_days": days,
                    "span_days": span,
                    "tenure_days": tenure,
                    "recency_days": tenure - span,
                    "net_amount": amount.round(2),
                    "next_amount": bought.round(2) if days_before >= 90 else np.nan,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def test_both_methods_are_fitted_in_every_fold_and_one_is_the_champion(snapshots):
    fit = fit_customer_values(snapshots, "shop", SETTINGS)
    rows = {row["model_name"]: row for row in fit.to_pylist()}
    assert rows.keys() == {PARAMETRIC, REGRESSION}
    for row in rows.values():
        assert {each["fold"] for each in row["parameters"]} == set(FOLDS)
        assert len(row["reference_values"]) == 5 * len(FOLDS)
    figures = {name: json.loads(row["metrics"])["spearman"] for name, row in rows.items()}
    assert min(figures.values()) > 0.3
    assert rows[max(figures, key=figures.get)]["is_champion"]
    assert sum(row["is_champion"] for row in rows.values()) == 1


def test_the_order_of_rows_decides_nothing(snapshots):
    shuffled = snapshots.sample(frac=1, random_state=2)
    assert fit_customer_values(shuffled, "shop", SETTINGS).equals(
        fit_customer_values(snapshots, "shop", SETTINGS)
    )


def test_a_refit_keeps_the_champion_and_a_search_chooses_anew(snapshots):
    fit = fit_customer_values(snapshots, "shop", SETTINGS)
    others = [not each for each in fit["is_champion"].to_pylist()]
    place = fit.column_names.index("is_champion")
    stored = fit.set_column(place, "is_champion", pa.array(others))
    refit = fit_customer_values(snapshots, "shop", SETTINGS, stored, is_search=False)
    assert refit["is_champion"].to_pylist() == others
    searched = fit_customer_values(snapshots, "shop", SETTINGS, stored, is_search=True)
    assert searched["is_champion"].to_pylist() != others


def test_days_that_are_too_few_to_judge_leave_the_parametric_method(snapshots):
    fit = fit_customer_values(snapshots[snapshots["days_before"] == 0], "shop", SETTINGS)
    assert fit["model_name"].to_pylist() == [PARAMETRIC]
    assert json.loads(fit["metrics"][0].as_py()) == {"spearman": None}


def test_customers_who_never_came_back_are_told_in_one_line(snapshots):
    once = snapshots.assign(order_days=1, span_days=0)
    with pytest.raises(CannotFitError, match="shop: no values of customers: 0 ordered on a second"):
        fit_customer_values(once, "shop", SETTINGS)


def test_customers_who_sent_everything_back_are_told_in_one_line(snapshots):
    with pytest.raises(CannotFitError, match="shop: no values of customers: 0 kept what they"):
        fit_customer_values(snapshots.assign(net_amount=0.0), "shop", SETTINGS)


def test_a_season_without_a_sale_teaches_nothing(snapshots):
    is_silent = snapshots["days_before"] == 120
    fit = fit_customer_values(snapshots[~is_silent], "shop", SETTINGS)
    silent = snapshots.assign(next_amount=snapshots["next_amount"].mask(is_silent, 0.0))
    assert fit["parameters"] == fit_customer_values(silent, "shop", SETTINGS)["parameters"]


def test_a_season_moves_who_buys_more_and_not_how_much_all_buy(snapshots):
    """What is bought in every quarter times ten changes neither: the level is that of the rates."""
    louder = snapshots.assign(next_amount=10 * snapshots["next_amount"])
    values = [
        {
            row["model_name"]: [each["expected_value"] for each in row["reference_values"]]
            for row in fit_customer_values(rows, "shop", SETTINGS).to_pylist()
        }
        for rows in (snapshots, louder)
    ]
    assert values[0][REGRESSION] == pytest.approx(values[1][REGRESSION], rel=1e-6)
    assert values[0][PARAMETRIC] == values[1][PARAMETRIC]


def decided(*datasets: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"dataset": name, "decision": "search", "stored_quality": None, "max_quality_loss": 0.0}
            for name in datasets
        ]
    )


def test_a_data_set_without_a_fit_waits_and_holds_up_no_other(snapshots):
    frames = {"shop": snapshots, "young": snapshots.assign(order_days=1, span_days=0)}
    fits = refresh_customer_values(
        frames.get, SETTINGS, decided("young", "shop"), FITTED.empty_table()
    )
    found = [(row["dataset"], row["outcome"]) for row in fits.to_pylist()]
    assert found == [("shop", "first"), ("shop", "first"), ("young", "waiting")]
    assert fits["fit_problem"].to_pylist()[-1].startswith("young: no values")
    assert fits["quality"].to_pylist()[0] > 0.3


def test_a_stored_fit_is_applied_without_a_look_at_the_snapshots(snapshots):
    first = refresh_customer_values(
        {"shop": snapshots}.get, SETTINGS, decided("shop"), FITTED.empty_table()
    )
    scored = decided("shop").assign(decision="score", stored_quality=0.5)
    again = refresh_customer_values({}.__getitem__, SETTINGS, scored, first)
    assert set(again["outcome"].to_pylist()) == {"scored"}
    assert again["parameters"] == first["parameters"]


@pytest.mark.parametrize(("decision", "is_search"), [("search", True), ("refit", False)])
def test_a_refit_is_asked_to_keep_what_is_stored(monkeypatch, decision, is_search):
    asked = []

    def fit(*given):
        asked.append(given)
        raise CannotFitError("nothing today")

    monkeypatch.setattr("models_py.sales.fit.fit_customer_values", fit)
    stored = pa.Table.from_pylist([{"dataset": "shop", "model_run_id": "run"}], schema=FITTED)
    fits = refresh_customer_values(
        {"shop": "rows"}.get, SETTINGS, decided("shop").assign(decision=decision), stored
    )
    ((rows, dataset, settings, before, was_search),) = asked
    assert (rows, dataset, settings, was_search) == ("rows", "shop", SETTINGS, is_search)
    assert before["model_run_id"].to_pylist() == ["run"]
    assert fits["outcome"].to_pylist() == ["kept"]
