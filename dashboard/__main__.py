"""Serve the pages: `python -m dashboard`, with any option of `streamlit run`."""

import sys
from pathlib import Path

import pandas as pd
from streamlit.web import cli

# What is loaded before anybody comes, the first reader does not wait for.
from dashboard import charts, screens  # noqa: F401

if __name__ == "__main__":
    # The library of charts checks the first one against a schema that it loads then.
    charts.bars(pd.DataFrame({"name": ["a"], "value": [1]}), "name", "value", "").to_dict()
    app = str(Path(__file__).with_name("app.py"))
    sys.argv = ["streamlit", "run", app, *sys.argv[1:]]
    cli.main()
