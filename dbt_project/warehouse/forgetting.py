"""Forget a person: what is published and kept is written anew, and intake skips them."""

import csv
import functools
import hashlib
import io
import json
import os
import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from warehouse import intake, modes, parquet_sets, people, publishing, reports
from warehouse.generation_file import BrokenFileError, explained, identifier, literal

FORGOTTEN_NAME = "forgotten.csv"
KEY_NAME = "forgotten.key"
HEADER = ["kind", "source", "digest"]
KEYED = "blake2b"
# The first version's digests have no key and no source: they hold for the id in every source.
UNKEYED = "sha256"


# What the first version put in the place of an id.
UNKEYED_MARK = r"\(forgotten [0-9a-f]{12}\)"
EVERY_SOURCE = "all"
# What a killed build, a killed forget or DuckDB's spilling leaves, and the working file.
LEFTOVERS = (
    "build.duckdb",
    "build.duckdb.wal",
    "*.next.duckdb",
    "*.next.duckdb.wal",
    "*.next.html",
    "*.duckdb.tmp",
    "generations/*.duckdb.tmp",
    "forgotten.*.next",
)


OWN_NAMES = (FORGOTTEN_NAME, KEY_NAME, "build.lock", reports.REPORT_NAME)


class ForgettingError(RuntimeError):
    """Why somebody cannot be forgotten, or is not known to be; one line for the user."""


@dataclass(frozen=True)
class Forgotten:
    """Everybody who was forgotten, known by digests alone.

    Attributes
    ----------
    key : bytes
        The secret without which a digest tells nothing; empty where nobody was forgotten yet.
    digests : frozenset of (kind, source, digest)
        The rows of `forgotten.csv`.
    """

    key: bytes
    digests: frozenset[tuple[str, str, str]]

    def holds(self, source: str, person_id: str) -> bool:
        """Return whether a person of a source was forgotten; the id may be in any form."""
        return self._holds_each(source, pa.array([person_id]))[0].as_py()

    def holds_each(self, sources: pa.Array, ids: pa.Array) -> pa.BooleanArray:
        """Return whether each person was forgotten; a null is nobody."""
        held = pa.scalar(False)
        for source in pc.unique(sources).to_pylist():
            held = pc.or_(held, pc.and_(pc.equal(sources, source), self._holds_each(source, ids)))
        return held

    def holds_line(self, source: str, line: str) -> bool:
        """Return whether a line that cannot be split names somebody who was forgotten."""
        fields = pa.array(fields_of(line), pa.string())
        return pc.any(self._holds_each(source, fields), min_count=0).as_py()

    def _holds_each(self, source: str, ids: pa.Array) -> pa.BooleanArray:
        texts = normalised(ids)
        held = _are_in(self._known[KEYED, source], texts, digester(self.key, source))
        if unkeyed := self._known[UNKEYED, ""]:
            for form in (ids, texts):
                held = pc.or_(held, _are_in(unkeyed, form, unkeyed_digest))
        return held

    @functools.cached_property
    def _known(self) -> dict[tuple[str, str], set[str]]:
        known = defaultdict(set)
        for kind, source, text in self.digests:
            known[kind, source].add(text)
        return known


def _are_in(known: set[str], ids: pa.Array, digest: Callable[[str], str]) -> pa.BooleanArray:
    return pa.array([t is not None and digest(t) in known for t in ids.to_pylist()], pa.bool_())


@dataclass
class Rewritten:
    """What forgetting did to one file: rows removed, and rows in which a value was replaced."""

    path: Path
    removed: int = 0
    masked: int = 0


@dataclass
class Outcome:
    """What forgetting did.

    Attributes
    ----------
    sources : list of str
        Sources in which the person is forgotten from now on.
    found : set of str
        Sources of which something published or kept held the person.
    was_forgotten : bool
        Whether the person had been forgotten in all of `sources` before.
    files : list of Rewritten
        One entry per DuckDB file that was written anew.
    untouched : list of Path
        Files in the warehouse folder that are no part of it, and may hold anything.
    """

    sources: list[str]
    found: set[str]
    was_forgotten: bool
    files: list[Rewritten]
    untouched: list[Path]


def normalised(ids: Any) -> Any:
    """Return ids in the one form in which they are compared, as intake gives it to them.

    Blanks, tabs and no-break spaces around an id do not count, and 17850.0 is 17850.

    Parameters
    ----------
    ids : Array or str
        Texts; a null stays null.

    Returns
    -------
    Array or StringScalar
    """
    return pc.replace_substring_regex(pc.utf8_trim(ids, " \t\xa0"), r"^([+-]?[0-9]+)\.0*$", r"\1")


def digester(key: bytes, source: str) -> Callable[[str], str]:
    """Return the function that makes keyed digests (BLAKE2b, RFC 7693) of a source's ids."""
    # A build asks for millions of ids: what they have in common is digested once.
    begun = hashlib.blake2b(f"{source}\0".encode(), key=key, digest_size=32)

    def digest(person_id: str) -> str:
        whole = begun.copy()
        whole.update(person_id.encode())
        return whole.hexdigest()

    return digest


def unkeyed_digest(person_id: str) -> str:
    """Return the digest of an id that the first version kept."""
    return hashlib.sha256(person_id.encode()).hexdigest()


def fields_of(line: str) -> list[str]:
    """Return whatever in a raw line can be an id: of JSON its values, else fields in every dialect.

    Lines that cannot be split are cut at every delimiter and quote as well; those that are given as
    Latin-1, because a byte is no UTF-8, are also read as the UTF-8 that the rest of them is.
    """
    found = set(re.split(r'[,;\t|"\n]+', line))
    for delimiter in intake.DELIMITERS:
        plain_or_quoted = rf'(?:^|[{delimiter}])([ \t\xa0]*"(?:[^"]|"")*"|[^{delimiter}]*)'
        found |= {_unquoted(field) for field in re.findall(plain_or_quoted, line)}
    with suppress(ValueError, RecursionError):
        found |= set(_texts(json.loads(line, parse_int=str, parse_float=str)))
    with suppress(UnicodeError):
        if not line.isascii():
            found |= set(fields_of(line.encode("latin-1").decode("utf-8", "replace")))
    return sorted(found - {""})


def _unquoted(field: str) -> str:
    text = field.strip(" \t\xa0")
    return text[1:-1].replace('""', '"') if re.fullmatch(r'"[\s\S]*"', text) else text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


@functools.cache
def sources_of_people() -> list[str]:
    """Return the sources whose rows are of people: a raw column of theirs is declared `person`."""
    return [
        path.parent.name
        for path in sorted((intake.MODELS / "datasets").glob("*/_*__sources.yml"))
        if any(c.get("person") for c in intake.declared_table(path.parent.name)["columns"])
    ]


def read_forgotten(folder: Path) -> Forgotten:
    """Return everybody who was forgotten in a warehouse folder.

    Raises
    ------
    ForgettingError
        If the file cannot be understood, or the key to its digests is gone: builds must not go on
        as if nobody had been forgotten.
    """
    path = folder / FORGOTTEN_NAME
    if not path.exists():
        return Forgotten(_read_key(folder), frozenset())
    try:
        header, *rows = csv.reader(path.read_text(encoding="ascii").splitlines())
        if header == [UNKEYED]:
            rows = [(UNKEYED, "", text) for (text,) in rows]
        elif header != HEADER:
            raise ValueError
        digests = frozenset((kind, source, text) for kind, source, text in rows)
    except ValueError as error:
        raise ForgettingError(
            f"{path} is not as make forget writes it: put it back from a backup."
        ) from error
    key = _read_key(folder)
    if not key and any(kind == KEYED for kind, _, _ in digests):
        raise ForgettingError(
            f"{folder / KEY_NAME} is missing or broken, and only with it can {FORGOTTEN_NAME} tell"
            " who was forgotten: put it back from a backup."
        )
    return Forgotten(key, digests)


def _read_key(folder: Path) -> bytes:
    with suppress(FileNotFoundError, ValueError):
        key = bytes.fromhex((folder / KEY_NAME).read_text(encoding="ascii"))
        if len(key) == 32:
            return key
    return b""


def forget(folder: Path, person_id: str, source: str | None = None) -> Outcome:
    """Remove a person from the state, the kept generations and the inputs of builds to come.

    A file is written anew without the person and put in the place of the old one, because rows that
    are deleted in a DuckDB file leave their bytes in it. Doing it again after a crash is safe.

    Parameters
    ----------
    folder : Path
        The warehouse folder, whose lock the caller holds, with something published or kept in it.
    person_id : str
        Key of a customer, lead or user, in any form that intake makes the same key of.
    source : str, optional
        Whose key it is; 'all' means every source. It can be left out where one source alone holds
        the id.

    Returns
    -------
    Outcome

    Raises
    ------
    ForgettingError, GenerationFileError
        If nothing was done, and why.
    OSError, duckdb.Error
        If a file cannot be written; those before it are done.
    """
    known_sources = sources_of_people()
    person_id = normalised(person_id).as_py()
    if source and source not in (*known_sources, EVERY_SOURCE):
        raise ForgettingError(
            f"SOURCE={source} is no source: use {', '.join(known_sources)} or {EVERY_SOURCE}."
        )
    publishing.settle(folder)
    files = warehouse_files(folder)
    forgotten = read_forgotten(folder)
    by_key, in_text = _sources_of(files, folder, person_id)
    known = {each for each in known_sources if forgotten.holds(each, person_id)}
    # A field of raw text can be anything: it tells whose id this is where no key does.
    sources = _chosen(source, by_key or in_text, known, folder)
    found = by_key | in_text.intersection(sources)
    was_forgotten = known.issuperset(sources)
    _remember(folder, forgotten, sources, person_id)
    for pattern in LEFTOVERS:
        for path in folder.glob(pattern):
            parquet_sets.clear(path)
    rewritten = []
    # Where nothing holds the person, nothing is touched; unless a crash came between two files.
    if found.intersection(sources) or was_forgotten:
        rewritten = [_rewrite(path, folder, person_id, sources) for path in files]
        _rewrite_parquet(folder, files)
        reports.rewrite(folder / publishing.PUBLISHED_NAME, folder)
    return Outcome(sources, found, was_forgotten, rewritten, _strangers(folder, files))


def warehouse_files(folder: Path) -> list[Path]:
    """Return the kept generations and the published one, those that exist."""
    published = folder / publishing.PUBLISHED_NAME
    return publishing.generations(folder) + ([published] if published.exists() else [])


def _chosen(source: str | None, found: set[str], known: set[str], folder: Path) -> list[str]:
    """Return the sources in which to forget: the one asked for, or the only one that holds it."""
    if source:
        return sources_of_people() if source == EVERY_SOURCE else [source]
    if known == set(sources_of_people()):
        # Forgotten in all sources at once, as the first version did.
        return sorted(found or known)
    candidates = sorted(found | known)
    if len(candidates) > 1:
        raise ForgettingError(
            f"people of {' and '.join(candidates)} have this id: say whom you mean by"
            f" {' or '.join(f'SOURCE={each}' for each in (*candidates, EVERY_SOURCE))}."
        )
    if not candidates:
        raise ForgettingError(
            f"nothing that is published or kept in {folder} holds this id; if it is in a raw file"
            f" only, say whose it is (SOURCE={' or '.join(sources_of_people())}), and builds leave"
            " it out."
        )
    return candidates


def _remember(folder: Path, forgotten: Forgotten, sources: list[str], person_id: str) -> None:
    key = forgotten.key or secrets.token_bytes(32)
    if not forgotten.key:
        _write_private(folder / KEY_NAME, key.hex() + "\n")
    new = {(KEYED, source, digester(key, source)(person_id)) for source in sources}
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *sorted(forgotten.digests | new)])
    _write_private(folder / FORGOTTEN_NAME, text.getvalue())


def _write_private(path: Path, text: str) -> None:
    """Put a file that only its owner reads in the place of the one there, in one durable step."""
    temporary = path.with_name(f"{path.name}.next")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    parquet_sets.sync(temporary)
    os.replace(temporary, path)
    parquet_sets.sync(path.parent)


def _rewrite_parquet(folder: Path, files: list[Path]) -> None:
    sets = folder / publishing.PARQUET_NAME
    if sets.exists():
        for path in files:
            parquet_sets.rewrite(path, sets, publishing.generation_of(path))
        parquet_sets.keep_only(sets, [publishing.generation_of(path) for path in files])


def _strangers(folder: Path, files: list[Path]) -> list[Path]:
    """Return the files in the folder that are no part of the warehouse."""
    own = {*files, *(folder / name for name in OWN_NAMES)}
    sets = folder / publishing.PARQUET_NAME
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path not in own and not path.is_relative_to(sets)
    )


@contextmanager
def _opened(
    path: Path, folder: Path, is_person: Callable[[pa.Array], pa.Array]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a file as `old`, with two functions that tell the person; ids never are SQL's text."""
    config = {
        "memory_limit": os.environ.get("DUCKDB_MEMORY_LIMIT", "1600MB"),
        "temp_directory": str(folder / "forget.duckdb.tmp"),
    }

    def names_person(line: str) -> bool:
        fields = normalised(pa.array(fields_of(line), pa.string()))
        return pc.any(is_person(fields), min_count=0).as_py()

    with duckdb.connect(config=config) as connection:
        connection.create_function(
            "is_person",
            lambda ids: is_person(normalised(ids)),
            ["VARCHAR"],
            "BOOLEAN",
            type="arrow",
        )
        connection.create_function("names_person", names_person, ["VARCHAR"], "BOOLEAN")
        connection.execute(f"attach {literal(path)} as old (read_only)")
        yield connection


@dataclass
class _Table:
    """A table of `old`: its columns with their types, and where it holds people."""

    schema: str
    name: str
    columns: dict[str, str]
    people: people.Places

    @property
    def relation(self) -> str:
        return f"{identifier(self.schema)}.{identifier(self.name)}"


def _tables(connection: duckdb.DuckDBPyConnection) -> list[_Table]:
    """Return the tables of `old`; one that says nothing of its columns is an older generation's."""
    columns = connection.execute(
        "select schema_name, table_name, map_from_entries("
        "    list((column_name, data_type) order by column_index))"
        " from duckdb_columns() semi join duckdb_tables()"
        " using (database_name, schema_name, table_name)"
        " where database_name = 'old' group by all order by all"
    ).fetchall()
    declared = defaultdict(list)
    if any((schema, table) == people.DECLARED for schema, table, _ in columns):
        for schema, table, *said in connection.execute(
            "select schema_name, table_name, column_name, sources, declared"
            f" from old.{'.'.join(people.DECLARED)}"
        ).fetchall():
            declared[schema, table].append(said)
    return [
        _Table(
            schema, table, types, people.places_of(said) if said else people.guessed(table, types)
        )
        for schema, table, types in columns
        for said in [declared[schema, table]]
    ]


def _sources_of(files: list[Path], folder: Path, person_id: str) -> tuple[set[str], set[str]]:
    """Return the sources of which a file holds the person by key, and in the text of a raw row."""
    by_key: set[str] = set()
    in_text: set[str] = set()
    for path in files:
        try:
            with _opened(path, folder, lambda ids: pc.equal(ids, person_id)) as connection:
                for table in _tables(connection):
                    holding = _sources_in(connection, table)
                    (in_text if table.people.raw_rows else by_key).update(holding)
        except duckdb.Error as error:
            reason = explained(path, error)
            is_broken = isinstance(reason, BrokenFileError)
            way_out = " Move it out of the warehouse and run this again." if is_broken else ""
            raise ForgettingError(f"{reason}{way_out}") from error
    return by_key, in_text


def _sources_in(connection: duckdb.DuckDBPyConnection, table: _Table) -> list[str]:
    """Return the sources of which a table holds the person."""
    places = {each: _places([each], table) for each in sources_of_people()}
    sources = [each for each, place in places.items() if place]
    if not sources:
        return []
    holds = [f"bool_or({places[each].rows} or {places[each].changed})" for each in sources]
    (found,) = connection.execute(
        f"select [{', '.join(holds)}] from old.{table.relation}"
    ).fetchone()
    return [each for each, held in zip(sources, found, strict=True) if held]


@dataclass
class _Places:
    """Where a table holds the person.

    `rows` is SQL that is true for rows that go; `values` gives SQL of what a column becomes in
    rows that stay. Both are empty where a table has no place for persons.
    """

    rows: str
    values: dict[str, str]

    def __bool__(self) -> bool:
        return self.rows != "false" or bool(self.values)

    @property
    def changed(self) -> str:
        """SQL that is true where a value becomes another one."""
        news = (f"{new} is distinct from {identifier(c)}" for c, new in self.values.items())
        return " or ".join(["false", *news])


def _places(held: list[str], table: _Table) -> _Places:
    """Return where a table holds the person as one of the people of these sources."""
    rows, values = [], {}
    for source in held:
        own = _own_rows(source, table.people)
        for column, new in _values_without(source, own, table):
            values[column] = new(values.get(column, identifier(column)))
        rows += _key_tests(source, own, table)
    return _Places(" or ".join(rows) or "false", values)


def _own_rows(source: str, places: people.Places) -> str:
    """Return SQL that is true for rows of a source; a table that says nothing can be of any."""
    if places.source_column:
        return f"coalesce({identifier(places.source_column)} = {literal(source)}, false)"
    return "false" if places.sources and source not in places.sources else "true"


def _own_keys(source: str, own: str, table: _Table) -> Iterator[tuple[people.Keys, str]]:
    """Yield the columns in which people of a source can be, and SQL that is true where they are."""
    for keys in table.people.keys:
        if keys.may_be_of(source) and keys.column in table.columns and own != "false":
            tests = (f"{identifier(c)} = {literal(value)}" for c, value in keys.when.items())
            yield keys, " and ".join([own, *(f"coalesce({test}, false)" for test in tests)])


def _key_tests(source: str, own: str, table: _Table) -> Iterator[str]:
    """Yield SQL that is true where a column of persons' keys holds the person."""
    for keys, applies in _own_keys(source, own, table):
        if not keys.field and not table.columns[keys.column].endswith("[]"):
            test = f"is_person({identifier(keys.column)}::varchar)"
            yield f"{applies} and coalesce({test}, false)"


def _values_without(
    source: str, own: str, table: _Table
) -> Iterator[tuple[str, Callable[[str], str]]]:
    """Yield columns that hold persons inside their values, and SQL of the value without them.

    That SQL is a function of the SQL of the value in all other rows.
    """
    if own == "false":
        return

    def replaced(applies: str, new: str) -> Callable[[str], str]:
        return lambda old: f"case when {applies} then {new} else {old} end"

    for column in table.people.raw_rows:
        forgotten = f"case when names_person({column}) then '(forgotten)' else {column} end"
        yield column, replaced(own, forgotten)
    for keys, applies in _own_keys(source, own, table):
        column = identifier(keys.column)
        if keys.field:
            stays = f"not coalesce(is_person(s.{identifier(keys.field)}), false)"
            yield keys.column, replaced(applies, f"list_filter({column}, lambda s: {stays})")
        elif table.columns[keys.column].endswith("[]"):
            stays = f"list_transform({column}, lambda id: not coalesce(is_person(id), false))"
            yield keys.column, replaced(applies, f"list_where({column}, {stays})")
            for beside, field in keys.parallel.items():
                part = identifier(field)
                yield (
                    beside,
                    replaced(
                        applies,
                        f"list_transform({identifier(beside)}, lambda s:"
                        f" case when len(s.{part}) = len({column})"
                        f" then struct_update(s, {part} := list_where(s.{part}, {stays}))"
                        " else s end)",
                    ),
                )


def _count(connection: duckdb.DuckDBPyConnection, relation: str, place: _Places) -> tuple[int, int]:
    """Return how many rows of a table go, and how many of the others lose a value."""
    return connection.execute(
        f"select count(*) filter (where {place.rows}),"
        f" count(*) filter (where not ({place.rows}) and ({place.changed})) from old.{relation}"
    ).fetchone()


def _rewrite(path: Path, folder: Path, person_id: str, held: list[str]) -> Rewritten:
    done, temporary = Rewritten(path), publishing.next_path(folder)

    def is_person(ids: pa.Array) -> pa.Array:
        return pc.or_(pc.equal(ids, person_id), pc.match_substring_regex(ids, f"^{UNKEYED_MARK}$"))

    with modes.private_files(), _opened(path, folder, is_person) as connection:
        connection.execute(f"attach {literal(temporary)} as new (storage_version 'v1.2.0')")
        for table in _tables(connection):
            place = _places(held, table)
            removed, masked = _count(connection, table.relation, place) if place else (0, 0)
            done.removed += removed
            done.masked += masked
            connection.execute(f"create schema if not exists new.{identifier(table.schema)}")
            _copy(connection, table.relation, place)
        for statement in (*_comments(connection), "checkpoint new", "detach new"):
            connection.execute(statement)
    modes.publish_file(temporary, path)
    parquet_sets.sync(temporary)
    os.replace(temporary, path)
    parquet_sets.sync(path.parent)
    return done


def _copy(connection: duckdb.DuckDBPyConnection, relation: str, place: _Places) -> None:
    values = [f"{new} as {identifier(column)}" for column, new in place.values.items()]
    replaced = f"replace ({', '.join(values)})" if values else ""
    connection.execute(
        f"create table new.{relation} as"
        f" select * {replaced} from old.{relation} where not ({place.rows})"
    )


def _comments(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the statements that give the tables and columns of `new` the comments of `old`."""
    tables = connection.execute(
        "select schema_name, table_name, null, comment from duckdb_tables()"
        " where database_name = 'old' and comment is not null"
        " union all"
        " select schema_name, table_name, column_name, comment from duckdb_columns()"
        " where database_name = 'old' and comment is not null"
    ).fetchall()
    return [
        f"comment on {'table' if column is None else 'column'} new."
        + ".".join(identifier(part) for part in (schema, table, column) if part is not None)
        + f" is {literal(comment)}"
        for schema, table, column, comment in tables
    ]
