"""The charts of the pages as one file that opens without a server: `make report`.

It names nobody: it shows groups, so that it can be sent.
"""

import json
import os
import sys
from base64 import b64encode
from html import escape
from pathlib import Path
from string import Template

import pandas as pd
import vl_convert
import yaml

from dashboard.figures import figure
from dashboard.published import NothingToShowError, Published, opened, published_path
from dashboard.status import status
from dashboard.words import unmarked

NAME = "customer_analytics.html"
PAGE = Template(Path(__file__).with_name("report.html").read_text(encoding="utf-8"))
DECLARED = yaml.safe_load(Path(__file__).with_name("report.yml").read_text(encoding="utf-8"))
TABLE_ROWS = 60
# Pixels of a chart's picture, with room for letters that are wider where it is read.
STILL = {"width": 700, "padding": {"left": 20, "right": 10, "top": 20, "bottom": 5}}


def main() -> None:
    """Write the report of what is published, beside it; or of a file, to another one."""
    database, target = map(
        Path, sys.argv[1:] or (published_path(), published_path().with_name(NAME))
    )
    try:
        write(database, target)
    except NothingToShowError as reason:
        sys.exit(f"No report: {reason}")
    print(f"Report: {target} ({target.stat().st_size / 1e6:.1f} MB)")


def write(database: Path, target: Path) -> None:
    """Write the report of one generation, whole or not at all.

    Raises
    ------
    NothingToShowError
        If the file cannot be read.
    """
    with opened(database) as published:
        text = drawn(published)
    unfinished = target.with_name(f"{target.name}.next")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, target)


def drawn(published: Published) -> str:
    """Return the report as the text of an HTML file."""
    specs: list[dict] = []
    built, problems = status(published)
    changes = _sentences(published)
    sections = {
        title: "".join(_section(published, specs, **each))
        for title, each in DECLARED["sections"].items()
    }
    return PAGE.substitute(
        built=escape(built),
        health=escape("; ".join(problems) or "Last night was healthy"),
        changes="".join(f"<li>{escape(change)}</li>" for change in changes),
        contents="".join(f'<a href="#{_anchor(title)}">{title}</a> ' for title in sections),
        sections="".join(
            f'<section id="{_anchor(title)}"><h2>{title}</h2>{body}</section>'
            for title, body in sections.items()
        ),
        # No text of the data can end the element that it stands in.
        specs=json.dumps(specs).replace("<", "\\u003c"),
        scripts=vl_convert.javascript_bundle().replace("</script", "<\\/script"),
    )


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _sentences(published: Published) -> list[str]:
    try:
        changes = published.frame("report/changes")["change"].tolist()
    except NothingToShowError as reason:
        return [str(reason)]
    return changes or ["Nothing: rows, segments and models are as they were."]


def _section(published: Published, specs: list[dict], datasets: str | None, figures: dict):
    try:
        names = published.frame(datasets)["dataset"].tolist() if datasets else [""]
    except NothingToShowError:
        names = []
    if not names:
        yield "<p>No data set asks for this.</p>"
    for name in names:
        if name:
            yield f"<h3>{escape(name)}</h3>"
        for query, values in figures.items():
            yield _figure(published, specs, query, {**values, "dataset": name})


def _figure(published: Published, specs: list[dict], query: str, values: dict) -> str:
    declared = figure(query)
    try:
        rows = published.frame(query, **values)
    except NothingToShowError as reason:
        return f"<p>{escape(str(reason))}</p>"
    if rows.empty:
        return f"<p>{escape(declared.nothing)}</p>"
    finding, reading = (
        escape(unmarked(declared.says(rows, part))) for part in ("finding", "reading")
    )
    table = _table(declared.tabled(rows.head(TABLE_ROWS)), finding)
    body = f"<p>{reading}</p>" if reading else ""
    if declared.chart:
        spec = {**declared.drawn(rows).to_dict(), "description": f"{unmarked(finding)}"}
        spec["config"] = {**spec.get("config", {}), **DECLARED["look"]}
        specs.append(spec)
        # A picture for readers without scripts, as some mail programs are.
        still = vl_convert.vegalite_to_svg({**spec, **STILL}).encode()
        source = f"data:image/svg+xml;base64,{b64encode(still).decode()}"
        picture = f'<img alt="" loading="lazy" src="{source}">'
        body = (
            f'<div class="chart" role="img" aria-label="{finding}">{picture}</div>{body}'
            f"<details><summary>The same as a table</summary>{table}</details>"
        )
    else:
        body = f"{table}{body}"
    level = "h4" if values["dataset"] else "h3"
    return f"<figure><{level}>{finding}</{level}>{body}</figure>"


def _table(frame: pd.DataFrame, title: str) -> str:
    with pd.option_context("display.max_colwidth", None):
        table = frame.to_html(index=False, border=0, justify="left")
    return f'<div class="table" tabindex="0" role="region" aria-label="{title}">{table}</div>'


if __name__ == "__main__":
    main()
