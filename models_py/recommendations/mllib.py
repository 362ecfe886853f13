"""The parameters of `rankers.als_factors` as Spark's MLlib means them."""

import math
from collections.abc import Mapping
from typing import Any


def als_params(
    params: Mapping[str, Any], ratings_of_user: float, ratings_of_product: float
) -> dict[str, Any]:
    """Return what MLlib's ALS is to be told to fit what `implicit` fits with `params`.

    Both minimise the loss of Hu, Koren and Volinsky (2008). `implicit` has a rating count `alpha`
    times as much as none, MLlib 1 + alpha times. `implicit` adds the penalty to each user and
    product once, MLlib once for each of their ratings (Zhou et al., 2008); so it is divided by the
    ratings that the user and the product of a rating have, their geometric mean.

    Parameters
    ----------
    params : mapping
        `factors`, `regularization`, `alpha`, `iterations` and `random_state`, as in
        `rankers.als_factors`. Others are no matter of the fit.
    ratings_of_user, ratings_of_product : float
        How many ratings the user, and the product, of a rating have, as a mean over ratings.

    Returns
    -------
    dict
        Keyword arguments of `pyspark.ml.recommendation.ALS`.

    Raises
    ------
    ValueError
        If `alpha` is below 1, which MLlib does not know.
    """
    if params["alpha"] < 1:
        raise ValueError(f"alpha is {params['alpha']}, and for MLlib must be 1 or more.")
    return {
        "rank": params["factors"],
        "maxIter": params["iterations"],
        "regParam": params["regularization"] / math.sqrt(ratings_of_user * ratings_of_product),
        "alpha": float(params["alpha"] - 1),
        "implicitPrefs": True,
        "seed": params["random_state"],
    }
