"""The pages: `make dashboard` serves them. Each run reads one generation, and closes it."""

from functools import partial

import streamlit as st

from dashboard.pages import PAGES, run

st.set_page_config("Customer analytics", layout="wide")
pages = [st.Page(partial(run, title), title=title, url_path=title.lower()) for title in PAGES]
st.navigation(pages).run()
