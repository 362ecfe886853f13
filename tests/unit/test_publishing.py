"""Files of generations, as publishing finds them after crashes and other people's hands."""

import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from warehouse import parquet_sets, publishing
from warehouse.generation_file import (
    BrokenFileError,
    GenerationFileError,
    HeldFileError,
    NewerFileError,
)


def generation_id(number: int) -> str:
    return f"2026010{number}T020000.000000Z"


def write_generation(
    path: Path, number: int, previous: int | None, schema_version: int | None = None
) -> None:
    with duckdb.connect(path) as connection:
        connection.execute("create schema monitoring")
        connection.execute(
            "create table monitoring.build_info as select ? as generation_id,"
            " ?::varchar as previous_generation_id, '9.0.0' as code_version, ? as schema_version",
            [generation_id(number), previous and generation_id(previous), schema_version],
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


def contents_aside(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each file that was set aside, by what its name says that it is."""
    aside = folder / publishing.ASIDE_NAME
    return {path.name.split("Z.", 1)[1]: path.read_bytes() for path in aside.iterdir()}


def test_what_is_published_and_no_generation_is_set_aside(tmp_path, capsys):
    published = tmp_path / publishing.PUBLISHED_NAME
    with duckdb.connect(published) as connection:
        connection.execute("create table precious as select 1 as a")
    precious = published.read_bytes()
    publish(tmp_path, 1)
    assert publishing.generation_of(published) == generation_id(1)
    assert contents_aside(tmp_path) == {"no-generation.duckdb": precious}
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_another_file_of_a_kept_generation_is_set_aside(folder):
    published = folder / publishing.PUBLISHED_NAME
    publishing.rollback(folder)
    copy = published.read_bytes()
    published.unlink()
    published.write_bytes(copy)
    publish(folder, 5)
    assert contents_aside(folder) == {f"other-copy-of-{generation_id(3)}.duckdb": copy}


def test_a_rollback_sets_a_broken_file_aside(folder, capsys):
    published = folder / publishing.PUBLISHED_NAME
    published.unlink()
    published.write_bytes(b"no database")
    with pytest.raises(
        BrokenFileError, match=f"`make rollback` puts generation {generation_id(3)}"
    ):
        publishing.attach_previous(duckdb.connect(), folder)
    publishing.rollback(folder)
    assert publishing.generation_of(published) == generation_id(3)
    assert contents_aside(folder) == {"broken.duckdb": b"no database"}
    assert len(capsys.readouterr().err.splitlines()) == 1


@contextmanager
def client(path: Path, *statements: str) -> Iterator[subprocess.Popen]:
    """Hold a file open for writing in another process, after some statements."""
    path.chmod(0o644)
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]);"
        "[c.execute(each) for each in sys.argv[2:]]; print(1, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, path, *statements],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "1\n"
        try:
            yield process
        finally:
            process.kill()


def leave_changes(path: Path) -> None:
    """Delete what a generation holds, in a client that is killed before it has written it back."""
    with client(path, "delete from monitoring.build_info"):
        pass
    assert path.with_name(path.name + ".wal").stat().st_size


def names_of_published(folder: Path) -> int:
    return (folder / publishing.PUBLISHED_NAME).stat().st_nlink


ACTIONS = {
    "build": lambda folder: publishing.attach_previous(duckdb.connect(), folder),
    "publish": lambda folder: publish(folder, 5),
    "rollback": publishing.rollback,
}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_a_published_file_that_a_client_holds_is_not_broken(folder, action):
    published = folder / publishing.PUBLISHED_NAME
    with client(published) as holder:
        before = published.stat().st_ino
        with pytest.raises(HeldFileError) as raised:
            action(folder)
        assert published.stat().st_ino == before
    said = str(raised.value)
    assert f"PID {holder.pid}" in said
    assert "read-only" in said
    assert "rollback" not in said
    assert publishing.generation_of(published) == generation_id(4)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_changes_of_a_client_that_was_killed_count_for_nothing(folder, action, capsys):
    published = folder / publishing.PUBLISHED_NAME
    leave_changes(published)
    action(folder)
    assert not list(folder.glob("*.wal"))
    assert publishing.generation_of(published)
    kept_or_published = [publishing.generation_of(path) for path in publishing.generations(folder)]
    assert generation_id(4) in [*kept_or_published, publishing.generation_of(published)]
    assert list(contents_aside(folder)) == ["changes-of-a-client.wal"]
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_changes_beside_a_kept_generation_count_for_nothing(folder):
    leave_changes(folder / "generations" / f"{generation_id(3)}.duckdb")
    publishing.rollback(folder)
    assert publishing.generation_of(folder / publishing.PUBLISHED_NAME) == generation_id(3)
    assert not list(folder.rglob("generations/*.wal"))


def test_a_kept_generation_that_a_client_holds_is_neither_skipped_nor_lost(folder):
    held = folder / "generations" / f"{generation_id(3)}.duckdb"
    with client(held):
        with pytest.raises(HeldFileError, match=held.name):
            publishing.rollback(folder)
        publish(folder, 5)
    assert kept(folder) == [generation_id(number) for number in (2, 3, 4)]


def test_a_file_that_may_not_be_read_is_not_broken(folder):
    published = folder / publishing.PUBLISHED_NAME
    published.chmod(0)
    folder.chmod(0o755)
    code = (
        "import os, sys, duckdb; from pathlib import Path; from warehouse import publishing\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"
        "try: publishing.attach_previous(duckdb.connect(), Path())\n"
        "except publishing.GenerationFileError as error: print(type(error).__name__, error)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(publishing.__file__).parents[1])},
        capture_output=True,
        text=True,
    )
    assert run.stdout.startswith("ForbiddenFileError"), run.stderr
    assert "Permission denied" in run.stdout
    assert "rollback" not in run.stdout


def with_storage_version(data: bytes, version: int) -> bytes:
    """Return a DuckDB file as a version of DuckDB would have written it that uses this storage."""
    header = bytearray(data[8:4096])
    header[4:12] = struct.pack("<Q", version)
    checksum = 5381
    for (word,) in struct.iter_unpack("<Q", header):
        checksum ^= word * 0xBF58476D1CE4E5B9 % 2**64
    return struct.pack("<Q", checksum) + header + data[4096:]


def test_a_file_of_a_newer_duckdb_is_not_broken(folder):
    published = folder / publishing.PUBLISHED_NAME
    newer = with_storage_version(published.read_bytes(), 5000)
    published.unlink()
    published.write_bytes(newer)
    with pytest.raises(NewerFileError) as raised:
        publishing.attach_previous(duckdb.connect(), folder)
    assert "storage version number 5000" in str(raised.value)
    assert "rollback" not in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1
    publishing.rollback(folder)
    assert contents_aside(folder) == {"of-a-newer-version.duckdb": newer}


def test_a_generation_of_newer_code_is_not_built_upon(tmp_path):
    write_generation(tmp_path / publishing.PUBLISHED_NAME, 1, None, schema_version=99)
    with pytest.raises(NewerFileError, match="has schema version 99, published by code 9"):
        publishing.attach_previous(duckdb.connect(), tmp_path)


def test_a_symbolic_link_in_place_of_the_published_file_is_refused(folder, tmp_path_factory):
    published = folder / publishing.PUBLISHED_NAME
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "file.duckdb"
    published.rename(elsewhere)
    published.symlink_to(elsewhere)
    for action in ACTIONS.values():
        with pytest.raises(GenerationFileError, match="is a symbolic link to"):
            action(folder)
    assert publishing.generation_of(elsewhere) == generation_id(4)


def mode(path: Path) -> str:
    return oct(path.stat().st_mode)[-3:]


def test_what_is_published_is_read_only_and_otherwise_as_its_administrator_set_it(folder):
    published, sets = folder / publishing.PUBLISHED_NAME, folder / publishing.PARQUET_NAME
    table = sets / "current" / "monitoring" / "build_info.parquet"
    umask = os.umask(0o077)
    try:
        os.umask(umask)
        assert mode(published) == oct(0o444 & ~umask)[-3:]
        published.chmod(0o640)
        publish(folder, 5, parquet=True)
        assert mode(published) == mode(table) == "440"
        assert {mode(path) for path in (table.parent, sets / "current")} == {"750"}
        table.chmod(0o444)
        publish(folder, 6, parquet=True)
        assert (mode(published), mode(table)) == ("440", "444")
        publishing.rollback(folder)
        assert mode(published) == "440"
    finally:
        os.umask(umask)


def test_what_a_build_writes_is_private_and_what_it_publishes_is_not(folder):
    published, private = folder / publishing.PUBLISHED_NAME, folder / "build.duckdb"
    with duckdb.connect(private):
        pass
    private.chmod(0o644)
    code = (
        "import sys; from pathlib import Path; import duckdb; from warehouse import modes\n"
        "from test_publishing import publish\n"
        "folder = Path(sys.argv[1])\n"
        "modes.keep_to_owner(); modes.make_private(folder / 'build.duckdb')\n"
        "(folder / 'spilled').write_bytes(b''); (folder / 'customer_analytics.duckdb').unlink()\n"
        "publish(folder, 5, parquet=True)"
    )
    path = os.pathsep.join(map(str, (Path(publishing.__file__).parents[1], Path(__file__).parent)))
    subprocess.run(
        [sys.executable, "-c", code, folder],
        env={**os.environ, "PYTHONPATH": path},
        umask=0o027,
        check=True,
    )
    assert mode(private) == mode(folder / "spilled") == "600"
    assert mode(published) == "440"
    assert mode(folder / "parquet") == mode(folder / "parquet" / "current" / "monitoring") == "750"
    assert mode(folder / "parquet" / "current" / "monitoring" / "build_info.parquet") == "440"


def test_files_of_others_among_the_parquet_sets_do_no_harm(folder):
    sets = folder / publishing.PARQUET_NAME
    publish(folder, 5, parquet=True)
    (sets / ".DS_Store").write_bytes(b"")
    publish(folder, 6, parquet=True)
    assert (sets / parquet_sets.CURRENT).resolve().name == generation_id(6)
    assert not (sets / ".DS_Store").exists()


def test_a_folder_in_place_of_the_link_to_the_parquet_files_stops_before_anything_is_published(
    folder,
):
    (folder / publishing.PARQUET_NAME / "current").mkdir(parents=True)
    with pytest.raises(FileExistsError, match="is no link to a set of files: move it away"):
        publish(folder, 5, parquet=True)
    assert publishing.generation_of(folder / publishing.PUBLISHED_NAME) == generation_id(4)


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
    assert publishing.clear_working_file(path)
    assert not path.exists()


def test_a_working_file_that_somebody_has_open_is_not_cleared(tmp_path):
    path = tmp_path / "build.duckdb"
    with duckdb.connect(path):
        pass
    with client(path), pytest.raises(HeldFileError):
        publishing.clear_working_file(path, waits=[0.01])
    assert path.exists()
    assert not publishing.clear_working_file(path)
