"""A night with odd data ends in scores or in one clear line, and the night after it is as usual.

Every case is one odd file of a source. It meets a warehouse that was built from the usual file, so
that a model is stored, and one that is empty.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import EVALUATED_TABLES, NIGHTLY, SAMPLE, Warehouse, built, copied

pytestmark = pytest.mark.slow

Change = Callable[[pd.DataFrame], pd.DataFrame]
# The table of scores that everybody is in, and the key of those whom they are of.
SCORES = {
    "leads": ("propensity.leads", "lead_id"),
    "ratings": ("recommendations.product_recommendations", "user_id"),
    "mall": ("segmentation.customer_segments", "customer_id"),
    "retail": ("segmentation.customer_segments", "customer_id"),
    "ecommerce": ("segmentation.customer_segments", "customer_id"),
}
# And those of the other areas.
MORE_SCORES = {
    "retail": ["propensity.propensity_scores"],
    "ecommerce": [
        "propensity.propensity_scores",
        "recommendations.product_recommendations",
        "recommendations.buy_again",
        "segmentation.segment_product_recommendations",
    ],
}
# Messages of the engine, which tell a user nothing.
RAW_ERRORS = re.compile(
    "Traceback|Constraint Error|Binder Error|Catalog Error|Conversion Error|Internal Error"
    "|Compilation Error|Got [0-9]+ results?, configured to fail"
)


@dataclass(frozen=True)
class Source:
    """A source with its usual file."""

    name: str
    file: str
    key: str
    usual: Callable[[], pd.DataFrame]
    delimiter: str = ","

    @property
    def variables(self) -> dict:
        return {
            "sources_enabled": [self.name],
            "max_volume_loss": None,  # what it is for would end most of these nights
            # A few numbers as 3.016 do not tell their decimal sign, and would end others.
            f"{self.name}_decimal": "point",
            "segmentation_resamples": 4,
            "propensity_cv_repeats": 1,
            "propensity_bootstrap_resamples": 10,
            "ratings_min_per_user": 1,
            "ratings_min_per_product": 1,
            "recommender_bootstrap_resamples": 10,
            "recommender_exposure_resamples": 3,
        }

    def write(self, folder: Path, change: Change) -> Path:
        folder.mkdir(exist_ok=True)
        rows = change(self.usual().copy())
        rows.to_csv(folder / f"{self.file}.csv", index=False, sep=self.delimiter)
        return folder


def sample(file: str, n_rows: int, delimiter: str = ",") -> pd.DataFrame:
    return pd.read_csv(SAMPLE / file, sep=delimiter, dtype=str, keep_default_na=False, nrows=n_rows)


@cache
def invoice_lines() -> pd.DataFrame:
    """Return the lines of 50 customers, and some without a customer."""
    lines = sample("online_retail.csv.gz", 200_000)
    customers = sorted({*lines["CustomerID"]} - {""})[::20][:50]
    nobody = lines[lines["CustomerID"] == ""].head(50)
    return pd.concat([lines[lines["CustomerID"].isin(customers)], nobody])


@cache
def ratings() -> pd.DataFrame:
    """Draw two camps of 30 users, each with 11 ratings, mostly of their own half of 30 products."""
    random = np.random.default_rng(4)
    products = [f"{number:010}" for number in range(1, 31)]
    rows = []
    for user in range(60):
        own, other = products[user % 2 :: 2], products[1 - user % 2 :: 2]
        chosen = [*random.choice(own, 9, replace=False), *random.choice(other, 2, replace=False)]
        rows += [
            [f"user {user:02}", product, str(random.integers(3, 6)), 1_300_000_000 + 86_400 * day]
            for day, product in enumerate(random.permutation(chosen))
        ]
    return pd.DataFrame(rows, columns=["user_id", "product_id", "rating", "rated_at"])


SOURCES = {
    source.name: source
    for source in (
        Source("leads", "ExtraaLearn", "ID", partial(sample, "ExtraaLearn.csv", 400)),
        Source("mall", "Mall_Customers", "CustomerID", partial(sample, "Mall_Customers.csv", 200)),
        Source(
            "retail",
            "marketing_campaign",
            "ID",
            partial(sample, "marketing_campaign.csv", 200, "\t"),
            "\t",
        ),
        Source("ecommerce", "online_retail", "CustomerID", invoice_lines),
        Source("ratings", "ratings_Electronics", "user_id", ratings),
    )
}


def usual(rows: pd.DataFrame) -> pd.DataFrame:
    return rows


def with_all(**values: str) -> Change:
    """Return the change that gives columns one value in all rows."""
    return lambda rows: rows.assign(**values)


def first(n: int) -> Change:
    return lambda rows: rows.head(n)


def all_equal_but(*keys: str) -> Change:
    return lambda rows: rows.assign(
        **{column: rows[column].iloc[0] for column in rows.columns.difference(keys)}
    )


def all_new(*keys: str) -> Change:
    """Return the change after which nothing is known from the night before."""
    return lambda rows: rows.assign(
        **{key: np.where(rows[key] == "", "", "N" + rows[key]) for key in keys}
    )


def without(column: str) -> Change:
    return lambda rows: rows.drop(columns=column)


def share(lead_ids: pd.Series) -> pd.Series:
    """Return where in [0, 1) the md5 of each id lies; the holdout is below .3."""
    digest = lead_ids.map(lambda key: hashlib.md5(key.encode(), usedforsecurity=False).hexdigest())
    return digest.map(lambda text: int(text[:8], 16) / 2**32)


def lost_in(part: str) -> Change:
    def change(rows: pd.DataFrame) -> pd.DataFrame:
        is_holdout = share(rows["ID"]) < 0.3
        return rows.assign(
            status=rows["status"].where(is_holdout != (part == "holdout"), other="0")
        )

    return change


def no_holdout(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[share(rows["ID"]) >= 0.3]


def everybody_rated_everything(rows: pd.DataFrame) -> pd.DataFrame:
    pairs = pd.MultiIndex.from_product(
        [sorted({*rows["user_id"]})[:20], sorted({*rows["product_id"]})],
        names=["user_id", "product_id"],
    )
    return pairs.to_frame(index=False).assign(rating="4", rated_at="1300000000")


def one_of_all(key: str) -> Change:
    """Return the change after which all ratings are of one user, or of one product."""
    return lambda rows: rows.assign(**{key: "one"}).drop_duplicates(["user_id", "product_id"])


def a_product_with_every_buyer(rows: pd.DataFrame) -> pd.DataFrame:
    buyers = rows.drop_duplicates("user_id").assign(product_id="0000000001")
    return pd.concat([rows[rows["product_id"] != "0000000001"], buyers])


def a_user_of_everything(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([rows, rows.drop_duplicates("product_id").assign(user_id="all")])


def a_user_of_100000_products(rows: pd.DataFrame) -> pd.DataFrame:
    numbers = pd.Series(range(100_000)).astype(str)
    whale = {"user_id": "whale", "product_id": "W" + numbers, "rating": "4"}
    return pd.concat([rows, pd.DataFrame({**whale, "rated_at": "1300000000"})])


def an_id_of_10000_characters(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.replace({"product_id": {"0000000001": "9" * 10_000}})


def two_products(rows: pd.DataFrame) -> pd.DataFrame:
    halves = rows.assign(product_id=np.where(rows["product_id"] < "0000000016", "a", "b"))
    return halves.drop_duplicates(["user_id", "product_id"])


def all_sent_back(rows: pd.DataFrame) -> pd.DataFrame:
    sold = rows[rows["Quantity"].astype(int) > 0]
    back = sold.assign(InvoiceNo="C" + sold["InvoiceNo"], Quantity="-" + sold["Quantity"])
    return pd.concat([sold, back])


EVERYWHERE: dict[str, Change] = {"no row": first(0), "one row": first(1), "two rows": first(2)}
ODD: dict[str, dict[str, Change]] = {
    "leads": {
        "all equal": all_equal_but("ID"),
        "all equal but the outcome": all_equal_but("ID", "status"),
        "all new": all_new("ID"),
        "all rejected": with_all(age="x"),
        "open leads only": with_all(status=""),
        "no outcome column": without("status"),
        "one open lead": lambda rows: rows.head(1).assign(status=""),
        "all converted": with_all(status="1"),
        "all lost": with_all(status="0"),
        "one converted": lambda rows: rows.assign(status=["1"] + ["0"] * (len(rows) - 1)),
        "all of the holdout lost": lost_in("holdout"),
        "all of the training part lost": lost_in("training part"),
        "no holdout": no_holdout,
        "forty": first(40),
        "an unseen category": with_all(first_interaction="Carrier pigeon"),
        "a constant column": with_all(age="40"),
        "an empty category": with_all(current_occupation=""),
        "an empty number": with_all(age=""),
    },
    "mall": {
        "all equal": all_equal_but("CustomerID"),
        "all new": all_new("CustomerID"),
        "one new row": lambda rows: all_new("CustomerID")(rows.head(1)),
        "all rejected": with_all(Age="x"),
        "an unseen category": with_all(Gender="Martian"),
        "a constant column": with_all(**{"Spending Score (1-100)": "50"}),
        "an empty category": with_all(Gender=""),
        "an empty number": with_all(**{"Spending Score (1-100)": ""}),
    },
    "retail": {
        "all equal": all_equal_but("ID"),
        "all new": all_new("ID"),
        "all rejected": with_all(Year_Birth="x"),
        "an unseen category": with_all(Education="Kindergarten"),
        "a constant column": with_all(Income="50000"),
        "an empty category": with_all(Education=""),
        "an empty number": with_all(Income=""),
        "one day": with_all(Dt_Customer="20-10-2013"),
        "nobody bought": lambda rows: rows.assign(
            **{name: "0" for name in rows if name.startswith(("Mnt", "Num"))}
        ),
    },
    "ecommerce": {
        "all equal": all_equal_but("CustomerID"),
        "all new": all_new("CustomerID"),
        "all rejected": with_all(Quantity="x"),
        "only cancellations": lambda rows: rows.assign(InvoiceNo="C" + rows["InvoiceNo"]),
        "only lines without a customer": with_all(CustomerID=""),
        "only charges": with_all(StockCode="POST"),
        "all sent back": all_sent_back,
        "free of charge": with_all(UnitPrice="0"),
        "one country": with_all(Country="France"),
        "one day": with_all(InvoiceDate="2011-03-01 10:00:00"),
        "one product": with_all(StockCode="85123A"),
        "one customer": with_all(CustomerID="12345"),
        "one invoice": with_all(InvoiceNo="536365"),
        "an empty description": with_all(Description=""),
    },
    "ratings": {
        "all equal": all_equal_but("user_id", "product_id"),
        "all new": all_new("user_id", "product_id"),
        "all rejected": with_all(rating="9"),
        "new products": all_new("product_id"),
        "new users": all_new("user_id"),
        "one user with every rating": one_of_all("user_id"),
        "one user": lambda rows: rows[rows["user_id"] == "user 00"],
        "two users": lambda rows: rows[rows["user_id"].isin(["user 00", "user 01"])],
        "one product": one_of_all("product_id"),
        "two products": two_products,
        "a product with every buyer": a_product_with_every_buyer,
        "a user of everything": a_user_of_everything,
        "a user of 100,000 products": a_user_of_100000_products,
        "an id of 10,000 characters": an_id_of_10000_characters,
        "everybody rated everything": everybody_rated_everything,
        "one rating per user": lambda rows: rows.drop_duplicates("user_id"),
        "all rated 1": with_all(rating="1"),
        "all rated 3": with_all(rating="3"),
        "one moment": with_all(rated_at="1300000000"),
        "an empty time": with_all(rated_at=""),
    },
}

# How a case ends: with the number of those who got scores, or with a line.
Ending = int | str


def nothing_left(source: str, seen: str) -> str:
    return f"{source}: no row is left to work with: {seen}"


def rejected(source: str, n_rows: int) -> str:
    return f"{source}: {n_rows} of {n_rows} rows are rejected"


def cannot_fit(n_leads: int, n_known: int, n_converted: int, need: str) -> str:
    return (
        f"leads: of {n_leads} leads {n_known} have a known outcome in column status and"
        f" {n_converted} of those converted; {need}"
    )


# Per case: how it ends where a model is stored, and where none is (None: not worth the minute).
ENDINGS: dict[str, dict[str, tuple[Ending, Ending | None]]] = {
    "leads": {
        "no row": (nothing_left("leads", "0 read"),) * 2,
        "one row": (1, cannot_fit(1, 1, 1, "a fit needs 50 known outcomes")),
        "two rows": (2, cannot_fit(2, 2, 1, "a fit needs 50 known outcomes")),
        "all equal": (400, cannot_fit(400, 400, 400, "a fit needs converted and lost leads")),
        "all equal but the outcome": (400, 400),
        "all new": (400, None),
        "all rejected": (rejected("leads", 400),) * 2,
        "open leads only": (400, cannot_fit(400, 0, 0, "a fit needs 50 known outcomes")),
        "no outcome column": (400, cannot_fit(400, 0, 0, "a fit needs 50 known outcomes")),
        "one open lead": (1, cannot_fit(1, 0, 0, "a fit needs 50 known outcomes")),
        "all converted": (400, cannot_fit(400, 400, 400, "a fit needs converted and lost leads")),
        "all lost": (400, cannot_fit(400, 400, 0, "a fit needs converted and lost leads")),
        "one converted": (400, cannot_fit(400, 400, 1, "of the rarer outcome")),
        "all of the holdout lost": (400, "0 in the holdout, which needs 1"),
        "all of the training part lost": (400, "0 are in the training part, where 5 folds need 5"),
        "no holdout": (273, "0 in the holdout, which needs 1"),
        "forty": (40, cannot_fit(40, 40, 12, "a fit needs 50 known outcomes")),
        "an unseen category": (400, None),
        "a constant column": (400, 400),
        "an empty category": (rejected("leads", 400),) * 2,
        "an empty number": (rejected("leads", 400),) * 2,
    },
    "mall": {
        "no row": (nothing_left("mall", "0 read"),) * 2,
        "one row": (1, 1),
        "two rows": (2, 2),
        "all equal": (200, 200),
        "all new": (200, None),
        "one new row": (1, None),
        "all rejected": (rejected("mall", 200),) * 2,
        "an unseen category": (200, None),
        "a constant column": (200, 200),
        "an empty category": (200, 200),
        "an empty number": (rejected("mall", 200),) * 2,
    },
    "retail": {
        "no row": (nothing_left("retail", "0 read"),) * 2,
        "one row": (1, 1),
        "two rows": (2, 2),
        "all equal": (200, 200),
        "all new": (200, None),
        "all rejected": (rejected("retail", 200),) * 2,
        "an unseen category": (200, None),
        "a constant column": (200, 200),
        "an empty category": (200, 200),
        "an empty number": ("retail_features: income is null or not finite for 200 of 200",) * 2,
        "one day": (200, 200),
        "nobody bought": (200, 200),
    },
    "ecommerce": {
        "no row": (nothing_left("ecommerce", "0 read"),) * 2,
        "one row": (1, 1),
        "two rows": (1, 1),
        "all equal": (50, 50),
        "all new": (50, None),
        "all rejected": (rejected("ecommerce", 3957),) * 2,
        "only cancellations": (nothing_left("ecommerce", "3957 read, 0 rejected, 3957 ex"),) * 2,
        "only lines without a customer": (nothing_left("ecommerce", "3957 read, 0 rejected"),) * 2,
        "only charges": (nothing_left("ecommerce", "3957 read, 0 rejected, 3957 excluded"),) * 2,
        "all sent back": ("ecommerce: nobody has bought anything and kept it",) * 2,
        "free of charge": (nothing_left("ecommerce", "3957 read, 0 rejected, 3957 excluded"),) * 2,
        "one country": (50, None),
        "one day": (50, 50),
        "one product": (50, 50),
        "one customer": (1, 1),
        "one invoice": (50, 50),
        "an empty description": (50, 50),
    },
    "ratings": {
        "no row": (nothing_left("ratings", "0 read"),) * 2,
        "one row": (0, 0),
        "two rows": (0, 0),
        "all equal": (60, 60),
        "all new": (60, None),
        "all rejected": (rejected("ratings", 660),) * 2,
        "new products": (60, None),
        "new users": (60, None),
        "one user with every rating": (0, 0),
        "one user": (0, 0),
        "two users": (2, 2),
        "one product": (0, 0),
        "two products": (0, 0),
        "a product with every buyer": (60, 60),
        "a user of everything": (60, 60),
        "a user of 100,000 products": (61, 61),
        "an id of 10,000 characters": (60, 60),
        "everybody rated everything": (0, 0),
        "one rating per user": (60, 60),
        "all rated 1": (60, 60),
        "all rated 3": (60, 60),
        "one moment": (60, 60),
        "an empty time": (60, 60),
    },
}
# Nights of leads on which both parts of the data hold both outcomes.
EVALUATED = {
    "all equal but the outcome",
    "all new",
    "forty",
    "an unseen category",
    "a constant column",
}
# No new fit can be made, and training_decisions says why.
NO_FIT = {
    ("leads", "open leads only"): "of 400 leads 0 have a known outcome",
    ("leads", "one row"): "of 1 leads 1 have a known outcome",
    ("leads", "all lost"): "a fit needs converted and lost leads",
    ("mall", "one row"): "mall: 1 customers, 1 of them different, are too few",
    ("mall", "all equal"): "mall: 200 customers, 1 of them different, are too few",
    ("retail", "two rows"): "retail: 2 customers, 2 of them different, are too few",
    ("ecommerce", "one customer"): "ecommerce: 1 customers, 1 of them different, are too few",
    ("ratings", "all rated 1"): "ratings: no recommender can be fitted: no liked product",
}


def cases(*, is_stored: bool) -> list:
    place = 0 if is_stored else 1
    return [
        pytest.param(source, odd, endings[place], id=f"{source}-{odd}")
        for source, nights in ENDINGS.items()
        for odd, endings in nights.items()
        if endings[place] is not None
    ]


def change(source: str, odd: str) -> Change:
    return {**EVERYWHERE, **ODD[source]}[odd]


@pytest.fixture(scope="module")
def usual_night(tmp_path_factory) -> Callable[[str], Warehouse]:
    """Return the warehouse that a source's usual file makes, built once."""

    @cache
    def build(source: str) -> Warehouse:
        folder = tmp_path_factory.mktemp(source)
        raw = SOURCES[source].write(folder / "raw", usual)
        return built(folder / "warehouse", raw, SOURCES[source].variables)

    return build


def pass_a_night(warehouse: Warehouse, source: str, odd: Change, **variables):
    SOURCES[source].write(warehouse.raw, odd)
    return warehouse.dbt(*NIGHTLY, variables={**SOURCES[source].variables, **variables})


def scores(warehouse: Warehouse, source: str) -> dict[str, list[tuple]]:
    """Return all that a night tells of somebody but when it told it, by table."""
    return {
        table: warehouse.query(
            f"select columns(lambda name: name != 'scored_at') from {table} order by all"
        )
        for table in [SCORES[source][0], *MORE_SCORES.get(source, [])]
    }


def scored(warehouse: Warehouse, source: str) -> int:
    table, key = SCORES[source]
    return warehouse.query(f"select count(distinct {key}) from {table}")[0][0]


def decisions(warehouse: Warehouse) -> dict[str, tuple]:
    """Return what the last night decided of the fit of each area, what came of it, and why."""
    return {
        area: (decision, outcome, problem)
        for area, decision, outcome, problem in warehouse.query(
            "select area, decision, outcome, fit_problem from monitoring.training_decisions"
            " where generation_id = (select max(generation_id) from monitoring.build_info)"
        )
    }


def assert_stored_fits_scored(warehouse: Warehouse, before: Warehouse) -> None:
    scored = dict.fromkeys(decisions(before), ("score", "scored", None))
    assert decisions(warehouse) == scored


def built_at(warehouse: Warehouse) -> object:
    ((moment,),) = warehouse.query("select max(built_at) from monitoring.build_info")
    return moment


def evaluated_at(warehouse: Warehouse) -> object:
    """Return the one moment of all tables of evaluation, none of which is empty."""
    moments = {
        moment
        for table in EVALUATED_TABLES
        for (moment,) in warehouse.query(f"select min(evaluated_at) from propensity.{table}")
        + warehouse.query(f"select max(evaluated_at) from propensity.{table}")
    }
    (moment,) = moments
    return moment


def check_ending(run, warehouse: Warehouse, source: str, ending: Ending) -> None:
    if isinstance(ending, int):
        assert run.returncode == 0, run.stdout[-4000:]
        assert scored(warehouse, source) == ending
    else:
        assert run.returncode == 1
        assert run.stdout.count("Failure in ") == 1, run.stdout[-4000:]
        (line,) = {line for line in run.stdout.splitlines() if ending in line}
        assert source in line
    assert not RAW_ERRORS.search(run.stdout + run.stderr)


@pytest.mark.parametrize(("source", "odd", "ending"), cases(is_stored=True))
def test_with_a_stored_model(usual_night, tmp_path, source, odd, ending):
    before = usual_night(source)
    warehouse = copied(before, tmp_path)
    run = pass_a_night(warehouse, source, change(source, odd))
    check_ending(run, warehouse, source, ending)
    if isinstance(ending, str):
        assert built_at(warehouse) == built_at(before)
        return
    assert_stored_fits_scored(warehouse, before)
    if source == "leads":
        assert evaluated_at(warehouse) == built_at(warehouse if odd in EVALUATED else before)

    run = pass_a_night(warehouse, source, usual)
    assert run.returncode == 0, run.stdout[-4000:]
    assert_stored_fits_scored(warehouse, before)
    assert scores(warehouse, source) == scores(before, source)
    if source == "leads":
        assert evaluated_at(warehouse) == built_at(warehouse)
        assert warehouse.query("select count(*) from propensity.propensity_live_outcomes") == [(0,)]


@pytest.mark.parametrize(("source", "odd", "ending"), cases(is_stored=False))
def test_on_the_first_night(tmp_path, source, odd, ending):
    warehouse = Warehouse(tmp_path / "warehouse", tmp_path / "raw")
    run = pass_a_night(warehouse, source, change(source, odd))
    check_ending(run, warehouse, source, ending)
    assert warehouse.published.exists() == isinstance(ending, int)


@pytest.mark.parametrize("training", ["refit", "search"])
@pytest.mark.parametrize(("source", "odd"), NO_FIT)
def test_where_no_new_fit_can_be_made_the_stored_one_goes_on(
    usual_night, tmp_path, source, odd, training
):
    before = usual_night(source)
    warehouse = copied(before, tmp_path)
    run = pass_a_night(warehouse, source, change(source, odd), training=training)
    check_ending(run, warehouse, source, ENDINGS[source][odd][0])
    # A data set of several areas: of each of them, and one says the line that is looked for.
    found = decisions(warehouse)
    assert found.keys() == decisions(before).keys()
    assert {asked for asked, _, _ in found.values()} == {training}
    kept = [problem for _, outcome, problem in found.values() if outcome == "kept"]
    assert any(NO_FIT[source, odd] in problem for problem in kept if problem)

    run = pass_a_night(warehouse, source, usual)
    assert run.returncode == 0, run.stdout[-4000:]
    assert_stored_fits_scored(warehouse, before)
    assert scores(warehouse, source) == scores(before, source)
