"""For a marketer: who our customers are, what sets groups apart, and how they move."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import view
from dashboard.published import Published
from dashboard.words import counted, label, number, plain, share


def page(published: Published) -> None:
    """Draw the page."""
    nothing = "No data set has segments: none that is segmented is among sources_enabled."
    if not (datasets := view.options(published, "customers/datasets", nothing)):
        return
    dataset = view.choose("Data set", datasets, "dataset", bind="query-params")
    segments = view.rows(published, "customers/segments", dataset=dataset)
    first = segments.iloc[0]
    st.markdown(
        f"The {counted(segments['customers'].sum(), 'customer')} of {plain(dataset)} fall into"
        f" **{counted(len(segments), 'segment')}**. The most valuable,"
        f" {plain(first['segment_name'])}, are {share(first['customer_share'])} of them, with"
        f" {number(first['times'])} times the mean {plain(label(first['value_feature']))}."
    )
    view.sections(
        {
            "Segments": partial(_segments, published, dataset, segments),
            "What sets them apart": partial(_differences, published, dataset),
            "Map": partial(_map, published, dataset, segments),
            "Movement": partial(_movement, published, dataset),
            "List": partial(_list, published, dataset, segments),
        }
    )


def _segments(published: Published, dataset: str, segments: pd.DataFrame) -> None:
    view.side_by_side(published, ["customers/sizes", "customers/segments"], dataset=dataset)
    traits = view.rows(published, "customers/traits", dataset=dataset)
    st.markdown("##### Who they are, and what to do")
    for at in range(0, len(segments), 3):
        three = segments.iloc[at : at + 3].itertuples()
        for column, segment in zip(st.columns(3), three, strict=False):
            own = traits[traits["segment_id"] == segment.segment_id]
            with column.container(border=True):
                st.markdown(f"**{segment.value_rank}. {plain(segment.segment_name)}**")
                st.caption(
                    f"{counted(segment.customers, 'customer')}, {share(segment.customer_share)}"
                )
                st.markdown("".join(f"- {plain(each)}\n" for each in own["trait"]))
                st.markdown(f"*{plain(segment.recommended_action, 200)}*")


def _differences(published: Published, dataset: str) -> None:
    view.show(published, "customers/profile", dataset=dataset)
    numbers = view.rows(published, "customers/numbers", dataset=dataset)["feature"].tolist()
    st.divider()
    x = view.choose("Column", numbers, "customers box")
    view.show(published, "customers/boxes", dataset=dataset, x=x)
    st.divider()
    view.show(published, "customers/correlations", dataset=dataset)
    texts = view.rows(published, "customers/text_columns", dataset=dataset)["column_name"]
    if len(texts):
        st.divider()
        name = view.choose("Column with texts", texts.tolist(), "customers text column")
        view.show(published, "customers/categories", dataset=dataset, column_name=name)


def _map(published: Published, dataset: str, segments: pd.DataFrame) -> None:
    segment_id = _choose_segment(segments, "customers map segment")
    given = {"dataset": dataset, "segment_id": segment_id, "most": view.POINTS}
    view.show(published, "customers/map", **given)
    numbers = view.rows(published, "customers/numbers", dataset=dataset)["feature"].tolist()
    st.divider()
    left, right = st.columns(2)
    x = view.choose("Across", numbers, "customers x", at=left)
    y = view.choose("Up", [*numbers[1:], *numbers[:1]], "customers y", at=right)
    view.show(published, "customers/scatter", x=x, y=y, **given)


def _movement(published: Published, dataset: str) -> None:
    view.show(published, "customers/moves", dataset=dataset)
    if months := view.options(published, "customers/months", dataset=dataset):
        st.divider()
        names = {month: f"{month:%B %Y}" for month in months}
        month = view.choose("Month", months, "customers month", names)
        view.show(published, "customers/monthly_moves", dataset=dataset, month=month)
    if dataset in view.options(published, "value/datasets"):
        st.divider()
        view.show(published, "value/cohorts", dataset=dataset)


def _list(published: Published, dataset: str, segments: pd.DataFrame) -> None:
    left, middle, right = st.columns(3)
    filters = {
        "dataset": dataset,
        "segment_id": _choose_segment(segments, "customers list segment", left),
        "text": middle.text_input("Customer id contains", key="customers text"),
        "confidence": right.slider("At least this confidence", 0.0, 1.0, 0.0, 0.05),
    }
    view.listed(published, "customers/list", f"{dataset}_customers.csv", "customer", **filters)
    st.caption("Confidence: 0 is on the border to the next segment, 1 is at the segment's centre.")


def _choose_segment(segments: pd.DataFrame, key: str, at=None) -> int | None:
    names = dict(zip(segments["segment_id"].tolist(), segments["segment_name"], strict=True))
    return view.choose("Segment", [None, *names], key, {None: "every segment", **names}, at)
