"""Where tables hold keys of people: as YAML declares, and as it travels with a published file."""

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from dbt.clients.yaml_helper import safe_load

DECLARED = ("monitoring", "published_columns")
"""The table in which a generation says what its columns hold."""

SHARED = Path(__file__).parents[1] / "columns.yml"
DECLARATIONS = (
    "source",
    "person",
    "when",
    "field",
    "parallel",
    "raw_row",
    "raw_column",
    "value_of",
)
"""What is declared of a column: `dbt_project/columns.yml` says what each means."""

MAY_BE_A_KEY = re.compile(r"(^|_)(id|ids|key|keys|email|emails)$")
FIELD_MAY_BE_A_KEY = re.compile(r"\b(\w+_(?:id|key|email))\b\s+varchar", re.IGNORECASE)

# What generations without declarations name the keys of each source's people.
FORMER_KEYS = {
    "ecommerce": "customer_id",
    "leads": "lead_id",
    "mall": "customer_id",
    "ratings": "user_id",
    "retail": "customer_id",
}


@dataclasses.dataclass(frozen=True)
class Keys:
    """A column that holds keys of people.

    Attributes
    ----------
    column : str
        Its name.
    sources : tuple of str or None
        Whose people they are; None where the row or the table says so.
    field : str or None
        Where the column is a list of structs, the field that holds the key.
    when : mapping of str to str
        Columns and the values that they have in rows where this one holds people.
    parallel : mapping of str to str
        Columns that are lists of structs, and a field in them that runs parallel to this list.
    """

    column: str
    sources: tuple[str, ...] | None = None
    field: str | None = None
    when: Mapping[str, str] = dataclasses.field(default_factory=dict)
    parallel: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def may_be_of(self, source: str) -> bool:
        """Return whether people of a source can be in the column."""
        return self.sources is None or source in self.sources


@dataclasses.dataclass(frozen=True)
class Places:
    """Where a table holds people.

    Attributes
    ----------
    source_column : str or None
        The column that names the source of a row.
    sources : tuple of str
        Where there is no such column, the sources that the table is of; none: it may be any.
    keys : tuple of Keys
        Columns of keys.
    raw_rows : tuple of str
        Columns of raw rows as text.
    """

    source_column: str | None
    sources: tuple[str, ...]
    keys: tuple[Keys, ...]
    raw_rows: tuple[str, ...]


@cache
def shared() -> dict[str, dict[str, Any]]:
    """Return what `columns.yml` declares of columns that several tables share."""
    return safe_load(SHARED.read_text(encoding="utf-8"))


def declared(column: str, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return what holds of a column: what its table's YAML says, or else what all tables share."""
    own = {key: meta[key] for key in DECLARATIONS if key in meta}
    return {**shared().get(column, {}), **own}


def published_columns(tables: str, sources: Iterable[str]) -> list[dict[str, Any]]:
    """Return the rows of `monitoring.published_columns`.

    Parameters
    ----------
    tables : str
        JSON: a list of tables with `schema`, `name`, `description`, `tags` and `columns`, each
        with `name`, `description` and `meta`.
    sources : iterable of str
        The data sets of the project; a table's tags name those that it is of.
    """
    return [
        {
            "schema_name": table["schema"],
            "table_name": table["name"],
            "column_name": column["name"],
            "description": column["description"],
            "table_description": table["description"],
            "sources": [source for source in sources if source in table["tags"]],
            "declared": json.dumps(declared(column["name"], column["meta"]), sort_keys=True),
        }
        for table in json.loads(tables)
        for column in table["columns"]
    ]


def undeclared(tables: str) -> list[str]:
    """Return one line for each column that may hold keys of people and does not say whether.

    `tables` is that of `published_columns`; a column may also have its `data_type`.
    """
    return [
        problem
        for table in json.loads(tables)
        for column in table["columns"]
        for problem in problem_of(
            f"{table['name']}.{column['name']}",
            column.get("data_type") or "",
            declared(column["name"], column["meta"]),
        )
    ]


def problem_of(name: str, data_type: str, said: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the declaration of a column, if anything is.

    Parameters
    ----------
    name : str
        Of the table and the column, joined by a dot.
    data_type : str
        Type of the column, or nothing.
    said : mapping
        What holds of the column, as `declared` returns it.
    """
    if "person" in said:
        return
    column = name.rpartition(".")[2]
    fields = FIELD_MAY_BE_A_KEY.findall(data_type)
    keys = [field for field in fields if shared().get(field, {}).get("person") is not False]
    if keys or MAY_BE_A_KEY.search(column):
        yield (
            f"{name} may hold keys of people{f' ({keys[0]})' if keys else ''}: declare"
            " 'person: true' or 'person: false' in its config.meta, or make forget cannot find them"
            " there."
        )


def places_of(rows: Iterable[tuple[str, list[str], str]]) -> Places:
    """Return where a table holds people, as it is declared.

    Parameters
    ----------
    rows : iterable of (column_name, sources, declared)
        Of `monitoring.published_columns`, those of the table.
    """
    source_column, table_sources, keys, raw_rows = None, (), [], []
    for column, sources, text in rows:
        said = json.loads(text)
        table_sources = tuple(sources)
        if said.get("source"):
            source_column = column
        if said.get("raw_row"):
            raw_rows.append(column)
        if person := said.get("person"):
            keys.append(
                Keys(
                    column,
                    None
                    if person is True
                    else (person,)
                    if isinstance(person, str)
                    else tuple(person),
                    said.get("field"),
                    said.get("when", {}),
                    said.get("parallel", {}),
                )
            )
    return Places(source_column, table_sources, tuple(keys), tuple(raw_rows))


def guessed(table: str, columns: Mapping[str, str]) -> Places:
    """Return where a table of a generation without declarations holds people, by its names.

    Parameters
    ----------
    table : str
        Its name.
    columns : mapping of str to str
        The types of its columns by name.
    """
    source_column = next(
        (
            column
            for column in ("dataset", *(["source"] if "raw_row" in columns else []))
            if column in columns
        ),
        None,
    )
    keys = []
    for key in dict.fromkeys(FORMER_KEYS.values()):
        sources = tuple(source for source in FORMER_KEYS if FORMER_KEYS[source] == key)
        if not source_column:
            # The table's name says it where several sources use the same key.
            named = tuple(source for source in sources if source in table.split("_"))
            sources = named or sources
        if key in columns:
            keys += [Keys(each, sources) for each in (key, "neighbour_id") if each in columns]
        if {"entity", "entity_id"} <= columns.keys():
            keys.append(Keys("entity_id", sources, when={"entity": key.removesuffix("_id")}))
        if columns.get(f"{key}s") == "VARCHAR[]":
            parallel = {"candidates": "labels"} if "candidates" in columns else {}
            keys.append(Keys(f"{key}s", sources, parallel=parallel))
        for column, data_type in columns.items():
            if re.match(rf"STRUCT\(.*\b{key} VARCHAR.*\)\[\]$", data_type):
                keys.append(Keys(column, sources, field=key))
    return Places(source_column, (), tuple(keys), ("raw_row",) if "raw_row" in columns else ())
