"""Invoice lines of a gift shop over a year: five kinds of customers and the quirks of trade."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from .catalogue import RANGES, catalogue
from .common import members

N_CUSTOMERS = 1000
FIRST_CUSTOMER_ID = 60_001
FIRST_INVOICE = 700_001
OPENING, CLOSING = np.datetime64("2010-12-01T08:26", "m"), np.datetime64("2011-12-09T12:50", "m")
SHOP_HOURS = (8 * 60, 18 * 60)  # minutes after midnight

SHARE_WITHOUT_CUSTOMER = 0.25  # of lines
LINES_PER_GUEST_INVOICE = 40
BASKET_SPREAD = 0.45  # log spread of the lines of an invoice from customer to customer
GUEST_MARKUP = 1.9
SHARE_LOWER_CASE = 0.05  # of guest lines whose code ends in a letter
SHARE_DUPLICATE_LINES = 0.01
SHARE_CANCELLED_INVOICES = 0.14
CANCELLED_LINES_PER_INVOICE = 2.4
SHARE_CANCELLED_WITHOUT_SALE = 0.15
SHARE_ADJUSTMENTS = 0.005  # stock corrections at price 0, of lines
ADJUSTMENT_NOTES = (None, None, "damaged", "check", "?", "found", "thrown away", "wet boxes")
COUNTRIES = {
    "United Kingdom": 0.905, "Germany": 0.022, "France": 0.020, "EIRE": 0.010, "Spain": 0.008,
    "Belgium": 0.006, "Switzerland": 0.006, "Netherlands": 0.005, "Portugal": 0.005,
    "Norway": 0.004, "Channel Islands": 0.003, "Sweden": 0.002, "Japan": 0.002,
    "Unspecified": 0.002,
}  # fmt: skip


class Group(NamedTuple):
    """A planted group of customers.

    Share of customers; median and log spread of days since the last purchase; mean and log spread
    of the number of invoices; days over which they spread; mean lines of an invoice; pack sizes;
    weights of the product ranges in the order of `RANGES`.
    """

    share: float
    recency: tuple[float, float]
    invoices: tuple[float, float]
    span: float
    lines: float
    packs: tuple[int, ...]
    tastes: tuple[float, ...]


GROUPS = (
    # wholesale champions: often, lately, in cartons
    Group(0.08, (4, 0.8), (22, 0.45), 360, 18, (6, 12, 12, 24), (1, 0.4, 0.4, 0.5, 1, 0.4, 7, 3)),
    # regulars
    Group(0.25, (18, 0.8), (7, 0.40), 330, 15, (1, 2, 4, 6, 12), (4, 1.5, 0.7, 0.8, 1, 0.8, 2, 1)),
    # gift buyers of the season
    Group(0.20, (26, 0.6), (1.8, 0.45), 40, 14, (2, 4, 6, 12), (0.7, 0.3, 6, 1.5, 1, 2, 0.4, 2.5)),
    # lapsed: were regulars once
    Group(0.22, (170, 0.45), (3.6, 0.4), 140, 15, (2, 4, 6, 12), (1, 4, 0.3, 1, 2.5, 0.7, 0.8, 1)),
    # one purchase, small, some time ago
    Group(0.25, (170, 0.55), (1, 0.0), 1, 9, (1, 1, 2, 3), (0.7, 1, 0.5, 4, 1, 3, 0.7, 0.8)),
)
GUEST_TASTES = np.ones(len(RANGES))

# Everything that is charged or booked on an invoice and is no product:
# (code, description, prefix of the invoice, quantity, lowest and highest price, with a customer,
# how many for every 1,000 customers)
FEES = (
    ("M", "Manual", "", 1, 0.5, 90.0, True, 70),
    ("M", "Manual", "C", -1, 0.5, 200.0, True, 30),
    ("m", "Manual", "", 1, 2.55, 2.55, True, 1),
    ("D", "Discount", "C", -1, 5.0, 60.0, True, 16),
    ("S", "SAMPLES", "C", -1, 3.0, 60.0, False, 12),
    ("CRUK", "CRUK Commission", "C", -1, 2.0, 300.0, True, 5),
    ("BANK CHARGES", "Bank Charges", "C", -1, 15.0, 400.0, False, 6),
    ("BANK CHARGES", "Bank Charges", "", 1, 15.0, 15.0, True, 3),
    ("AMAZONFEE", "AMAZON FEE", "C", -1, 1500.0, 7000.0, False, 7),
    ("PADS", "PADS TO MATCH ALL CUSHIONS", "", 1, 0.001, 0.001, True, 3),
    ("DCGS0003", "BOXED GLASS ASHTRAY", "", 1, 2.46, 2.46, False, 3),
    ("gift_0001_20", "Dotcomgiftshop Gift Voucher £20.00", "", 1, 16.67, 16.67, False, 4),
    ("gift_0001_30", "Dotcomgiftshop Gift Voucher £30.00", "", 1, 25.0, 25.0, False, 2),
    ("B", "Adjust bad debt", "A", 1, 7350.25, 7350.25, False, 1),
    ("B", "Adjust bad debt", "A", 1, -7350.25, -7350.25, False, 2),
    ("DOT", "DOTCOM POSTAGE", "", 1, 20.0, 600.0, False, 130),
    ("C2", "CARRIAGE", "", 1, 50.0, 50.0, True, 25),
)
POSTAGE = {"share": 0.6, "prices": (15.0, 18.0, 28.0, 40.0)}  # of invoices sent abroad
FREE_GIFTS = 8  # lines with a customer at price 0, for every 1,000 customers


def _customers(rng: np.random.Generator, n: int) -> pd.DataFrame:
    group = members([each.share for each in GROUPS], n)
    recency, recency_spread = np.array([each.recency for each in GROUPS])[group].T
    invoices, invoices_spread = np.array([each.invoices for each in GROUPS])[group].T
    year = (CLOSING - OPENING).astype(float) / (24 * 60)
    frequency = np.rint(invoices * rng.lognormal(0, 1, n) ** invoices_spread).astype(int)
    frame = pd.DataFrame(
        {
            "group": group,
            "recency": np.clip(recency * rng.lognormal(0, 1, n) ** recency_spread, 0.3, year - 2),
            "invoices": np.maximum(frequency, 1),
            "lines": np.array([each.lines for each in GROUPS])[group]
            * rng.lognormal(0, BASKET_SPREAD, n),
            "Country": rng.choice(list(COUNTRIES), n, p=list(COUNTRIES.values())),
        }
    )
    frame = frame.iloc[rng.permutation(n)].reset_index(drop=True)
    frame["CustomerID"] = np.arange(FIRST_CUSTOMER_ID, FIRST_CUSTOMER_ID + n).astype(str)
    return frame


def _shop_time(rng: np.random.Generator, days_ago: np.ndarray) -> np.ndarray:
    """Turn days before closing into a minute within shop hours, no earlier than opening."""
    day = (CLOSING - (days_ago * 24 * 60).astype("timedelta64[m]")).astype("datetime64[D]")
    minute = rng.integers(*SHOP_HOURS, len(days_ago)).astype("timedelta64[m]")
    return np.clip(day.astype("datetime64[m]") + minute, OPENING, CLOSING)


def _any_time(rng: np.random.Generator, n: int) -> np.ndarray:
    return _shop_time(rng, rng.random(n) * (CLOSING - OPENING).astype(float) / (24 * 60))


def _customer_invoices(rng: np.random.Generator, customers: pd.DataFrame) -> pd.DataFrame:
    """Spread each customer's invoices over the span before the last one."""
    frame = customers.loc[customers.index.repeat(customers["invoices"])]
    is_last = ~frame.index.duplicated(keep="last")
    span = np.array([each.span for each in GROUPS])[frame["group"]]
    year = (CLOSING - OPENING).astype(float) / (24 * 60)
    earlier = rng.random(len(frame)) * np.minimum(span, year - frame["recency"].to_numpy())
    days_ago = frame["recency"].to_numpy() + np.where(is_last, 0, earlier)
    return pd.DataFrame(
        {
            "group": frame["group"].to_numpy(),
            "CustomerID": frame["CustomerID"].to_numpy(),
            "Country": frame["Country"].to_numpy(),
            "InvoiceDate": _shop_time(rng, days_ago),
            "lines": 1 + rng.poisson(frame["lines"].to_numpy() * rng.gamma(4, 0.25, len(frame))),
        }
    )


def _guest_invoices(rng: np.random.Generator, n_lines: int) -> pd.DataFrame:
    n = max(1, round(n_lines / LINES_PER_GUEST_INVOICE))
    return pd.DataFrame(
        {
            "group": len(GROUPS),
            "CustomerID": None,
            "Country": "United Kingdom",
            "InvoiceDate": _any_time(rng, n),
            "lines": 1 + rng.poisson(LINES_PER_GUEST_INVOICE * rng.gamma(1, 1, n)),
        }
    )


def _sold_lines(
    rng: np.random.Generator, invoices: pd.DataFrame, products: pd.DataFrame
) -> pd.DataFrame:
    """Fill invoices with products by the taste of the group, each product once an invoice."""
    lines = invoices.loc[invoices.index.repeat(invoices["lines"])].drop(columns="lines")
    lines["invoice"] = lines.index
    group = lines["group"].to_numpy()
    product, quantity = np.zeros(len(lines), int), np.zeros(len(lines), int)
    tastes = [*(np.array(each.tastes) for each in GROUPS), GUEST_TASTES]
    packs = [*(each.packs for each in GROUPS), (1, 1, 1, 2, 3)]
    for at, taste in enumerate(tastes):
        chance = (taste[products["range"]] * products["popularity"]).to_numpy()
        rows = np.flatnonzero(group == at)
        product[rows] = rng.choice(len(products), len(rows), p=chance / chance.sum())
        quantity[rows] = rng.choice(packs[at], len(rows))
    price = products["UnitPrice"].to_numpy()[product]
    lines["StockCode"] = products["StockCode"].to_numpy()[product]
    lines["Description"] = products["Description"].to_numpy()[product]
    lines["Quantity"] = quantity
    lines["UnitPrice"] = np.round(np.where(group == len(GROUPS), price * GUEST_MARKUP, price), 2)
    lines = lines.drop_duplicates(["invoice", "StockCode"], ignore_index=True)
    lower = (lines["group"] == len(GROUPS)) & (rng.random(len(lines)) < SHARE_LOWER_CASE)
    lines["StockCode"] = lines["StockCode"].where(~lower, lines["StockCode"].str.lower())
    return lines.assign(prefix="").drop(columns="group")


def _cancelled_lines(
    rng: np.random.Generator, sold: pd.DataFrame, products: pd.DataFrame
) -> pd.DataFrame:
    """Give back part of some invoices, days later; some lines were never sold in this year."""
    named = sold[sold["CustomerID"].notna()]
    size = named.groupby("invoice")["Quantity"].transform("size")
    is_chosen = pd.Series(rng.random(sold["invoice"].max() + 1) < SHARE_CANCELLED_INVOICES)
    is_line = rng.random(len(named)) < CANCELLED_LINES_PER_INVOICE / size
    lines = named[is_chosen[named["invoice"]].to_numpy() & is_line].copy()

    wait = rng.exponential(12 * 24 * 60, len(is_chosen)).astype("timedelta64[m]")
    lines["InvoiceDate"] = (lines["InvoiceDate"] + wait[lines["invoice"]]).clip(upper=CLOSING)
    in_part = rng.random(len(lines)) < 0.3
    lines["Quantity"] = -np.where(in_part, (lines["Quantity"] + 1) // 2, lines["Quantity"])
    without_sale = np.flatnonzero(rng.random(len(lines)) < SHARE_CANCELLED_WITHOUT_SALE)
    other = products.iloc[rng.integers(0, len(products), len(without_sale))]
    for column in ("StockCode", "Description", "UnitPrice"):
        lines.iloc[without_sale, lines.columns.get_loc(column)] = other[column].to_numpy()
    return lines.assign(prefix="C", invoice="C" + lines["invoice"].astype(str))


def _fee_lines(rng: np.random.Generator, customers: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for code, description, prefix, quantity, low, high, has_customer, per_thousand in FEES:
        n = max(1, round(per_thousand * len(customers) / 1000))
        price = low if low == high else np.round(low + rng.random(n) * (high - low), 2)
        who = customers.iloc[rng.integers(0, len(customers), n)]
        parts.append(
            pd.DataFrame(
                {
                    "prefix": prefix,
                    "StockCode": code,
                    "Description": description,
                    "Quantity": quantity,
                    "InvoiceDate": _any_time(rng, n),
                    "UnitPrice": price,
                    "CustomerID": who["CustomerID"].to_numpy() if has_customer else None,
                    "Country": who["Country"].to_numpy() if has_customer else "United Kingdom",
                }
            )
        )
    fees = pd.concat(parts, ignore_index=True)
    return fees.assign(invoice="F" + fees.index.astype(str))


def _postage_lines(rng: np.random.Generator, sold: pd.DataFrame) -> pd.DataFrame:
    """Charge postage on invoices sent abroad, as a line of the same invoice."""
    abroad = sold[sold["Country"] != "United Kingdom"].drop_duplicates("invoice")
    lines = abroad[rng.random(len(abroad)) < POSTAGE["share"]]
    return lines.assign(
        StockCode="POST",
        Description="POSTAGE",
        Quantity=rng.integers(1, 5, len(lines)),
        UnitPrice=rng.choice(POSTAGE["prices"], len(lines)),
    )


def _adjustment_lines(rng: np.random.Generator, n: int, products: pd.DataFrame) -> pd.DataFrame:
    """Correct the stock: no customer, no price, a note or nothing for a description."""
    size = np.rint(rng.lognormal(2, 1.3, n)).astype(int) + 1
    return pd.DataFrame(
        {
            "prefix": "",
            "invoice": [f"S{number}" for number in range(n)],
            "StockCode": products["StockCode"].to_numpy()[rng.integers(0, len(products), n)],
            "Description": rng.choice(np.array(ADJUSTMENT_NOTES, dtype=object), n),
            "Quantity": np.where(rng.random(n) < 0.6, -size, size),
            "InvoiceDate": _any_time(rng, n),
            "UnitPrice": 0.0,
            "CustomerID": None,
            "Country": "United Kingdom",
        }
    )


def invoice_lines(rng: np.random.Generator, n_customers: int = N_CUSTOMERS) -> pd.DataFrame:
    """Draw the invoice lines of a year.

    Planted: five groups of customers (`GROUPS`) that differ in recency, frequency and monetary
    value, so that k-means on their logarithms is stable, and in the product ranges they prefer,
    so that segments have products of their own. About a quarter of the lines has no customer;
    cancellations mostly match an earlier sale.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random stream.
    n_customers : int
        Number of customers; everything else grows with it.

    Returns
    -------
    pandas.DataFrame
        One row per invoice line in the columns of the real file, in order of time.
    """
    products = catalogue(rng)
    customers = _customers(rng, n_customers)
    named = _customer_invoices(rng, customers)
    share = SHARE_WITHOUT_CUSTOMER / (1 - SHARE_WITHOUT_CUSTOMER)
    guests = _guest_invoices(rng, round(named["lines"].sum() * share))
    sold = _sold_lines(rng, pd.concat([named, guests], ignore_index=True), products)
    cancelled = _cancelled_lines(rng, sold, products)
    n_gifts = max(1, round(FREE_GIFTS * n_customers / 1000))
    gifts = rng.choice(np.flatnonzero(sold["CustomerID"].notna()), n_gifts, replace=False)
    sold.loc[gifts, "UnitPrice"] = 0.0

    lines = pd.concat(
        [
            sold.assign(invoice=sold["invoice"].astype(str)),
            cancelled,
            _postage_lines(rng, sold).assign(invoice=lambda frame: frame["invoice"].astype(str)),
            _fee_lines(rng, customers),
            _adjustment_lines(rng, round(SHARE_ADJUSTMENTS * len(sold)), products),
        ],
        ignore_index=True,
    ).sort_values(["InvoiceDate", "invoice"], kind="stable", ignore_index=True)
    repeats = np.ones(len(lines), int)
    n_duplicates = round(SHARE_DUPLICATE_LINES * len(lines))
    repeats[rng.choice(len(lines), n_duplicates, replace=False)] = 2
    lines = lines.loc[lines.index.repeat(repeats)]

    number = FIRST_INVOICE + pd.factorize(lines["invoice"])[0]
    lines["InvoiceNo"] = lines["prefix"] + pd.Series(number, index=lines.index).astype(str)
    lines["InvoiceDate"] = lines["InvoiceDate"].dt.strftime("%Y-%m-%d %H:%M:%S")
    columns = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice"]
    return lines[[*columns, "CustomerID", "Country"]].reset_index(drop=True)
