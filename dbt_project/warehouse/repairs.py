"""Whether more of a source's rows were repaired than its user allows, and what was repaired."""

from typing import Any

import duckdb

from warehouse import containers, intake
from warehouse.generation_file import identifier, literal
from warehouse.raw_rows import relation

UNKNOWN = " is unknown: other"
SHOWN_VALUES = 3
SHOWN_CHARACTERS = 40


def beyond_limit(
    connection: duckdb.DuckDBPyConnection,
    *,
    source: str,
    checked: str,
    limit: float,
    masked: list[str],
) -> list[str]:
    """Return one line for each rule that repaired a larger share of a source's rows than may be.

    Parameters
    ----------
    connection : DuckDBPyConnection
        With the checked rows, and the raw rows where this run reads them.
    source : str
        Name of the source.
    checked : str
        Its checked rows, as SQL.
    limit : float
        The share of kept rows that a rule may repair (the var `max_repaired_share`); a column whose
        YAML declares a `max_repaired_share` has its own.
    masked : list of str
        Columns whose values are shown to nobody.

    Returns
    -------
    list of str
        Source, column, share, and of unknown categories the most frequent values and the seed that
        is to know them.
    """
    columns = {column["name"]: column for column in intake.declared_table(source)["columns"]}
    rules = connection.execute(
        f"""
        with kept as (
            select repairs from {checked} where reject_reason is null and exclusion_rule is null
        ),

        rules as (
            select unnest(string_split(repairs, '; ')) as rule from kept
        )

        select rule, count(*), (select count(*) from kept) from rules group by rule order by rule
        """
    ).fetchall()
    lines = []
    for rule, rows, rows_kept in rules:
        column = columns.get(rule.split(" ")[0], {})
        allowed = column.get("max_repaired_share", limit)
        if rows > allowed * rows_kept:
            share = f"{rows} of {rows_kept} kept rows ({rows / rows_kept:.1%})"
            above = f"more than max_repaired_share {allowed} allows"
            if rule.endswith(UNKNOWN):
                seen = _seen(connection, source, checked, column, rule, masked)
                lines.append(
                    f"{source}: {column['name']} is unknown and became 'other' in {share}, {above};"
                    f" {seen}: add what is missing to"
                    f" seeds/reference/{source}/{source}_category_map.csv."
                )
            else:
                lines.append(
                    f"{source}: the rule '{rule}' repaired {share}, {above}: look at the raw rows,"
                    " or allow more."
                )
    return lines


def _seen(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    checked: str,
    column: dict[str, Any],
    rule: str,
    masked: list[str],
) -> str:
    """Say which values a rule did not know, the most frequent first, unless nobody may see them."""
    if column["name"] in masked or column.get("person"):
        return "its values are not shown"
    name, rows = identifier(column["name"]), relation(source, intake.declared_table(source)["name"])
    values = connection.execute(
        f"""
        select min(raw_rows.{name}), count(*)
        from {checked} as checked
        inner join {rows} as raw_rows using (file, row_number)
        where
            checked.reject_reason is null
            and checked.exclusion_rule is null
            and list_contains(string_split(checked.repairs, '; '), {literal(rule)})
        group by lower(raw_rows.{name})
        order by count(*) desc, lower(raw_rows.{name})
        limit {SHOWN_VALUES}
        """
    ).fetchall()
    if not values:
        # A run that tests what an earlier one has built does not read the raw rows.
        return "a build shows its values"
    shown = ", ".join(f"'{value[:SHOWN_CHARACTERS]}' ({rows})" for value, rows in values)
    return f"most often {containers.one_line(shown)}"
