"""Numbers and names as people read them."""

import math
import re

# What Markdown, and Streamlit in it, take for more than text.
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$:~&])")
ISOLATES = "\u2068\u2069"
CAPITALS = {
    word: word.upper() for word in ("roc", "auc", "ndcg", "rmse", "mae", "map", "mrr", "psi")
}


def number(value: float) -> str:
    """Return a number with thousands separated and no more digits than matter.

    >>> number(1234567), number(12.345), number(0.01234)
    ('1,234,567', '12.3', '0.012')
    """
    if value is None or math.isnan(value):
        return "unknown"
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2g}"


def share(value: float) -> str:
    r"""Return a share as a percentage, which no line break parts from its sign.

    >>> share(0.2345), share(0.004)
    ('23\xa0%', '0.4\xa0%')
    """
    if value is None or math.isnan(value):
        return "unknown"
    return f"{100 * value:.{int(0 < abs(value) < 0.0995)}f}\u00a0%"


def counted(value: float, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun.

    >>> counted(1, "customer"), counted(1200, "country", "countries")
    ('1 customer', '1,200 countries')
    """
    return f"{number(value)} {singular if value == 1 else plural or singular + 's'}"


def label(name: str) -> str:
    """Return the name of a column, a model or a metric in words."""
    return " ".join(CAPITALS.get(word, word) for word in name.split("_") if word)


def shortened(text: object, longest: int = 80) -> str:
    """Return a text that fits into a line."""
    line = " ".join(str(text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def plain(text: object, longest: int = 80) -> str:
    r"""Return a text from the data so that Markdown shows it as it is.

    It may hold markup, formulas or right-to-left letters; these stay what they are and do not
    reach beyond it.

    >>> plain("<b>[x](y)").strip(ISOLATES)
    '\\<b\\>\\[x\\]\\(y\\)'
    """
    escaped = SPECIAL.sub(r"\\\1", shortened(text, longest))
    return f"{ISOLATES[0]}{escaped}{ISOLATES[1]}"


def unmarked(markdown: str) -> str:
    """Return Markdown with `plain` texts in it as a reader sees it."""
    return re.sub(rf"\\({SPECIAL.pattern})|[{ISOLATES}]|\*\*", r"\1", markdown)
