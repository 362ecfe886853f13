"""Serve the pages: `python -m dashboard`, with any option of `streamlit run`."""

import sys
from pathlib import Path

import pandas as pd
from streamlit.web import cli

# Loaded before anybody comes, so that the first reader does not wait for it.
from dashboard import charts, screens  # noqa: F401


def main() -> None:
    """Draw a chart, whose library checks it against a schema that it loads, and serve."""
    charts.bars(pd.DataFrame({"name": ["a"], "value": [1]}), "name", "value", "").to_dict()
    app = str(Path(__file__).with_name("app.py"))
    sys.argv = ["streamlit", "run", app, *sys.argv[1:]]
    cli.main()


if __name__ == "__main__":
    main()
