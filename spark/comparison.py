"""Whether two engines built the same tables: both ways, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

# Relative to the larger figure, and absolute below 1.
TOLERANCE = 1e-9
FLOATS = ("DOUBLE", "FLOAT")


@dataclass
class Comparison:
    """How two tables differ: rows that one side lacks, and by column the rows that differ."""

    table: str
    rows: int
    other_rows: int
    only_here: int
    only_there: int
    columns: dict[str, int] = field(default_factory=dict)
    largest_difference: float = 0.0

    @property
    def is_equal(self) -> bool:
        """Whether every row is on both sides with equal values."""
        return not (self.only_here or self.only_there or any(self.columns.values()))


def compare(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    here: str,
    there: str,
    key: Sequence[str] = (),
    ignored: Sequence[str] = (),
) -> Comparison:
    """Compare two relations row by row.

    Parameters
    ----------
    here, there
        Relations as SQL names them. `there` has the columns of `here`, in any order and of types
        that can be cast to its.
    key
        Columns by which rows are paired. Without a key, rows are paired by all columns but
        floating figures and lists, and rows alike in these by the order of their figures.
    ignored
        Columns that may differ: clocks, and numbers that engines give freely.

    Returns
    -------
    Comparison
        Floating figures count as equal within 1e-9 of the larger one (or of 1), alone and in
        lists; everything else must be equal.
    """
    described = connection.execute(f"describe from {here}").fetchall()
    types = {name: data_type for name, data_type, *_ in described if name not in ignored}
    missing = types.keys() - {
        name for name, *_ in connection.execute(f"describe from {there}").fetchall()
    }
    if missing:
        raise ValueError(f"{table} lacks the columns {', '.join(sorted(missing))} on Spark.")
    exact = [name for name, kind in types.items() if kind not in FLOATS and not _is_nested(kind)]
    has_key = bool(key) and not set(key) & set(ignored)
    paired_by = list(key) if has_key else exact
    ranked_by = [] if has_key else [name for name, kind in types.items() if kind in FLOATS]
    values = [name for name in types if name not in paired_by]
    sides = []
    for relation in (here, there):
        casts = ", ".join(f'"{name}"::{kind} as "{name}"' for name, kind in types.items())
        ordinal = "row_number() over (partition by {} order by {})".format(
            ", ".join(f'"{name}"' for name in paired_by) or "1",
            ", ".join(f'"{name}"' for name in ranked_by) or "1",
        )
        sides.append(f"(select *, {ordinal} as _n from (select {casts} from {relation}))")
    pairing = " and ".join(
        [f'a."{name}" is not distinct from b."{name}"' for name in paired_by] + ["a._n = b._n"]
    )
    differing = [f"count(*) filter (where {_differs(name, types[name])})" for name in values]
    distances = [_distance(name) for name in values if types[name] in FLOATS]
    both = "a._n is not null and b._n is not null"
    rows, other_rows, only_here, only_there, largest, *counts = connection.execute(
        f"""
        select
            count(a._n), count(b._n),
            count(*) filter (where b._n is null), count(*) filter (where a._n is null),
            coalesce(max(greatest({", ".join([*distances, "0"])})) filter (where {both}), 0)
            {"".join(f", {each}" for each in differing)}
        from {sides[0]} as a full join {sides[1]} as b on {pairing}
        """
    ).fetchone()
    columns = {name: count for name, count in zip(values, counts, strict=True) if count}
    return Comparison(table, rows, other_rows, only_here, only_there, columns, largest)


def _is_nested(kind: str) -> bool:
    return kind.endswith("]") or kind.startswith(("STRUCT", "MAP"))


def _distance(name: str) -> str:
    return (
        f'coalesce(abs(a."{name}" - b."{name}") / greatest(1, abs(a."{name}"), abs(b."{name}")), 0)'
    )


def _differs(name: str, kind: str) -> str:
    both = "a._n is not null and b._n is not null"
    is_distinct = f'a."{name}" is distinct from b."{name}"'
    if kind in FLOATS:
        is_close = (
            f'abs(a."{name}" - b."{name}") <= {TOLERANCE}'
            f' * greatest(1, abs(a."{name}"), abs(b."{name}"))'
        )
    elif kind in [f"{each}[]" for each in FLOATS]:
        pairs = f'list_zip(a."{name}", b."{name}")'
        is_close = (
            f'len(a."{name}") = len(b."{name}") and len(list_filter({pairs},'
            f" lambda z: (z[1] is null) != (z[2] is null) or abs(z[1] - z[2])"
            f" > {TOLERANCE} * greatest(1, abs(z[1]), abs(z[2])))) = 0"
        )
    else:
        is_close = "false"
    return f"{both} and {is_distinct} and not coalesce({is_close}, false)"


def as_text(comparisons: Sequence[Comparison]) -> str:
    """Return comparisons as a table of text, a line each."""
    lines = [f"{'table':<48}{'rows':>10}{'on Spark':>10}  largest difference, and what differs"]
    for each in comparisons:
        said = [f"{each.only_here} rows only on DuckDB"] if each.only_here else []
        said += [f"{each.only_there} rows only on Spark"] if each.only_there else []
        said += [f"{name} in {count} rows" for name, count in each.columns.items()]
        lines.append(
            f"{each.table:<48}{each.rows:>10}{each.other_rows:>10}"
            f"  {each.largest_difference:.1e}  {', '.join(said)}".rstrip()
        )
    return "\n".join(lines)
