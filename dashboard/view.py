"""What all pages share: figures, tables, lists by pages, downloads."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.figures import figure
from dashboard.published import NothingToShowError, Published, opened, published_path
from dashboard.words import counted, label, number, plain, unmarked

# Customers that a scatter plot draws, rows of a page of a list, of a CSV file and of a table.
POINTS, PAGE_ROWS, CSV_ROWS, TABLE_ROWS = 3000, 50, 100_000, 200
# What a spreadsheet takes for a formula when it opens a file of text.
FORMULA = re.compile(r"[=+\-@\t\r\n]")
SHARE = re.compile(r"share$|probability|confidence")
NOTE = "In the file, texts that a spreadsheet would run as a formula have an apostrophe in front."


@st.cache_data(max_entries=256, show_spinner=False)
def _remembered(stamp: tuple, query: str, values: tuple, _published: Published) -> pd.DataFrame:
    """Return the rows of a query; `stamp` is of the file, so that no other file's are shown."""
    return _published.frame(query, **dict(values))


def rows(published: Published, query: str, **values: Any) -> pd.DataFrame:
    """Return the rows of a query of `dashboard/sql`, asked once for each generation."""
    return _remembered(published.stamp, query, tuple(sorted(values.items())), published)


def options(published: Published, query: str, nothing: str = "", **values: Any) -> list:
    """Return the first column of a query; where there is none, say so if there is a `nothing`."""
    try:
        if found := rows(published, query, **values).iloc[:, 0].tolist():
            return found
    except NothingToShowError as reason:
        nothing = nothing and str(reason)
    if nothing:
        st.info(nothing)
    return []


def show(published: Published, query: str, **values: Any) -> None:
    """Show a figure: its finding, its chart, how to read it, and its rows as a table."""
    declared = figure(query)
    try:
        found = rows(published, query, **values)
    except NothingToShowError as reason:
        st.info(str(reason))
        return
    if found.empty:
        st.info(declared.nothing)
        return
    finding, reading = declared.says(found), declared.says(found, "reading")
    st.markdown(f"##### {finding}")
    if declared.chart:
        st.altair_chart(declared.drawn(found), alt=unmarked(f"{finding} {reading}"))
    else:
        table(declared.tabled(found))
    if reading:
        st.caption(reading)
    if declared.chart:
        with st.expander("The same as a table"):
            table(declared.tabled(found))


def side_by_side(published: Published, queries: Sequence[str], **values: Any) -> None:
    """Show figures two in a row; on a small screen one below the other."""
    for at in range(0, len(queries), 2):
        for column, query in zip(st.columns(2), queries[at : at + 2], strict=False):
            with column:
                show(published, query, **values)


def table(frame: pd.DataFrame) -> None:
    """Show rows as a table that a screen reader reads, with numbers as people write them."""
    st.table(frame.head(TABLE_ROWS).map(plain, longest=200), hide_index=True)
    if len(frame) > TABLE_ROWS:
        st.caption(f"The first {number(TABLE_ROWS)} of {counted(len(frame), 'row')}.")


def sections(parts: dict[str, Callable[[], None]]) -> None:
    """Show a page in tabs; only the open one is asked for. It is kept in the address."""
    tabs = st.tabs(list(parts), key="part", bind="query-params")
    for tab, draw in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def choose(
    title: str, values: Sequence, key: str, names: dict | None = None, at: Any = None, **how: Any
) -> Any:
    """Let the reader choose one of some values, shown in words, in a column `at` or below."""
    names = names or {}
    in_words = {"format_func": lambda each: names.get(each, label(str(each)))}
    return (at or st).selectbox(title, values, key=key, **in_words, **how)


def listed(published: Published, query: str, file_name: str, noun: str, **values: Any) -> None:
    """Show a list of any length by pages, and give it as a CSV file.

    `<query>_count` counts its rows; the query itself takes `$most` and `$skip`.
    """
    try:
        total = int(rows(published, f"{query}_count", **values).iloc[0, 0])
        pages, at = max(1, -(-total // PAGE_ROWS)), 1
        if pages > 1:
            title = f"Page of {number(pages)}"
            at = int(st.number_input(title, 1, pages, 1, key=f"{query} page {pages}", width=160))
        found = rows(published, query, **values, most=PAGE_ROWS, skip=PAGE_ROWS * (at - 1))
    except NothingToShowError as reason:
        st.info(str(reason))
        return
    if found.empty:
        st.info(f"No {noun} fits the filter.")
        return
    amounts = [name for name in found.select_dtypes("float") if not SHARE.search(name)]
    shown = found.dropna(axis="columns", how="all").round(dict.fromkeys(amounts, 2))
    headers = {name: _header(name, shown[name]) for name in shown}
    st.dataframe(shown, hide_index=True, column_config=headers)
    given = min(total, CSV_ROWS)
    st.download_button(
        f"Download {counted(given, noun)} as CSV",
        partial(_csv_file, query, values),
        file_name=file_name,
        mime="text/csv",
        on_click="ignore",
        key=f"{query} csv",
    )
    st.caption(NOTE + (f" It holds the first {number(given)} rows." if total > given else ""))


def _csv_file(query: str, values: dict[str, Any]) -> bytes:
    """Return the rows of a list as a CSV file; asked for when the page has closed its file."""
    with opened(published_path()) as published:
        return as_csv(published.frame(query, **values, most=CSV_ROWS, skip=0))


def as_csv(frame: pd.DataFrame) -> bytes:
    r"""Return rows as CSV, in UTF-8 with the mark that spreadsheets need, safe to open in one.

    >>> as_csv(pd.DataFrame({"id": ["=1+1", "a"], "n": [-1, 2]})).decode("utf-8-sig")
    "id,n\r\n'=1+1,-1\r\na,2\r\n"
    """
    guarded = frame.map(
        lambda each: f"'{each}" if isinstance(each, str) and FORMULA.match(each) else each
    )
    return guarded.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _header(name: str, values: pd.Series) -> Any:
    """Return the header of a column of a list, which says how its values are written."""
    config, types = st.column_config, pd.api.types
    if SHARE.search(name):
        return config.NumberColumn(label(name), format="percent")
    if types.is_float_dtype(values):
        return config.NumberColumn(label(name), format="localized")
    if (
        types.is_datetime64_any_dtype(values)
        and (values.dropna().dt.normalize() == values.dropna()).all()
    ):
        return config.DateColumn(label(name))
    return config.Column(label(name))
