"""The pages: `make dashboard` serves them. Each run reads one generation, and closes it."""

from functools import partial

import streamlit as st

from dashboard.screens import PAGES, run

st.set_page_config("Customer analytics", layout="wide")
pages = [st.Page(partial(run, title), title=title, url_path=title.lower()) for title in PAGES]
# The default page is served at the root alone; a page of the menu is to be found by its name too.
first = next(iter(PAGES))
start = st.Page(
    partial(run, first), title=first, url_path="start", default=True, visibility="hidden"
)
st.navigation([start, *pages]).run()
