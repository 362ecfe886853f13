"""Gift shop catalogue: product ranges with made-up codes, descriptions and prices."""

import numpy as np
import pandas as pd

N_PRODUCTS = 1200
CODES = (92_000, 99_999)  # five digits, above those of the real file
SHARE_VARIANTS = 0.10  # products that share digits with another and differ in a letter
POPULARITY_SPREAD = 1.0  # standard deviation of log popularity
PRICES = (0.39, 0.65, 0.85, 1.25, 1.45, 1.65, 1.95, 2.1, 2.55, 2.95, 3.75, 4.25, 4.95, 7.95, 12.75)

STYLES = (
    "HARBOUR", "MEADOW", "ORCHARD", "COPPER", "LINEN", "TARTAN", "GINGHAM", "PAPRIKA", "INDIGO",
    "SAFFRON", "WILLOW", "BRAMBLE", "COTTAGE", "SEASHELL", "THISTLE", "MARIGOLD", "PEBBLE",
    "DAMSON",
)  # fmt: skip
MOTIFS = (
    "HARE", "HERON", "BADGER", "ACORN", "FERN", "PUFFIN", "TULIP", "OTTER", "LANTERN", "CANOE",
    "WINDMILL", "KINGFISHER",
)  # fmt: skip
RANGES = {
    "kitchen": ("MUG", "TEA TOWEL", "JAM JAR", "CAKE STAND", "EGG CUP", "APRON", "CAFÉ TIN"),
    "garden": ("PLANT POT", "BIRD FEEDER", "TROWEL", "SEED TIN", "WIND CHIME", "WATERING CAN"),
    "christmas": ("BAUBLE", "STOCKING", "ADVENT GARLAND", "TREE STAR", "SNOW GLOBE", "WREATH"),
    "party": ("BUNTING", "PAPER PLATES", "NAPKINS, PACK OF 20", "BALLOONS", "CANDLE SET"),
    "stationery": ("NOTEBOOK", "GIFT WRAP", "PENCIL TIN", 'PICTURE FRAME 5"', "CARD, BLANK"),
    "toys": ("SPINNING TOP", "SKIPPING ROPE", "PUZZLE", "DOMINOES", "SOFT TOY", "TEA SET, TOY"),
    "bags": ("JUMBO SHOPPER", "LUNCH BAG", "COIN PURSE", "WASH BAG", "COTTON TOTE"),
    "lighting": ("T-LIGHT HOLDER", "FAIRY LIGHTS", "TABLE LAMP", "CANDLE JAR", "NIGHT LIGHT"),
}


def catalogue(rng: np.random.Generator) -> pd.DataFrame:
    """Draw the products.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random stream.

    Returns
    -------
    pandas.DataFrame
        `N_PRODUCTS` rows: StockCode, Description (some with a comma, a quote, an accent or a
        trailing blank), UnitPrice, range (index into `RANGES`) and popularity (sums to 1).
    """
    combinations = [
        (at, f"{style} {motif} {thing}")
        for at, things in enumerate(RANGES.values())
        for thing in things
        for style in STYLES
        for motif in MOTIFS
    ]
    chosen = rng.choice(len(combinations), N_PRODUCTS, replace=False)
    ranges, descriptions = zip(*(combinations[at] for at in chosen), strict=True)
    blank = rng.random(N_PRODUCTS) < 0.15

    n_variants = round(SHARE_VARIANTS * N_PRODUCTS)
    digits = rng.choice(np.arange(*CODES), N_PRODUCTS - n_variants, replace=False).astype(str)
    parents = rng.choice(len(digits), n_variants, replace=False)
    letters = rng.choice(list("BCDS"), n_variants)
    variants = np.char.add(digits[parents], letters)
    digits = digits.astype("U6")
    digits[parents] = np.char.add(digits[parents], "A")

    popularity = rng.lognormal(0, POPULARITY_SPREAD, N_PRODUCTS)
    return pd.DataFrame(
        {
            "StockCode": rng.permutation(np.concatenate([digits, variants])).astype(object),
            "Description": np.where(blank, [f"{text} " for text in descriptions], descriptions),
            "UnitPrice": rng.choice(PRICES, N_PRODUCTS),
            "range": ranges,
            "popularity": popularity / popularity.sum(),
        }
    )
