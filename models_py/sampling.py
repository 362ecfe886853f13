"""Which rows a fit takes where there are more than it needs; all rows are scored."""

from functools import reduce

from duckdb import DuckDBPyRelation

SPLITS = ("train", "holdout", "new")


def first_by_md5(rows: DuckDBPyRelation, key: str, max_keys: int) -> DuckDBPyRelation:
    """Return all rows of at most so many keys, those whose md5 comes first.

    The same keys are drawn whatever the order of the rows, and most of them again when rows are
    added. Nothing is read before the result is.

    Parameters
    ----------
    rows : DuckDBPyRelation of shape (n_rows, n_columns)
        One or more rows per key.
    key : str
        Name of the column by which rows belong together; text.
    max_keys : int
        Keys that are kept, from 1.
    """
    kept = rows.project(key).distinct().order(f"md5({key}), {key}").limit(max_keys)
    return rows_of(rows, kept, key)


def rows_of(rows: DuckDBPyRelation, kept: DuckDBPyRelation, key: str) -> DuckDBPyRelation:
    """Return the rows whose key, one or more columns with commas between them, another has."""
    return rows.join(kept.set_alias("kept"), key, how="semi")


def first_of_each_split(rows: DuckDBPyRelation, key: str, max_keys: int) -> DuckDBPyRelation:
    """Return the rows of at most so many keys of each part, by `first_by_md5`.

    Parameters
    ----------
    rows : DuckDBPyRelation of shape (n_rows, n_columns)
        With a column `split`: 'train', 'holdout' or 'new'. Few rows may be of the training part.
    key, max_keys
        As in `first_by_md5`.
    """
    parts = [first_by_md5(rows.filter(f"split = '{each}'"), key, max_keys) for each in SPLITS]
    return reduce(DuckDBPyRelation.union, parts)
