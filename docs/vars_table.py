"""Write the README's table of vars: from dbt_project.yml, and what may be given from vars.yml."""

import json
import re
import sys
from itertools import groupby
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "dbt_project"))
from warehouse import variables  # noqa: E402

TABLE = re.compile(r"\| var \| default \| give \| what it does \|\n(?:\|.*\n)+")


def described(project: str) -> list[tuple[str, str]]:
    """Return the vars of a dbt_project.yml, each with the comment above it.

    Vars that follow each other without a comment between them share the one above.
    """
    section = re.search(r"^vars:\n((?:  .*\n|\n)+)", project, re.M)[1]
    found, comment, is_open = [], [], False
    for line in section.splitlines():
        if line.startswith("  # ----"):
            comment = []
        elif line.startswith("  # "):
            comment = [*comment, line[4:]] if is_open else [line[4:]]
            is_open = True
        elif name := re.match(r"  (\w+):", line):
            found.append((name[1], " ".join(comment)))
            is_open = False
    return found


def table(project: str) -> str:
    """Return the table in Markdown: one row for the vars that share a comment."""
    values, schemas = yaml.safe_load(project)["vars"], variables.declaration()
    rows = ["| var | default | give | what it does |", "| --- | --- | --- | --- |"]
    for comment, vars_of_row in groupby(described(project), lambda found: found[1]):
        names = [name for name, _ in vars_of_row]
        cells = (
            ", ".join(f"`{name}`" for name in names),
            _each([f"`{json.dumps(values[name])}`" for name in names]),
            _each([variables.wanted(schemas[name]) for name in names]),
            comment.replace("<", r"\<"),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _each(texts: list[str]) -> str:
    return texts[0] if len(set(texts)) == 1 else "; ".join(texts)


if __name__ == "__main__":
    readme = ROOT / "README.md"
    written = table((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    text = readme.read_text(encoding="utf-8")
    readme.write_text(TABLE.sub(lambda _: written, text), encoding="utf-8")
