"""What `make spark` does around Spark: tables handed over, checked and compared."""

import stat
from types import SimpleNamespace

import duckdb
import pytest

from spark import comparison, inputs
from spark.__main__ import models_that_pair_all_rows, require_java


def node(name="stg_mall__customers", key="customer_id", **columns):
    declared = {
        column: SimpleNamespace(name=column, data_type=data_type, constraints=[])
        for column, data_type in columns.items()
    }
    keys = [SimpleNamespace(type="primary_key", columns=[key])] if key else []
    return SimpleNamespace(alias=name, schema="datasets", columns=declared, constraints=keys)


MALL = node(customer_id="varchar", age="integer")


def write(folder, sql, each=MALL, generation="20260101"):
    path = inputs.path_of(folder, each)
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(
        f"copy ({sql}) to '{path}' (format parquet, kv_metadata {{generation_id: '{generation}'}})"
    ).fetchall()
    return path


def test_tables_that_are_as_declared_pass(tmp_path):
    write(tmp_path, "select 'a' as customer_id, 30::integer as age")
    inputs.check(tmp_path, [MALL])
    assert inputs.generation_of(tmp_path, [MALL]) == "20260101"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select 'a' as customer_id", "the column age is missing; it has customer_id."),
        (
            "select 'a' as customer_id, 'x' as age",
            "the column age is varchar, and must be integer: cast it.",
        ),
        (
            "select null::varchar as customer_id, 30::integer as age",
            "the key customer_id is null in 1 rows: give each a value or leave it out.",
        ),
    ],
)
def test_a_table_that_is_not_as_declared_stops_in_one_line(tmp_path, sql, said):
    path = write(tmp_path, sql)
    with pytest.raises(inputs.InputError) as error:
        inputs.check(tmp_path, [MALL])
    assert str(error.value) == f"{path}: {said}"


def test_a_table_that_is_not_there_is_named(tmp_path):
    with pytest.raises(
        inputs.InputError, match=r"stg_mall__customers\.parquet is not there: export"
    ):
        inputs.check(tmp_path, [MALL])


def test_tables_of_two_generations_do_not_go_together(tmp_path):
    model = node("fit_segments", key=None, dataset="varchar")
    write(tmp_path, "select 'a' as customer_id, 30::integer as age")
    write(tmp_path, "select 'mall' as dataset", model, generation="20250101")
    with pytest.raises(
        inputs.InputError,
        match="fit_segments is of generation 20250101, and others are of 20260101",
    ):
        inputs.check(tmp_path, [MALL, model])


def test_a_warehouse_that_was_never_built_says_what_to_run(tmp_path):
    with pytest.raises(inputs.InputError, match="is not there: run `make build`"):
        inputs.export(tmp_path / "build.duckdb", tmp_path / "inputs", [])


def test_no_java_and_another_java_are_said_in_one_line(tmp_path, monkeypatch):
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(inputs.InputError, match=r"Spark needs Java 17 or 21, and .* cannot be run"):
        require_java()
    program.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_412\"' >&2\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(
        inputs.InputError, match=r"needs Java 17 or 21, and .*java is 8: set JAVA_HOME"
    ):
        require_java()
    program.write_text("#!/bin/sh\necho 'openjdk version \"17.0.15\"' >&2\n")
    require_java()


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        opened.execute(
            "create table here as select id, n, x::double as x, xs::double[] as xs from (values"
            " ('a', 1, 0.5, [0.25, 0.5]), ('b', 2, null, [1.0, 2.0])) as t (id, n, x, xs)"
        )
        opened.execute("create table there as select n, id, x, xs from here")
        yield opened


@pytest.mark.parametrize("key", [["id"], []])
@pytest.mark.parametrize(
    ("change", "only_here", "only_there", "columns"),
    [
        ("select 1", 0, 0, {}),
        ("update there set x = x + 1e-10, xs = [0.25 + 1e-10, 0.5] where id = 'a'", 0, 0, {}),
        ("update there set x = x + 1e-8 where id = 'a'", 0, 0, {"x": 1}),
        ("update there set x = 0 where id = 'b'", 0, 0, {"x": 1}),
        ("update there set xs = [1.0, 2.1] where id = 'b'", 0, 0, {"xs": 1}),
        ("update there set xs = [1.0] where id = 'b'", 0, 0, {"xs": 1}),
        ("delete from there where id = 'b'", 1, 0, {}),
        ("insert into there from there where id = 'b'", 0, 1, {}),
    ],
)
def test_tables_are_compared_both_ways(connection, key, change, only_here, only_there, columns):
    connection.execute(change)
    found = comparison.compare(connection, "t", "here", "there", key)
    assert (found.only_here, found.only_there, found.columns) == (only_here, only_there, columns)
    assert found.is_equal == (not (only_here or only_there or columns))


def test_whole_numbers_and_texts_must_be_equal(connection):
    connection.execute("update there set n = 3 where id = 'b'")
    assert comparison.compare(connection, "t", "here", "there", ["id"]).columns == {"n": 1}
    # Without a key, what is exact pairs rows.
    found = comparison.compare(connection, "t", "here", "there")
    assert (found.only_here, found.only_there) == (1, 1)
    assert "t" in comparison.as_text([found])
    assert "1 rows only on DuckDB, 1 rows only on Spark" in comparison.as_text([found])


def test_what_may_differ_is_left_out_and_what_is_missing_is_named(connection):
    connection.execute("update there set n = 3")
    assert comparison.compare(connection, "t", "here", "there", ["id"], ["n"]).is_equal
    connection.execute("alter table there drop column x")
    with pytest.raises(ValueError, match="t lacks the columns x on Spark"):
        comparison.compare(connection, "t", "here", "there", ["id"])


@pytest.mark.parametrize("join", ["CartesianProduct", "BroadcastNestedLoopJoin BuildRight, Cross"])
def test_a_scorer_that_pairs_all_rows_with_all_rows_is_named(join):
    def explained(sql):
        plan = join if "cross join" in sql else "BroadcastHashJoin [dataset], [dataset], Inner"
        return SimpleNamespace(collect=lambda: [[f"== Physical Plan ==\n{plan}"]])

    models = [
        SimpleNamespace(
            name=name, original_file_path=f"models/{folder}/{name}.sql", compiled_code=sql
        )
        for name, folder, sql in [
            ("good_scores", "sales/scoring", "from a inner join b using (dataset)"),
            ("bad_scores", "sales/scoring", "from a cross join b"),
            ("not_a_scorer", "sales/marts", "from a cross join b"),
        ]
    ]
    assert models_that_pair_all_rows(SimpleNamespace(sql=explained), models) == ["bad_scores"]
