"""Files of generations, as publishing finds them after crashes and other people's hands."""

import subprocess
import sys
from pathlib import Path

import duckdb
import parquet_sets
import publishing
import pytest


def generation_id(number: int) -> str:
    return f"2026010{number}T020000.000000Z"


def write_generation(path: Path, number: int, previous: int | None) -> None:
    with duckdb.connect(path) as connection:
        connection.execute("create schema monitoring")
        connection.execute(
            "create table monitoring.build_info as"
            " select ? as generation_id, ?::varchar as previous_generation_id",
            [generation_id(number), previous and generation_id(previous)],
        )


@pytest.fixture
def folder(tmp_path) -> Path:
    """Return a warehouse folder in which the fourth generation is published, on three kept ones."""
    for number in range(1, 5):
        publish(tmp_path, number)
    return tmp_path


def publish(folder: Path, number: int, *, keep: int = 3, parquet: bool = False) -> None:
    write_generation(folder / publishing.NEXT_NAME, number, number - 1 or None)
    publishing.swap(folder, keep, parquet)


def kept(folder: Path) -> list[str]:
    return [path.stem for path in publishing.generations(folder)]


def test_the_last_generations_are_kept(folder):
    assert kept(folder) == [generation_id(number) for number in (1, 2, 3)]
    publish(folder, 5, keep=2)
    assert kept(folder) == [generation_id(number) for number in (3, 4)]


def test_a_kept_generation_that_is_broken_hides_no_older_one(folder):
    (folder / "generations" / f"{generation_id(3)}.duckdb").write_bytes(b"no database")
    publish(folder, 5)
    assert kept(folder) == [generation_id(number) for number in (2, 3, 4)]
    for number in (4, 2):
        publishing.rollback(folder)
        published = folder / publishing.PUBLISHED_NAME
        assert publishing.generation_of(published) == generation_id(number)


def test_what_is_published_and_no_generation_is_not_lost(tmp_path):
    with duckdb.connect(tmp_path / publishing.PUBLISHED_NAME) as connection:
        connection.execute("create table precious as select 1 as a")
    with pytest.raises(publishing.PublishedFileError, match="is no generation"):
        publish(tmp_path, 1)
    with duckdb.connect(tmp_path / publishing.PUBLISHED_NAME) as connection:
        assert connection.execute("from precious").fetchall() == [(1,)]


def test_files_of_others_among_the_parquet_sets_do_no_harm(folder):
    sets = folder / publishing.PARQUET_NAME
    publish(folder, 5, parquet=True)
    (sets / ".DS_Store").write_bytes(b"")
    publish(folder, 6, parquet=True)
    assert (sets / parquet_sets.CURRENT).resolve().name == generation_id(6)
    assert not (sets / ".DS_Store").exists()


def test_a_rollback_that_cannot_write_its_parquet_files_changes_nothing(folder, monkeypatch):
    publish(folder, 5, parquet=True)

    def full(*_):
        raise duckdb.IOException("No space left on device")

    monkeypatch.setattr(parquet_sets, "write", full)
    with pytest.raises(duckdb.IOException):
        publishing.rollback(folder)
    published = folder / publishing.PUBLISHED_NAME
    assert publishing.generation_of(published) == generation_id(5)


def test_a_working_file_that_is_broken_inside_is_cleared(tmp_path):
    path = tmp_path / "block-storage" / "build.duckdb"
    path.parent.mkdir()
    with duckdb.connect(path) as connection:
        connection.execute("create table a as select range as b from range(1000)")
    content = bytearray(path.read_bytes())
    for header in (4096, 8192):
        content[header + 8 : header + 16] = b"\xff" * 8
    path.write_bytes(content)
    assert publishing.clear_broken_working_file(path)
    assert not path.exists()


def test_a_working_file_that_somebody_has_open_is_not_cleared(tmp_path):
    path = tmp_path / "build.duckdb"
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "1\n"
        assert not publishing.clear_broken_working_file(path)
        assert path.exists()
        holder.communicate("\n")
