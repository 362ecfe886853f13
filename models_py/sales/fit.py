"""Fit what customers will buy, in three folds: one chooses, one reports, one serves.

A fold knows what came before a day. BG/NBD with Gamma-Gamma is fitted on the customers of that
day. Boosted trees are fitted on customers as of earlier days, after which the time that is
forecast has passed; what BG/NBD expects is among their features.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.stats import spearmanr
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from models_py.errors import CannotFitError
from models_py.runs import describe_run
from models_py.sales.purchases import BgNbd
from models_py.sales.record import FOLDS, SCHEMA
from models_py.sales.spend import GammaGamma
from models_py.trees import baseline, export_trees

PARAMETRIC, TREES = "bgnbd_gamma_gamma", "boosted_trees"
EXPECTATIONS = ("expected_orders", "expected_order_value", "probability_alive")
"""What BG/NBD and Gamma-Gamma tell the trees."""


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

    def expectations(self, customers: pd.DataFrame, horizon: float) -> pd.DataFrame:
        """Return a column for each of `EXPECTATIONS`."""
        history = _history(customers)
        return pd.DataFrame(
            {
                "expected_orders": self.purchases.expected_orders(horizon, *history),
                "expected_order_value": self.spend.expected_order_value(
                    customers["order_days"].to_numpy(float), customers["net_amount"].to_numpy()
                ),
                "probability_alive": self.purchases.probability_alive(*history),
            },
            index=customers.index,
        )


@dataclass(frozen=True)
class Trees:
    """Boosted trees for what a customer buys besides what the parametric model expects.

    They add to a root of the expected amount, which keeps the largest customers from deciding all,
    and their values go on beyond the largest one that was seen.

    Attributes
    ----------
    scale : float
        Brings the sum over the rows that were fitted on to what they bought: the mean of a root
        is not the root of the mean.
    """

    model: HistGradientBoostingRegressor
    exponent: float
    scale: float

    @classmethod
    def fit(
        cls, features: pd.DataFrame, amounts: np.ndarray, settings: Mapping[str, Any]
    ) -> "Trees":
        """Return trees for the amounts that were bought after the features were known."""
        exponent = settings["exponent"]
        model = HistGradientBoostingRegressor(**settings["trees"], early_stopping=False)
        roots = np.maximum(amounts, 0) ** (1 / exponent)
        with threadpool_limits(1):
            model.fit(features.to_numpy(float), roots - _expected_roots(features, exponent))
        unscaled = cls(model, exponent, 1.0)
        return cls(model, exponent, float(amounts.sum() / unscaled.values(features).sum()))

    def values(self, features: pd.DataFrame) -> np.ndarray:
        """Return the expected amounts."""
        roots = _expected_roots(features, self.exponent) + self.model.predict(
            features.to_numpy(float)
        )
        return self.scale * np.maximum(roots, 0) ** self.exponent


def _expected_roots(features: pd.DataFrame, exponent: float) -> np.ndarray:
    expected = features["expected_orders"] * features["expected_order_value"]
    return expected.to_numpy(float) ** (1 / exponent)


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
        `horizon_days`, `min_repeat_customers` (for BG/NBD), `min_rows` (for trees), `features`,
        `exponent` (trees add to this root of the amount), `trees` (parameters of
        `HistGradientBoostingRegressor`) and `reference_customers`.
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
        If fewer than `min_repeat_customers` ordered again.
    """
    snapshots = snapshots.sort_values(["days_before", "customer_id"], ignore_index=True)
    horizon = settings["horizon_days"]
    learned = []
    for fold, days_before in zip(FOLDS, (2 * horizon, horizon, 0), strict=True):
        customers = snapshots[snapshots["days_before"] == days_before]
        repeating = int((customers["order_days"] > 1).sum())
        if repeating < settings["min_repeat_customers"]:
            if fold == "serving":
                raise CannotFitError(
                    f"{dataset}: no values of customers: {repeating} ordered on a second"
                    f" day, and {settings['min_repeat_customers']} are needed"
                )
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
                "features": [*settings["features"], *EXPECTATIONS] if method == TREES else [],
                **{
                    name: [{"fold": part["fold"], **each} for part in parts for each in part[name]]
                    for name in ("parameters", "trees", "reference_values")
                },
            }
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


_KNOWN = ("order_days", "span_days", "tenure_days", "net_amount")


def _history(customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, t_x and T of BG/NBD. Orders of one day are one."""
    repeats = customers["order_days"].to_numpy(float) - 1
    return repeats, customers["span_days"].to_numpy(float), customers["tenure_days"].to_numpy(float)


def _fit_fold(
    fold: str, customers: pd.DataFrame, earlier: pd.DataFrame, settings: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return what each method learns for customers as of a day, and how it does after it."""
    parametric = Parametric.fit(customers)
    expected = parametric.expectations(customers, settings["horizon_days"])
    values = expected["expected_orders"] * expected["expected_order_value"]
    parameters = {**asdict(parametric.purchases), **asdict(parametric.spend)}
    learned = [_learned(fold, PARAMETRIC, customers, values, parameters, [], settings)]
    if len(earlier) < settings["min_rows"] or earlier["next_amount"].sum() <= 0:
        return learned

    def with_expectations(rows: pd.DataFrame) -> pd.DataFrame:
        # Rounded, so that no threshold lies between figures that differ in their last bits.
        expectations = parametric.expectations(rows, settings["horizon_days"]).round(6)
        return rows[list(settings["features"])].join(expectations)

    trees = Trees.fit(with_expectations(earlier), earlier["next_amount"].to_numpy(), settings)
    parameters = {
        "intercept": baseline(trees.model),
        "exponent": trees.exponent,
        "scale": trees.scale,
    }
    values = pd.Series(trees.values(with_expectations(customers)), customers.index)
    exported = export_trees(trees.model)
    return [*learned, _learned(fold, TREES, customers, values, parameters, exported, settings)]


def _learned(
    fold: str,
    method: str,
    customers: pd.DataFrame,
    values: pd.Series,
    parameters: Mapping[str, float],
    trees: list[dict[str, Any]],
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
        "trees": trees,
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
