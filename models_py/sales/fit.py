"""Fit what customers will buy, in three folds: one chooses, one reports, one serves.

A fold knows what came before a day. BG/NBD with Gamma-Gamma is fitted on the customers of that
day. A Tweedie regression is fitted on customers as of earlier days, after which the time that is
forecast has passed. It tells who buys more than others; how much all of them buy is left to BG/NBD,
whose rates are those of all the time that is known: a regression on a quarter expects its season.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.stats import spearmanr

from models_py.errors import CannotFitError
from models_py.runs import describe_run
from models_py.sales.purchases import BgNbd
from models_py.sales.record import FOLDS, SCHEMA
from models_py.sales.regression import TweedieRegression
from models_py.sales.spend import GammaGamma

PARAMETRIC, REGRESSION = "bgnbd_gamma_gamma", "tweedie_regression"
EXPECTATIONS = ("expected_order_value", "purchase_probability")
"""What BG/NBD and Gamma-Gamma tell the regression."""


@dataclass(frozen=True)
class Parametric:
    """BG/NBD for the number of orders, Gamma-Gamma for their value."""

    purchases: BgNbd
    spend: GammaGamma

    @classmethod
    def fit(cls, customers: pd.DataFrame) -> "Parametric":
        """Return what customers as of one day tell."""
        days, amount = customers["order_days"].to_numpy(float), customers["net_amount"].to_numpy()
        kept = amount > 0
        return cls(
            BgNbd.fit(*_history(customers)),
            GammaGamma.fit(days[kept], amount[kept] / days[kept]),
        )

    def values(self, customers: pd.DataFrame, horizon: float) -> np.ndarray:
        """Return the expected amounts."""
        orders = self.purchases.expected_orders(horizon, *_history(customers))
        return orders * self._order_value(customers)

    def expectations(self, customers: pd.DataFrame, horizon: float) -> pd.DataFrame:
        """Return a column for each of `EXPECTATIONS`."""
        chance = self.purchases.purchase_probability(horizon, *_history(customers))
        columns = dict(zip(EXPECTATIONS, (self._order_value(customers), chance), strict=True))
        return pd.DataFrame(columns, index=customers.index)

    def _order_value(self, customers: pd.DataFrame) -> np.ndarray:
        days, amount = customers["order_days"].to_numpy(float), customers["net_amount"].to_numpy()
        return self.spend.expected_order_value(days, np.maximum(amount, 0))


def fit_customer_values(
    snapshots: pd.DataFrame,
    dataset: str,
    settings: Mapping[str, Any],
    stored: pa.Table | None = None,
    is_search: bool = True,
) -> pa.Table:
    """Fit both methods in every fold that the days allow, and choose the champion.

    Parameters
    ----------
    snapshots : DataFrame of shape (n_rows, any)
        Customers as of several days, in any order: `customer_id`, `days_before` (days from that
        day to the as-of date), `order_days`, `span_days` (from the first to the last of them),
        `tenure_days` (from the first of them to that day), `net_amount`, the columns of
        `settings['features']`, and `next_amount`: what was bought in the `horizon_days` after it,
        null where they have not passed.
    dataset : str
    settings : mapping
        `horizon_days`, `min_repeat_customers` (for BG/NBD), `min_rows` (for the regression),
        `features`, `power` and `penalty` (see `TweedieRegression`), and `reference_customers`.
    stored : pyarrow.Table, optional
        What this function returned for the generation before.
    is_search : bool
        Whether the champion is chosen anew; otherwise that of `stored` goes on where it can.

    Returns
    -------
    pyarrow.Table
        One row per method that can serve, with the columns of `SCHEMA`. `metrics` has the rank
        correlation with what was bought in the fold 'validation', null where there is none.
        `reference_values` are the values of some customers, which SQL must repeat.

    Raises
    ------
    CannotFitError
        If fewer than `min_repeat_customers` ordered again, or kept what they bought.
    """
    snapshots = snapshots.sort_values(["days_before", "customer_id"], ignore_index=True)
    horizon = settings["horizon_days"]
    learned = []
    for fold, days_before in zip(FOLDS, (2 * horizon, horizon, 0), strict=True):
        customers = snapshots[snapshots["days_before"] == days_before]
        if problem := _too_few(customers, settings["min_repeat_customers"]):
            if fold == "serving":
                raise CannotFitError(f"{dataset}: no values of customers: {problem}")
            continue
        earlier = snapshots[snapshots["days_before"] >= days_before + horizon]
        learned += _fit_fold(fold, customers, earlier, settings)
    methods = [each["model_name"] for each in learned if each["fold"] == "serving"]
    quality = {
        each["model_name"]: each["spearman"] for each in learned if each["fold"] == "validation"
    }
    before = None if stored is None or is_search else _champion_of(stored)
    champion = before if before in methods else _best(methods, quality)
    columns = ["customer_id", "days_before", "next_amount", *_KNOWN, *settings["features"]]
    fitted_on = snapshots[list(dict.fromkeys(columns))]
    rows = []
    for method in sorted(methods):
        parts = [each for each in learned if each["model_name"] == method]
        rows.append(
            {
                **describe_run("sales", dataset, method, fitted_on, settings),
                "metrics": json.dumps({"spearman": quality.get(method)}),
                "is_champion": method == champion,
                **{
                    name: [{"fold": part["fold"], **each} for part in parts for each in part[name]]
                    for name in ("parameters", "reference_values")
                },
            }
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


_KNOWN = ("order_days", "span_days", "tenure_days", "net_amount")


def _history(customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, t_x and T of BG/NBD. Orders of one day are one."""
    repeats = customers["order_days"].to_numpy(float) - 1
    return repeats, customers["span_days"].to_numpy(float), customers["tenure_days"].to_numpy(float)


def _too_few(customers: pd.DataFrame, needed: int) -> str | None:
    """Return why nothing can be learned from customers as of a day, if so."""
    for count, did in (
        ((customers["order_days"] > 1).sum(), "ordered on a second day"),
        ((customers["net_amount"] > 0).sum(), "kept what they bought"),
    ):
        if count < needed:
            return f"{count} {did}, and {needed} are needed"
    return None


def _fit_fold(
    fold: str, customers: pd.DataFrame, earlier: pd.DataFrame, settings: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return what each method learns for customers as of a day, and how it does after it."""
    horizon = settings["horizon_days"]
    parametric = Parametric.fit(customers)
    values = parametric.values(customers, horizon)
    parameters = {**asdict(parametric.purchases), **asdict(parametric.spend)}
    learned = [_learned(fold, PARAMETRIC, customers, values, parameters, settings)]
    amounts = _without_season(earlier, parametric.values(earlier, horizon))
    if amounts.notna().sum() < settings["min_rows"]:
        return learned

    def with_expectations(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[list(settings["features"])].join(parametric.expectations(rows, horizon))

    seen = earlier[amounts.notna()]
    regression = TweedieRegression.fit(
        with_expectations(seen), amounts.dropna().to_numpy(float), settings
    ).with_sum(with_expectations(customers), values.sum())
    parameters = {"intercept": regression.intercept, **regression.coefficients}
    values = regression.values(with_expectations(customers))
    return [*learned, _learned(fold, REGRESSION, customers, values, parameters, settings)]


def _without_season(earlier: pd.DataFrame, expected: np.ndarray) -> pd.Series:
    """Return what was bought after each day, at the level at which all days are as expected.

    Null for days after which nothing was bought.
    """
    amounts = earlier[["days_before"]].assign(
        bought=earlier["next_amount"].clip(lower=0), expected=expected
    )
    sums = amounts.groupby("days_before").transform("sum")
    return amounts["bought"] * sums["expected"] / sums["bought"].where(sums["bought"] > 0)


def _learned(
    fold: str,
    method: str,
    customers: pd.DataFrame,
    values: np.ndarray,
    parameters: Mapping[str, float],
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    reference = customers[["customer_id"]].assign(expected_value=values)
    correlation = (
        spearmanr(values, customers["next_amount"]).statistic if fold == "validation" else None
    )
    return {
        "fold": fold,
        "model_name": method,
        "parameters": [{"parameter": name, "value": value} for name, value in parameters.items()],
        "reference_values": reference.head(settings["reference_customers"]).to_dict("records"),
        "spearman": None if correlation is None or np.isnan(correlation) else round(correlation, 9),
    }


def _best(methods: list[str], quality: Mapping[str, float | None]) -> str:
    """Return the method of largest quality; the parametric one where none was judged."""
    judged = [method for method in methods if quality.get(method) is not None]
    return max(sorted(judged), key=lambda method: quality[method]) if judged else PARAMETRIC


def _champion_of(stored: pa.Table) -> str | None:
    rows = stored.select(["model_name", "is_champion"]).to_pylist()
    return next((row["model_name"] for row in rows if row["is_champion"]), None)
