"""For an analyst: how good the models are, and what else was tried."""

from functools import partial

import streamlit as st

from dashboard import view
from dashboard.published import Published


def page(published: Published) -> None:
    """Draw the page."""
    st.markdown(
        "How good each model is on rows that it has not seen, how sure that is, and what else was"
        " tried. Nothing is chosen on what it is reported on."
    )
    view.sections(
        {
            "Segments": partial(_segments, published),
            "Who will do it": partial(_propensity, published),
            "Recommenders": partial(_recommenders, published),
        }
    )


def _dataset(published: Published, query: str) -> str | None:
    found = view.options(published, query, "No data set asks for this.")
    return view.choose("Data set", found, f"{query} dataset") if found else None


def _segments(published: Published) -> None:
    if dataset := _dataset(published, "customers/datasets"):
        four = ["models/elbow", "models/silhouette", "models/stability", "models/silhouettes"]
        view.side_by_side(published, four, dataset=dataset, most=view.POINTS)
        view.show(published, "models/dendrogram", dataset=dataset)
        view.show(published, "models/candidates", dataset=dataset)


def _propensity(published: Published) -> None:
    if not (dataset := _dataset(published, "models/propensity_datasets")):
        return
    left, right = st.columns(2)
    judged = ["holdout", "out_of_fold"]
    evaluated_on = view.choose("Judged on", judged, "models judged on", at=left)
    given = {"dataset": dataset, "evaluated_on": evaluated_on}
    metrics = view.options(published, "models/metrics", **given)
    metric = view.choose("Metric", metrics, "models metric", at=right)
    view.show(published, "models/families", metric=metric, **given)
    four = ["models/roc", "models/precision_recall", "models/calibration", "models/importance"]
    view.side_by_side(published, four, **given)
    features = view.rows(published, "models/partial_features", dataset=dataset)
    if len(features):
        kinds = dict(zip(features["feature"], features["is_number"], strict=True))
        feature = view.choose("Feature", list(kinds), "models feature")
        kind = "number" if kinds[feature] else "text"
        view.show(published, f"models/partial_{kind}", dataset=dataset, feature=feature)
    view.show(published, "models/tree", dataset=dataset)


def _recommenders(published: Published) -> None:
    if not (dataset := _dataset(published, "models/recommender_datasets")):
        return
    metrics = view.options(published, "models/ranking_metrics", dataset=dataset)
    metric = view.choose("Ranking by", metrics, "models ranking")
    ranking = {"protocol": "full_catalogue", "metric": metric, "k": 10}
    view.show(published, "models/recommenders", dataset=dataset, **ranking)
    view.show(published, "models/tradeoff", dataset=dataset)
    errors = {"dataset": dataset, "protocol": "rated_items", "metric": "rmse", "k": 0}
    # Where nobody rates, there is no error of an estimate.
    if len(view.rows(published, "models/recommenders", **errors)):
        view.show(published, "models/recommenders", **errors)
