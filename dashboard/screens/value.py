"""For a marketer: what customers brought, who comes back, whom we cannot lose."""

from functools import partial

import streamlit as st

from dashboard import view
from dashboard.published import Published
from dashboard.words import counted, number, plain, share

AGAIN = {"everybody": (0, 1), "probably buying again": (0.5, 1), "probably not": (0, 0.5)}


def page(published: Published) -> None:
    """Draw the page."""
    nothing = "No data set with orders is among sources_enabled."
    if not (datasets := view.options(published, "value/datasets", nothing)):
        return
    dataset = view.choose("Data set", datasets, "dataset", bind="query-params")
    summary = view.rows(published, "value/summary", dataset=dataset).iloc[0]
    st.markdown(
        f"The {counted(summary['customers'], 'customer')} of {plain(dataset)} have brought"
        f" **{number(summary['spent'])}**, {share(summary['share_of_first_tenth'])} of it a tenth"
        f" of them; {share(summary['share_who_ordered_again'])} ordered more than once."
    )
    show = partial(view.show, published, dataset=dataset)
    two = ["value/tenths", "value/by_segment"]
    parts = {
        "What they brought": partial(view.side_by_side, published, two, dataset=dataset),
        "Who comes back": partial(show, "value/cohorts"),
        "Cannot lose them": partial(show, "value/at_risk"),
        "List": partial(_list, published, dataset, "value/list", "spent"),
    }
    if dataset in view.options(published, "value/valued"):
        parts["What they will bring"] = partial(_expected, published, dataset)
    view.sections(parts)


def _expected(published: Published, dataset: str) -> None:
    two = ["value/expected", "value/expected_by_segment"]
    view.side_by_side(published, two, dataset=dataset)
    st.markdown("##### How sure is that")
    if metrics := view.options(published, "value/metrics", dataset=dataset):
        metric = view.choose("Metric", metrics, "value metric")
        view.show(published, "value/methods", dataset=dataset, metric=metric)
    st.markdown("##### Each customer")
    _list(published, dataset, "value/expected_list", "expected")


def _list(published: Published, dataset: str, query: str, what: str) -> None:
    left, right = st.columns(2)
    low, high = AGAIN[view.choose("Who", list(AGAIN), "value who", at=left)]
    text = right.text_input("Customer id contains", key="value text")
    given = {"dataset": dataset, "text": text, "probability_from": low, "probability_to": high}
    view.listed(published, query, f"{dataset}_{what}.csv", "customer", **given)
