"""A figure is a query of `dashboard/sql`: its header says how its rows are drawn, and in words.

The header is YAML in the comment above the query: `finding`, what the rows come to, with columns of
the first row in braces; `reading`, how to read it; `nothing`, what is said where there are no rows;
`chart`, a function of `charts`, with its arguments; `table`, the columns of the table beside it.
"""

import string
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import takewhile
from typing import Any

import pandas as pd
import yaml

from dashboard import charts
from dashboard.published import query_text
from dashboard.words import counted, label, number, plain, share


@dataclass(frozen=True)
class Figure:
    """What the header of a query declares."""

    finding: str = ""
    reading: str = ""
    nothing: str = "There is nothing to show yet."
    chart: str = ""
    table: list[str] = field(default_factory=list)
    arguments: dict[str, Any] = field(default_factory=dict)

    def says(self, rows: pd.DataFrame, part: str = "finding") -> str:
        """Return the finding, or another part, in Markdown."""
        return MARKDOWN.vformat(getattr(self, part), (), dict(rows.iloc[0], rows=len(rows)))

    def drawn(self, rows: pd.DataFrame) -> charts.Chart:
        """Return the chart; its titles may name columns too."""
        first, texts = dict(rows.iloc[0], rows=len(rows)), [self.finding, self.reading]
        given = {
            name: BARE.vformat(value, (), first) if isinstance(value, str) else value
            for name, value in self.arguments.items()
        }
        # What only sentences name is the same in each row, and need not go to the browser.
        said = {name for text in texts for _, name, _, _ in BARE.parse(text) if name}
        needed = rows.drop(columns=said.intersection(rows) - {*self.table, *given.values()})
        return getattr(charts, self.chart)(needed, **given)

    def tabled(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows as a table of texts: the alternative to the chart."""
        columns = self.table or [name for name in rows if name != "segment_id"]
        known = [name for name in columns if rows[name].notna().any()]
        return pd.DataFrame({label(name): _texts(rows[name]) for name in known})


def _texts(column: pd.Series) -> pd.Series:
    """Return values as people write them, those of a column with the same digits."""
    types = pd.api.types
    if types.is_bool_dtype(column):
        texts = column.map({True: "yes", False: "no"})
    elif types.is_numeric_dtype(column):
        largest, is_whole = column.abs().max(), (column.dropna() % 1 == 0).all()
        digits = 0 if is_whole or largest >= 1000 else 2 if largest > 1 else 3
        texts = column.map(lambda each: f"{each:,.{digits}f}", na_action="ignore")
    elif types.is_datetime64_any_dtype(column):
        texts = column.dt.strftime("%Y-%m-%d %H:%M").str.removesuffix(" 00:00")
    else:
        texts = column.map(str, na_action="ignore")
    return texts.astype(object).where(column.notna(), "")


@cache
def figure(query: str) -> Figure:
    """Return the figure that the header of a query declares."""
    header = takewhile(lambda line: line.startswith("--"), query_text(query).splitlines())
    declared = yaml.safe_load("\n".join(line[3:] for line in header))
    own = {name: declared.pop(name) for name in list(declared) if name in Figure.__annotations__}
    return Figure(**own, arguments=declared)


class InWords(string.Formatter):
    """Formats values as people write them: `{x}`, `{x:share}`, `{x:label}`, `{x:n customer}`.

    Texts of the data go through `text`.
    """

    def __init__(self, text: Callable[[str], str] = str):
        self.text = text

    def format_field(self, value: Any, spec: str) -> str:
        """Return a value in words."""
        if spec == "share":
            return share(value)
        if spec == "label":
            return self.text(label(str(value)))
        if spec.startswith("n "):
            return counted(value, *spec[2:].split("|"))
        if spec:
            return format(value, spec)
        return self.text(value) if isinstance(value, str) else number(value)


BARE, MARKDOWN = InWords(), InWords(partial(plain, longest=200))
