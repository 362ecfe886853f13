"""One module for each page; its `page(published)` draws it.

The folder is not called `pages`: Streamlit would serve its files by themselves to whoever comes by
the address of a page.
"""

import streamlit as st

from dashboard import view
from dashboard.published import NothingToShowError, opened, published_path
from dashboard.screens import customers, data, leads, models, products, value
from dashboard.status import status
from dashboard.words import plain

MODULES = (customers, leads, products, value, models, data)
PAGES = {module.__name__.rpartition(".")[2].title(): module.page for module in MODULES}


def run(title: str) -> None:
    """Draw a page from what is published now."""
    st.title(title)
    try:
        with opened(published_path()) as published:
            built, problems = status(published, view.rows)
            st.caption(f"{plain(built, 300)} {'' if problems else 'Last night was healthy.'}")
            if problems:
                st.warning(f"To look at: {plain('; '.join(problems), 1000)}.")
            PAGES[title](published)
    except NothingToShowError as reason:
        st.info(str(reason))
