"""Retail customers: five groups told apart by income, spend, purchases, children and deals."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from .common import members

N_CUSTOMERS = 2240
N_TWINS = 182  # rows equal to another apart from ID
N_MISSING_INCOMES = 24
EXTREME_INCOME = 666_666
N_TOP_INCOMES = 7  # between 150,000 and 163,000, as a few of the real ones are
IMPOSSIBLE_BIRTH_YEARS = (1893, 1899, 1900)
IDS = (20_001, 32_000)
ENROLLED = ("2012-07-30", "2014-06-29")
N_COMPLAINTS = 21
RARE_STATUSES = ("Alone",) * 3 + ("Absurd",) * 2 + ("YOLO",) * 2
STATUSES = {"Married": 0.387, "Together": 0.260, "Single": 0.215, "Divorced": 0.104, "Widow": 0.034}
EDUCATION = {"Graduation": 0.503, "PhD": 0.217, "Master": 0.165, "2n Cycle": 0.091, "Basic": 0.024}
CATEGORIES = ("Wines", "Fruits", "MeatProducts", "FishProducts", "SweetProducts", "GoldProds")
CHANNELS = ("Web", "Catalog", "Store")
# In the order of the columns of the real file.
CAMPAIGNS = ("AcceptedCmp3", "AcceptedCmp4", "AcceptedCmp5", "AcceptedCmp1", "AcceptedCmp2")


class Group(NamedTuple):
    """A planted group of customers.

    Means with spread for age in 2014, income and log spend; mean counts for purchases, deals and
    visits a month; shares by number of children, spend category and channel; response rates of the
    five campaigns in column order, then of the last one.
    """

    share: float
    birth_year: tuple[float, float]
    income: tuple[float, float]
    log_spend: tuple[float, float]
    purchases: tuple[float, float]
    deals: float
    visits: float
    children: tuple[float, ...]  # of 0, 1, 2, 3
    teen_share: float
    spend_mix: tuple[float, ...]
    channel_mix: tuple[float, ...]
    responses: tuple[float, ...]


AFFLUENT = Group(
    0.23, (1968, 13), (77_000, 9_500), (7.15, 0.35), (19, 3.4), 0.9, 2.7, (0.98, 0.02, 0, 0), 0.5,
    (0.47, 0.05, 0.34, 0.06, 0.04, 0.04), (0.26, 0.31, 0.43), (0.08, 0.14, 0.28, 0.22, 0.04, 0.31),
)  # fmt: skip
TEEN_PARENTS = Group(
    0.25, (1964, 8), (61_000, 7_500), (6.55, 0.35), (18, 3.4), 2.4, 5.1, (0, 0.94, 0.06, 0), 0.88,
    (0.62, 0.04, 0.19, 0.05, 0.04, 0.06), (0.35, 0.20, 0.45), (0.07, 0.13, 0.03, 0.04, 0.01, 0.08),
)  # fmt: skip
DEAL_SEEKERS = Group(
    0.10, (1967, 8), (51_000, 8_000), (6.2, 0.4), (15, 3.2), 7.6, 7.0, (0, 0.35, 0.6, 0.05), 0.55,
    (0.56, 0.03, 0.21, 0.04, 0.03, 0.13), (0.40, 0.17, 0.43), (0.08, 0.09, 0.01, 0.03, 0.01, 0.21),
)  # fmt: skip
LARGE_FAMILIES = Group(
    0.14, (1965, 8), (40_000, 8_500), (4.05, 0.6), (5.2, 1.5), 2.4, 6.2, (0, 0, 0.89, 0.11), 0.48,
    (0.52, 0.03, 0.22, 0.05, 0.03, 0.15), (0.34, 0.08, 0.58), (0.06, 0.01, 0, 0, 0.01, 0.07),
)  # fmt: skip
STARTERS = Group(
    0.28, (1975, 10), (30_500, 8_500), (4.15, 0.65), (5.6, 1.7), 1.5, 6.6, (0.1, 0.9, 0, 0), 0.2,
    (0.37, 0.07, 0.24, 0.09, 0.06, 0.17), (0.35, 0.08, 0.57), (0.07, 0.01, 0, 0, 0, 0.10),
)  # fmt: skip
GROUPS = (AFFLUENT, TEEN_PARENTS, DEAL_SEEKERS, LARGE_FAMILIES, STARTERS)


def _normal(rng: np.random.Generator, group: np.ndarray, measure: str) -> np.ndarray:
    mean, spread = np.array([getattr(each, measure) for each in GROUPS]).T
    return rng.normal(mean[group], spread[group])


def _by_group(group: np.ndarray, measure: str) -> np.ndarray:
    return np.array([getattr(each, measure) for each in GROUPS])[group]


def _pick(rng: np.random.Generator, shares: dict[str, float], n: int) -> np.ndarray:
    return rng.choice(np.array(list(shares), dtype=object), n, p=list(shares.values()))


def _children(rng: np.random.Generator, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Draw children at home as kids and teens, two of each at most."""
    upper = np.cumsum(_by_group(group, "children"), axis=1)
    children = (rng.random(len(group))[:, None] > upper[:, :3]).sum(axis=1)
    teens = rng.binomial(children, _by_group(group, "teen_share"))
    teens = np.clip(teens, children - 2, 2)
    return children - teens, teens


def _spread(
    rng: np.random.Generator, total: np.ndarray, mix: np.ndarray, noise: float
) -> np.ndarray:
    """Split totals over columns by a mix that varies from customer to customer."""
    weights = mix * rng.lognormal(0, noise, mix.shape)
    return rng.multinomial(total, weights / weights.sum(axis=1, keepdims=True))


def _plant_quirks(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Put in what makes the real file awkward, in rows drawn whatever their group."""
    n_odd = len(IMPOSSIBLE_BIRTH_YEARS) + len(RARE_STATUSES) + N_TOP_INCOMES + 1
    rows = iter(rng.choice(len(frame), n_odd, replace=False))
    for year in IMPOSSIBLE_BIRTH_YEARS:
        frame.loc[next(rows), "Year_Birth"] = year
    for status in RARE_STATUSES:
        frame.loc[next(rows), "Marital_Status"] = status
    for income in rng.integers(150_000, 163_000, N_TOP_INCOMES):
        frame.loc[next(rows), "Income"] = income
    frame.loc[next(rows), "Income"] = EXTREME_INCOME
    frame.loc[rng.choice(len(frame), N_COMPLAINTS, replace=False), "Complain"] = 1
    usual = np.flatnonzero(frame["Income"] < 150_000)
    frame.loc[rng.choice(usual, N_MISSING_INCOMES, replace=False), "Income"] = pd.NA
    return frame


def _add_twins(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    common = (
        frame["Marital_Status"].isin(list(STATUSES))
        & frame["Income"].lt(150_000).fillna(False).astype(bool)
        & (frame["Year_Birth"] > max(IMPOSSIBLE_BIRTH_YEARS))
        & (frame["Complain"] == 0)
    )
    twins = rng.choice(np.flatnonzero(common), N_TWINS, replace=False)
    return pd.concat([frame, frame.iloc[twins]], ignore_index=True)


def retail_customers(rng: np.random.Generator) -> pd.DataFrame:
    """Draw retail customers with two years of spend.

    Planted: five groups (`GROUPS`) that k-means on income, log spend, purchases, children and
    deals recovers, and that answer campaigns, choose channels and fill baskets differently.
    Recency, education and marital status say nothing. Odd values and missing incomes are
    independent of the group.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random stream.

    Returns
    -------
    pandas.DataFrame
        `N_CUSTOMERS` rows in the columns of the real file; amounts and incomes in whole units.
    """
    n = N_CUSTOMERS - N_TWINS
    group = members([each.share for each in GROUPS], n)
    kids, teens = _children(rng, group)
    spend = np.rint(np.exp(_normal(rng, group, "log_spend"))).astype(int)
    purchases = np.maximum(np.rint(_normal(rng, group, "purchases")), 1).astype(int)
    by_category = _spread(rng, np.clip(spend, 5, 2525), _by_group(group, "spend_mix"), 0.45)
    by_channel = _spread(rng, purchases, _by_group(group, "channel_mix"), 0.15)
    responses = rng.random((n, len(CAMPAIGNS) + 1)) < _by_group(group, "responses")
    first, last = np.array(ENROLLED, dtype="datetime64[D]")
    enrolled = first + rng.integers(0, int((last - first).astype(int)) + 1, n)

    columns: dict[str, object] = {
        "Year_Birth": np.clip(np.rint(_normal(rng, group, "birth_year")), 1940, 1996).astype(int),
        "Education": _pick(rng, EDUCATION, n),
        "Marital_Status": _pick(rng, STATUSES, n),
        "Income": pd.array(np.maximum(np.rint(_normal(rng, group, "income")), 1730), "Int64"),
        "Kidhome": kids,
        "Teenhome": teens,
        "Dt_Customer": pd.Series(enrolled.astype("datetime64[s]")).dt.strftime("%d-%m-%Y"),
        "Recency": rng.integers(0, 100, n),
    }
    columns |= {f"Mnt{name}": by_category[:, at] for at, name in enumerate(CATEGORIES)}
    columns["NumDealsPurchases"] = np.minimum(rng.poisson(_by_group(group, "deals")), 15)
    columns |= {f"Num{name}Purchases": by_channel[:, at] for at, name in enumerate(CHANNELS)}
    columns["NumWebVisitsMonth"] = np.minimum(rng.poisson(_by_group(group, "visits")), 20)
    columns |= {name: responses[:, at].astype(int) for at, name in enumerate(CAMPAIGNS)}
    columns |= {"Complain": 0, "Z_CostContact": 3, "Z_Revenue": 11}
    columns["Response"] = responses[:, -1].astype(int)

    frame = _add_twins(rng, _plant_quirks(rng, pd.DataFrame(columns)))
    frame = frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
    ids = rng.choice(np.arange(*IDS), N_CUSTOMERS, replace=False)
    ids[rng.integers(N_CUSTOMERS)] = 0
    frame.insert(0, "ID", ids)
    return frame
