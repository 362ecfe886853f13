"""The committed sample files: written by their program, small, synthetic, and built as stated."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

import generate
import numpy as np
import pandas as pd
import pytest
from generators import ecommerce, ratings, retail
from sklearn.cluster import KMeans
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SAMPLE = generate.SAMPLE_DIR
REAL = Path(__file__).parents[3] / "shared" / "data"
RETAIL, LEADS, MALL = "marketing_campaign.csv", "ExtraaLearn.csv", "Mall_Customers.csv"
RATINGS, LINES = "ratings_Electronics.csv.gz", "online_retail.csv.gz"
NAMES = (RETAIL, LEADS, RATINGS, MALL, LINES)
STABLE = 0.85  # of a cluster's Jaccard overlap, by the usual reading
MAX_BYTES = 8 * 2**20
RATING_COLUMNS = ["user_id", "product_id", "rating", "rated_at"]

needs_real_data = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real files are not at ../shared/data"
)


def content(path):
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


@cache
def read(name, folder=SAMPLE):
    """Read a file as text, empty fields as missing."""
    options = {"dtype": str, "keep_default_na": False, "na_values": [""]}
    if name == RATINGS:
        options |= {"header": None, "names": RATING_COLUMNS}
    return pd.read_csv(folder / name, sep="\t" if name == RETAIL else ",", **options)


def read_real(name):
    if name != RATINGS:
        return read(name, REAL)
    real = read("ratings_Electronics.csv", REAL)
    return real.set_axis(RATING_COLUMNS[:3], axis=1)


def least_jaccard(features, k):
    """Mean over resamples of each cluster's best Jaccard overlap; the least of the k (Hennig)."""
    scaled = StandardScaler().fit_transform(features)
    whole = KMeans(k, n_init=3, random_state=0).fit(scaled).labels_
    overlaps = []
    for seed in range(6):
        rows = np.unique(np.random.default_rng(seed).integers(0, len(scaled), len(scaled)))
        part = KMeans(k, n_init=3, random_state=seed).fit(scaled[rows]).labels_
        common = pd.crosstab(whole[rows], part).to_numpy()
        either = common.sum(axis=0) + common.sum(axis=1, keepdims=True) - common
        overlaps.append((common / either).max(axis=1))
    return np.mean(overlaps, axis=0).min()


def five_means(features):
    scaled = StandardScaler().fit_transform(features)
    return KMeans(5, n_init=5, random_state=0).fit(scaled).labels_


# The files


@pytest.fixture(scope="module")
def written_again(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    generate.main(["--output", str(folder)])
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_the_program_writes_the_committed_file(written_again, name):
    # Compared unpacked: another build of zlib may pack the same content differently.
    assert content(written_again / name) == content(SAMPLE / name)


@pytest.mark.parametrize("name", [RATINGS, LINES])
def test_gzip_headers_hold_no_time_and_no_file_name(name):
    header = (SAMPLE / name).read_bytes()[:8]
    assert (header[3], header[4:8]) == (0, bytes(4))


def test_another_seed_gives_other_rows():
    first, second = (generate.at_scale(seed, 100, 20, 100) for seed in (1, 2))
    assert not any(first[name].equals(second[name]) for name in first)


def test_the_sample_is_small_enough_for_git():
    assert sum((SAMPLE / name).stat().st_size for name in NAMES) <= MAX_BYTES


@needs_real_data
@pytest.mark.parametrize("name", [RETAIL, LEADS, MALL, LINES])
def test_header_and_line_ends_are_those_of_the_real_file(name):
    ours, real = content(SAMPLE / name), content(REAL / name)
    assert ours.splitlines(keepends=True)[0] == real.splitlines(keepends=True)[0]
    assert ours.endswith(b"\r\n") == real.endswith(b"\r\n")


@needs_real_data
@pytest.mark.parametrize(
    ("name", "key"), [(RETAIL, "ID"), (LEADS, "ID"), (MALL, "CustomerID"), (LINES, "InvoiceNo")]
)
def test_no_row_is_a_real_row_even_without_its_id(name, key):
    ours, real = read(name).drop(columns=key), read_real(name).drop(columns=key)
    if name == LEADS:  # a lead that never visited has too few fields to be unlike all others
        ours = ours[ours["website_visits"] != "0"]
    rows = [set(frame.fillna("").itertuples(index=False, name=None)) for frame in (ours, real)]
    assert rows[0] & rows[1] == set()


@needs_real_data
@pytest.mark.parametrize(
    ("name", "key"),
    [
        (RETAIL, "ID"),
        (LEADS, "ID"),
        (MALL, "CustomerID"),
        (RATINGS, "user_id"),
        (RATINGS, "product_id"),
        (LINES, "InvoiceNo"),
        (LINES, "CustomerID"),
    ],
)
def test_no_id_is_a_real_id(name, key):
    common = set(read(name)[key].dropna()) & set(read_real(name)[key].dropna())
    assert common == ({"0"} if name == RETAIL else set())


# Retail


def test_retail_has_the_quirks_of_the_real_file():
    frame = read(RETAIL)
    year = frame["Year_Birth"].astype(int)
    assert len(frame) == 2240
    assert frame["ID"].is_unique
    assert (frame["ID"] == "0").sum() == 1
    assert frame["Income"].isna().sum() == 24
    assert (frame["Income"] == "666666").sum() == 1
    assert sorted(year[year < 1940]) == [1893, 1899, 1900]
    assert {"Alone", "Absurd", "YOLO"} < set(frame["Marital_Status"])
    assert "2n Cycle" in set(frame["Education"])
    assert frame["Dt_Customer"].str.fullmatch(r"\d\d-\d\d-201[234]").all()
    assert frame.drop(columns="ID").duplicated().sum() == retail.N_TWINS
    assert set(frame["Z_CostContact"] + frame["Z_Revenue"]) == {"311"}


@pytest.fixture(scope="module")
def retail_features():
    frame = read(RETAIL).apply(pd.to_numeric, errors="coerce")
    frame = frame[frame["Income"] < 200_000]
    return pd.DataFrame(
        {
            "income": frame["Income"],
            "log_spend": np.log1p(frame.filter(like="Mnt").sum(axis=1)),
            "purchases": frame[[f"Num{name}Purchases" for name in retail.CHANNELS]].sum(axis=1),
            "children": frame["Kidhome"] + frame["Teenhome"],
            "deals": frame["NumDealsPurchases"],
        }
    )


def test_retail_has_five_stable_groups_and_not_six(retail_features):
    assert least_jaccard(retail_features, 5) > STABLE
    assert least_jaccard(retail_features, 6) < STABLE


def test_retail_groups_answer_campaigns_and_use_channels_differently(retail_features):
    frame = read(RETAIL).loc[retail_features.index]
    label = five_means(retail_features)
    answers = frame[["AcceptedCmp5", "Response"]].astype(int).groupby(label).mean()
    by_catalog = frame["NumCatalogPurchases"].astype(int) / retail_features["purchases"]
    by_catalog = by_catalog.groupby(label).mean()
    assert (answers.max() > 2.5 * answers.min()).all()
    assert by_catalog.max() > 2 * by_catalog.min()


# Leads


def test_leads_have_the_quirks_of_the_real_file():
    frame = read(LEADS)
    silent = (frame["website_visits"] == "0") & (frame["time_spent_on_website"] == "0")
    assert len(frame) == 4612
    assert frame["ID"].is_unique
    assert silent.sum() == 174
    assert 5 <= frame.drop(columns="ID").duplicated().sum() <= 30
    assert frame["status"].dropna().astype(int).mean() == pytest.approx(0.30, abs=0.01)


def test_the_latest_leads_are_open():
    is_open = read(LEADS)["status"].isna()
    assert is_open.mean() == pytest.approx(0.08, abs=0.001)
    assert is_open.is_monotonic_increasing


def test_leads_convert_for_reasons_that_depend_on_each_other():
    frame = pd.read_csv(SAMPLE / LEADS).dropna(subset="status")
    features = pd.get_dummies(frame.drop(columns=["ID", "status"]), dtype=float)

    def roc_auc(model):
        return cross_val_score(model, features, frame["status"], cv=3, scoring="roc_auc").mean()

    boosted = roc_auc(GradientBoostingClassifier(random_state=0))
    linear = roc_auc(make_pipeline(StandardScaler(), LogisticRegression()))
    assert 0.90 < boosted < 0.95
    assert linear < boosted - 0.03


# Mall


def test_mall_has_five_stable_groups_and_not_six():
    frame = read(MALL)
    features = frame[["Annual Income (k$)", "Spending Score (1-100)"]].astype(int)
    assert len(frame) == 200
    assert frame["CustomerID"].is_unique
    assert least_jaccard(features, 5) > STABLE
    assert least_jaccard(features, 6) < STABLE


# Ratings


def test_ratings_are_raw():
    frame = read(RATINGS)
    assert frame.notna().all(axis=None)
    assert frame["user_id"].str.fullmatch(r"A[0-9A-Z]{12,13}").all()
    assert frame["product_id"].str.fullmatch(r"[0-9A-Z]{10}").all()
    assert frame["product_id"].str.startswith("00").any()
    assert set(frame["rating"]) == {"1.0", "2.0", "3.0", "4.0", "5.0"}
    assert (frame["rated_at"].astype(int) % ratings.SECONDS_A_DAY == 0).all()
    assert frame["product_id"].is_monotonic_increasing
    pair = ["user_id", "product_id"]
    assert frame.duplicated(pair).sum() == ratings.N_DUPLICATE_PAIRS
    assert not frame.duplicated([*pair, "rated_at"]).any()
    assert frame.groupby("user_id").size().median() == 1


@pytest.fixture(scope="module")
def kept_ratings():
    """Keep users with at least 50 ratings, then products with at least 5, in one pass."""
    frame = read(RATINGS).drop_duplicates(["user_id", "product_id"])
    frame = frame[frame.groupby("user_id")["user_id"].transform("size") >= 50]
    frame = frame[frame.groupby("product_id")["product_id"].transform("size") >= 5]
    return frame.assign(rating=frame["rating"].astype(float))


def test_a_thousand_users_pass_the_filter(kept_ratings):
    assert kept_ratings["user_id"].nunique() >= 1000
    assert (kept_ratings["rating"] == 5).mean() == pytest.approx(0.556, abs=0.05)


def test_neighbours_beat_popularity_over_the_whole_catalogue(kept_ratings):
    user, users = pd.factorize(kept_ratings["user_id"])
    product, products = pd.factorize(kept_ratings["product_id"])
    pairs = kept_ratings["user_id"] + "|" + kept_ratings["product_id"]
    digests = (hashlib.md5(pair.encode(), usedforsecurity=False).digest() for pair in pairs)
    is_test = np.array([digest[0] for digest in digests]) < 256 / 5
    is_relevant = is_test & (kept_ratings["rating"] >= 3.5).to_numpy()
    rated = np.zeros((len(users), len(products)), dtype=np.float32)
    rated[user[~is_test], product[~is_test]] = 1
    relevant = np.zeros(rated.shape, dtype=bool)
    relevant[user[is_relevant], product[is_relevant]] = True

    def ndcg_at_10(scores):
        top = np.argsort(np.where(rated > 0, np.inf, -scores), axis=1, kind="stable")[:, :10]
        discount = 1 / np.log2(np.arange(2, 12))
        gained = (np.take_along_axis(relevant, top, axis=1) * discount).sum(axis=1)
        ideal = np.append(0, discount.cumsum())[np.minimum(relevant.sum(axis=1), 10)]
        return (gained[ideal > 0] / ideal[ideal > 0]).mean()

    direction = rated / np.linalg.norm(rated, axis=1, keepdims=True)
    cosine = direction @ direction.T
    np.fill_diagonal(cosine, 0)
    least_of_200 = -np.sort(-cosine, axis=1)[:, 199:200]
    personal = ndcg_at_10(np.where(cosine >= least_of_200, cosine, 0) @ rated)
    popular = ndcg_at_10(np.broadcast_to(rated.sum(axis=0), rated.shape))
    assert 1.7 * popular < personal < 4 * popular


# E-commerce


@pytest.fixture(scope="module")
def lines():
    frame = read(LINES)
    return frame.assign(
        Quantity=frame["Quantity"].astype(int),
        UnitPrice=frame["UnitPrice"].astype(float),
        InvoiceDate=pd.to_datetime(frame["InvoiceDate"]),
    )


def test_invoice_lines_have_the_quirks_of_the_real_file(lines):
    prefix = lines["InvoiceNo"].str.extract(r"^([A-Z]?)\d{6}$")[0]
    assert lines["CustomerID"].nunique() == ecommerce.N_CUSTOMERS
    assert lines["CustomerID"].isna().mean() == pytest.approx(0.25, abs=0.02)
    assert lines.duplicated().mean() == pytest.approx(0.01, abs=0.002)
    assert set(prefix) == {"", "A", "C"}
    assert (prefix == "C").mean() == pytest.approx(0.017, abs=0.005)
    assert (prefix == "A").sum() >= 3
    assert ((lines["Quantity"] < 0) & (prefix == "")).any()
    assert (lines["UnitPrice"] <= 0).mean() == pytest.approx(0.005, abs=0.002)
    assert (lines["UnitPrice"] < 0).sum() >= 2
    assert lines["Description"].isna().any()
    assert lines["StockCode"].nunique() > lines["StockCode"].str.upper().nunique()
    assert {code for code, *_ in ecommerce.FEES} | {"POST"} < set(lines["StockCode"])
    assert (lines["Country"] == "United Kingdom").mean() == pytest.approx(0.91, abs=0.04)
    for text in (",", '"', "É", "£"):
        assert lines["Description"].str.contains(text, regex=False).any()


def test_most_cancellations_match_an_earlier_sale(lines):
    named = lines[lines["CustomerID"].notna() & lines["StockCode"].str.match(r"\d{5}")]
    is_cancelled = named["InvoiceNo"].str.startswith("C")
    key = ["CustomerID", "StockCode"]
    first_sale = named[~is_cancelled].groupby(key)["InvoiceDate"].min().rename("sold_at")
    cancelled = named[is_cancelled].join(first_sale, on=key)
    assert 0.75 < (cancelled["sold_at"] <= cancelled["InvoiceDate"]).mean() < 0.95


@pytest.fixture(scope="module")
def sold(lines):
    is_sale = lines["CustomerID"].notna() & (lines["Quantity"] > 0) & (lines["UnitPrice"] > 0)
    frame = lines[is_sale & lines["StockCode"].str.match(r"\d{5}")].drop_duplicates()
    return frame.assign(value=frame["Quantity"] * frame["UnitPrice"])


@pytest.fixture(scope="module")
def rfm(sold):
    customers = sold.groupby("CustomerID").agg(
        last=("InvoiceDate", "max"), frequency=("InvoiceNo", "nunique"), monetary=("value", "sum")
    )
    recency = (pd.Timestamp("2011-12-10") - customers.pop("last")).dt.days.clip(lower=1)
    return np.log(customers.assign(recency=recency))


def test_buyers_fall_into_five_stable_groups_and_not_six(rfm):
    assert least_jaccard(rfm, 5) > STABLE
    assert least_jaccard(rfm, 6) < STABLE


def test_groups_of_buyers_prefer_products_of_their_own(sold, rfm):
    label = pd.Series(five_means(rfm), index=rfm.index)
    bought = sold.drop_duplicates(["CustomerID", "StockCode"])
    group = bought["CustomerID"].map(label)
    share = pd.crosstab(bought["StockCode"], group, normalize="columns")
    overall = bought["StockCode"].value_counts(normalize=True)
    lift = share.div(overall, axis=0).loc[overall.index[:200]]
    assert (lift.max() > 1.8).all()


# Scale


def test_bulk_ratings_have_the_size_asked_for_and_long_tails(tmp_path):
    generate.main(["--output", str(tmp_path), "--ratings", "200000"])
    assert [path.name for path in tmp_path.iterdir()] == ["ratings_Electronics.csv"]
    path = tmp_path / "ratings_Electronics.csv"
    frame = pd.read_csv(path, header=None, names=RATING_COLUMNS, dtype=str)
    per_user = frame.groupby("user_id").size()
    assert len(frame) == 200_000
    assert frame["product_id"].is_monotonic_increasing
    assert frame["product_id"].nunique() == round(200_000 * ratings.PRODUCTS_PER_RATING)
    assert len(per_user) == round(200_000 * ratings.USERS_PER_RATING)
    assert (per_user <= 2).mean() > 0.8
    assert (per_user >= 50).sum() > 50


def test_leads_and_invoices_come_at_other_sizes(tmp_path):
    generate.main(["--output", str(tmp_path), "--leads", "500", "--customers", "50"])
    assert {path.name for path in tmp_path.iterdir()} == {LEADS, LINES}
    assert len(pd.read_csv(tmp_path / LEADS)) == 500
    assert pd.read_csv(tmp_path / LINES, dtype=str)["CustomerID"].nunique() == 50


def test_a_scaled_file_never_replaces_the_sample(capsys):
    with pytest.raises(SystemExit):
        generate.main(["--ratings", "10"])
    assert "--output" in capsys.readouterr().err
