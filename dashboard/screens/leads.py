"""For a sales lead: whom to call today and why, and how many calls bring how many customers."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import view
from dashboard.published import Published
from dashboard.words import label, number, plain, share

PRIORITIES = {None: "every priority", "hot": "hot", "warm": "warm", "cold": "cold"}
FIGURES = ["precision", "recall", "flagged_share", "cost"]


def page(published: Published) -> None:
    """Draw the page."""
    nothing = "No data set asks a yes-or-no question: none that does is among sources_enabled."
    if not view.options(published, "models/propensity_datasets", nothing):
        return
    asked = view.rows(published, "models/propensity_datasets")
    outcomes = dict(zip(asked["dataset"], asked["outcome"], strict=True))
    # Leads first: whoever comes here calls.
    datasets = sorted(outcomes, key=lambda dataset: (dataset != "leads", dataset))
    names = {each: f"{each}: {label(outcomes[each])}" for each in datasets}
    dataset = view.choose("Who will do it", datasets, "question", names, bind="query-params")
    calls = view.rows(published, "leads/summary").iloc[0] if dataset == "leads" else None
    what = plain(f"{dataset}: {label(outcomes[dataset])}")
    st.markdown(
        f"{what}. The likeliest come first." if calls is None else plain(calls["said"], 200)
    )
    why = ["leads/reasons", "leads/slices"]
    view.sections(
        {
            "List": partial(_list, published, dataset, calls),
            "One in full": partial(_one, published, dataset),
            "How many calls": partial(_how_many, published, dataset),
            "Why": partial(view.side_by_side, published, why, dataset=dataset),
            "What became of it": partial(view.show, published, "leads/outcomes", dataset=dataset),
        }
    )


def _list(published: Published, dataset: str, calls: pd.Series | None) -> None:
    left, middle, right = st.columns(3)
    filters = {
        "priority": view.choose("Priority", list(PRIORITIES), "leads priority", PRIORITIES, left),
        "text": middle.text_input("Id contains", key="leads text"),
        "least": right.slider("At least this probability", 0.0, 1.0, 0.0, 0.05),
    }
    if calls is None:
        name = f"{dataset}_scores.csv"
        view.listed(published, "leads/scores", name, "row", dataset=dataset, **filters)
    else:
        is_open = bool(calls["open_leads"])
        filters["is_today"] = is_open and st.toggle("Only today's calls", True)
        view.listed(published, "leads/calls", "calls.csv", "lead", is_open=is_open, **filters)


def _one(published: Published, dataset: str) -> None:
    given = st.text_input("Id (empty: the likeliest of those that are open)", key="leads id")
    found = view.rows(published, "leads/one", dataset=dataset, entity_id=given.strip())
    if found.empty:
        st.info(f"{dataset} has no row with the id {plain(given)}.")
        return
    one = found.iloc[0]
    st.markdown(
        f"**{plain(one['entity_id'])}** has a probability of **{share(one['probability'])}**:"
        f" {plain(one['priority'])}, in tenth {number(one['score_decile'])} of ten by score."
    )
    kinds = {"reason_1": "For", "reason_2": "For", "reason_3": "For", "counter_reason_1": "Against"}
    said = {name: one[name] for name in kinds if isinstance(one[name], str)}
    st.markdown("".join(f"- {kinds[name]}: {plain(said[name], 200)}\n" for name in said))
    view.show(published, "leads/contributions", dataset=dataset, entity_id=one["entity_id"])


def _how_many(published: Published, dataset: str) -> None:
    given = {"dataset": dataset, "evaluated_on": "holdout"}
    view.show(published, "leads/gains", **given)
    st.divider()
    served = view.rows(published, "leads/served_threshold", dataset=dataset).iloc[0, 0]
    left, middle, right = st.columns(3)
    chosen = {
        "threshold": left.slider("Call from this probability", 0.0, 1.0, round(served, 2), 0.01),
        "cost_of_missed": middle.number_input("Cost of a customer missed", 0.0, value=10.0),
        "cost_of_call": right.number_input("Cost of a call", 0.0, value=1.0),
    }
    judged = view.rows(published, "leads/confusion", **given, **chosen)
    if len(judged):
        for column, name in zip(st.columns(4), FIGURES, strict=True):
            value = judged[name].iloc[0]
            column.metric(label(name), number(value) if name == "cost" else share(value))
    view.show(published, "leads/confusion", **given, **chosen)
