"""For an engineer: what was read and thrown out, what drifted, what was decided."""

from functools import partial

import streamlit as st

from dashboard import view
from dashboard.published import Published


def page(published: Published) -> None:
    """Draw the page."""
    st.markdown("What came in last night, what of it was kept, and what became of stored models.")
    view.sections(
        {
            "Rows": partial(_all, published, "data/quality", "data/rules", "data/health"),
            "Rejected rows": partial(_rejected, published),
            "Drift": partial(_all, published, "data/drift", "data/drifted"),
            "Models": partial(_all, published, "data/decisions", "data/runs"),
            "Tables": partial(_all, published, "data/tables"),
        }
    )


def _all(published: Published, *queries: str) -> None:
    for query in queries:
        view.show(published, query)


def _rejected(published: Published) -> None:
    if sources := view.options(published, "data/sources", "No row was rejected."):
        left, right = st.columns(2)
        names = {None: "every source"}
        source = view.choose("Source", [None, *sources], "data source", names, left)
        text = right.text_input("Reason or row contains", key="data text")
        filters = {"source": source, "text": text}
        view.listed(published, "data/rejected", "rejected_rows.csv", "row", **filters)
