"""Mall visitors: five groups on income and spending score, as in the well-known file."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from .common import members

N_CUSTOMERS = 200
FIRST_ID = 1001
SHARE_FEMALE = 0.56
AGES = (18, 70)
INCOMES = (15, 137)


class Group(NamedTuple):
    """A planted group: share of visitors, then mean and spread of each measure."""

    share: float
    income: tuple[float, float]
    score: tuple[float, float]
    age: tuple[float, float]


GROUPS = (
    Group(0.115, (26, 7), (21, 11), (45, 12)),  # low income, low score
    Group(0.110, (26, 7), (79, 11), (25, 5)),  # low income, high score
    Group(0.405, (55, 9), (50, 6), (43, 16)),  # the middle
    Group(0.195, (87, 17), (82, 9), (33, 4)),  # high income, high score
    Group(0.175, (88, 17), (17, 10), (41, 11)),  # high income, low score
)


def mall_customers(rng: np.random.Generator, n: int = N_CUSTOMERS) -> pd.DataFrame:
    """Draw mall visitors, sorted by income as in the real file.

    Planted: five groups of which four are the corners of income and score and one is the middle,
    so that k-means on the two finds k = 5 both tight and stable. Gender says nothing.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random stream.
    n : int
        Number of visitors.

    Returns
    -------
    pandas.DataFrame
        One row per visitor: CustomerID, Gender, Age (years), Annual Income (k$), Spending Score.
    """
    group = members([group.share for group in GROUPS], n)

    def draw(measure: str, low: int, high: int) -> np.ndarray:
        mean, spread = np.array([getattr(group, measure) for group in GROUPS]).T
        return np.clip(np.rint(rng.normal(mean[group], spread[group])), low, high).astype(int)

    frame = pd.DataFrame(
        {
            "Gender": np.where(rng.random(n) < SHARE_FEMALE, "Female", "Male"),
            "Age": draw("age", *AGES),
            "Annual Income (k$)": draw("income", *INCOMES),
            "Spending Score (1-100)": draw("score", 1, 100),
        }
    ).sort_values("Annual Income (k$)", kind="stable", ignore_index=True)
    frame.insert(0, "CustomerID", np.arange(FIRST_ID, FIRST_ID + n))
    return frame
