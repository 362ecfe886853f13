"""For a marketer: who comes back, what customers will bring, whom we cannot lose."""

from functools import partial

import streamlit as st

from dashboard import view
from dashboard.published import Published
from dashboard.words import counted, number, plain, share

ALIVE = {"everybody": (0.0, 1.0), "probably coming back": (0.5, 1.0), "probably gone": (0.0, 0.5)}
METRICS = ["spearman", "mae", "decile_lift"]


def page(published: Published) -> None:
    """Draw the page."""
    nothing = "No data set with orders is among sources_enabled."
    if not (datasets := view.options(published, "value/datasets", nothing)):
        return
    dataset = view.choose("Data set", datasets, "dataset", bind="query-params")
    summary = view.rows(published, "value/summary", dataset=dataset).iloc[0]
    st.markdown(
        f"The {counted(summary['customers'], 'customer')} of {plain(dataset)} are expected to bring"
        f" **{number(summary['expected_value_90d'])}** in the next 90 days,"
        f" {share(summary['share_of_first_tenth'])} of it from a tenth of them;"
        f" {number(summary['lost_customers'])} are probably gone."
    )
    show = partial(view.show, published, dataset=dataset)
    two = ["value/tenths", "value/by_segment"]
    view.sections(
        {
            "What they will bring": partial(view.side_by_side, published, two, dataset=dataset),
            "Who comes back": partial(show, "value/cohorts"),
            "Cannot lose them": partial(show, "value/at_risk"),
            "List": partial(_list, published, dataset),
            "How sure is that": partial(_methods, published, dataset),
        }
    )


def _list(published: Published, dataset: str) -> None:
    left, right = st.columns(2)
    low, high = ALIVE[view.choose("Who", list(ALIVE), "value who", at=left)]
    text = right.text_input("Customer id contains", key="value text")
    filters = {"dataset": dataset, "text": text, "alive_from": low, "alive_to": high}
    view.listed(published, "value/list", f"{dataset}_values.csv", "customer", **filters)


def _methods(published: Published, dataset: str) -> None:
    metric = view.choose("Metric", METRICS, "value metric")
    view.show(published, "value/methods", dataset=dataset, metric=metric)
