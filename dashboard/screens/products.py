"""For a store manager: a customer's history and recommendations, what sells, and with what."""

from functools import partial

import streamlit as st

from dashboard import view
from dashboard.published import Published
from dashboard.words import plain


def page(published: Published) -> None:
    """Draw the page."""
    nothing = "Nothing is recommended: no data set with products is among sources_enabled."
    if not (datasets := view.options(published, "products/datasets", nothing)):
        return
    dataset = view.choose("Data set", datasets, "dataset", bind="query-params")
    first = view.rows(published, "products/popular", dataset=dataset)["product_name"].iloc[0]
    st.markdown(
        f"What customers of {plain(dataset)} are shown and why, and what sells."
        f" Most popular today: **{plain(first)}**."
    )
    view.sections(
        {
            "One customer": partial(_customer, published, dataset),
            "One product": partial(_product, published, dataset),
            "Sales": partial(_sales, published, dataset),
            "By segment": partial(_by_segment, published, dataset),
        }
    )


def _customer(published: Published, dataset: str) -> None:
    text = st.text_input("Customer id, or a part of it", key="products customer text").strip()
    nothing = f"{dataset} has no customer with recommendations whose id contains {plain(text)}."
    given = {"dataset": dataset, "text": text}
    if found := view.options(published, "products/customers", nothing, **given):
        user_id = view.choose("Customer", found, f"products customer {text}")
        for query in ("products/recommended", "products/again", "products/history"):
            view.show(published, query, dataset=dataset, user_id=user_id)


def _product(published: Published, dataset: str) -> None:
    text = st.text_input("Product id or name, or a part of it", key="products text").strip()
    found = view.rows(published, "products/found", dataset=dataset, text=text)
    if found.empty:
        st.info(f"No product that is recommended contains {plain(text)}.")
    else:
        names = dict(zip(found["product_id"], found["product_name"], strict=True))
        product_id = view.choose("Product", list(names), f"products product {text}", names)
        view.show(published, "products/similar", dataset=dataset, product_id=product_id)
    view.show(published, "products/popular", dataset=dataset)


def _sales(published: Published, dataset: str) -> None:
    view.show(published, "products/monthly", dataset=dataset)
    view.side_by_side(published, ["products/sold", "products/pairs"], dataset=dataset)


def _by_segment(published: Published, dataset: str) -> None:
    nothing = f"{dataset} has no segments of which it is known what they buy."
    if view.options(published, "products/segments", nothing, dataset=dataset):
        segments = view.rows(published, "products/segments", dataset=dataset)
        names = dict(zip(segments["segment_id"].tolist(), segments["segment_name"], strict=True))
        segment_id = view.choose("Segment", list(names), "products segment", names)
        view.show(published, "products/by_segment", dataset=dataset, segment_id=segment_id)
