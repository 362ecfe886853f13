"""Break builds on purpose: what is published stays whole, and the next build succeeds.

`make test` kills one build at a step of publishing; `make drills` sets DRILL_KILLS to 300.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter

import pytest
from conftest import NIGHTLY, Warehouse
from drill import (
    KILLS,
    PHASES,
    QUICK,
    Night,
    assert_nothing_is_lost,
    assert_the_next_build_succeeds,
    change_visitors,
    copied_with_raw,
    dice_of,
    generation,
    history,
    killed_at_step,
    parquet_generation,
    parts_of,
    readers,
    small_warehouse,
    start_build,
    undisturbed,
)

IS_WHOLE_DRILL = KILLS > 100
# After so many kills in a row a build must succeed, with nobody to repair anything.
KILLS_IN_A_ROW = 10 if IS_WHOLE_DRILL else 1


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Warehouse:
    """Return a small warehouse that is published."""
    return small_warehouse(tmp_path_factory.mktemp("drill"))


@pytest.fixture(scope="module")
def before_night(warehouse, tmp_path_factory) -> Warehouse:
    """Return the warehouse as it was before the night of `night`."""
    return copied_with_raw(warehouse, tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def night(before_night, warehouse) -> Night:
    return undisturbed(warehouse)


def kill_in(phase: str, warehouse: Warehouse, night: Night, dice: random.Random) -> str:
    """Kill a build at a random moment of a phase, and return the phase in which that landed.

    A build that ended before its kill counts nothing: another one is killed.
    """
    for _ in range(20):
        build = start_build(warehouse)
        build.wait_for(phase)
        time.sleep(dice.uniform(0, night.seconds[phase]))
        build.process.send_signal(signal.SIGKILL)
        code = build.ended()
        if code == -signal.SIGKILL:
            return build.phase()
        assert code == 0, build.output()
    pytest.fail(f"20 builds ended before they could be killed in their phase {phase}")


@pytest.mark.slow
@pytest.mark.parametrize("kills", parts_of(KILLS, 30), ids=lambda kills: f"{kills[0]}-{kills[-1]}")
def test_kill_at_random_moments(warehouse, night, kills):
    dice, landed = dice_of(kills[0]), Counter()
    with readers(warehouse) as reports:
        for kill in kills:
            before, known = generation(warehouse), history(warehouse)
            change_visitors(warehouse, dice)
            # Of publishing first: it is the shortest phase, and has most to lose.
            phase = list(PHASES)[-1 - kill % len(PHASES)]
            landed[kill_in(phase, warehouse, night, dice)] += 1
            assert_nothing_is_lost(warehouse, before, known)
            if (kill + 1) % KILLS_IN_A_ROW == 0:
                assert_the_next_build_succeeds(warehouse, generation(warehouse), history(warehouse))
    print(f"{len(kills)} kills landed: {dict(landed)}; seconds of a build: {night.seconds}")
    print(f"meanwhile read {sum(report['reads'] for report in reports)} times")
    assert landed.total() == len(kills)
    assert all(landed[phase] >= len(kills) // 6 for phase in PHASES)


@pytest.mark.slow
@pytest.mark.parametrize("parquet", [False, True])
def test_kill_at_every_step(before_night, night, tmp_path, parquet):
    variables = {**QUICK, "publish_parquet": parquet}
    warehouse = copied_with_raw(before_night, tmp_path / "start")
    steps = night.steps
    if IS_WHOLE_DRILL or parquet:
        # From now on every night has a generation to remove.
        for _ in range(QUICK["generations_kept"] + 1):
            assert warehouse.dbt(*NIGHTLY, variables=variables).returncode == 0
        steps = undisturbed(copied_with_raw(warehouse, tmp_path / "counted"), variables).steps
    assert len(steps) > 10
    every = range(1, len(steps) + 1)
    for step in every if IS_WHOLE_DRILL else [len(steps) // 2]:
        shutil.rmtree(tmp_path / "killed", ignore_errors=True)
        killed = copied_with_raw(warehouse, tmp_path / "killed")
        before, known = generation(killed), history(killed)
        build = killed_at_step(killed, step, variables)
        assert build.ended() == -signal.SIGKILL, f"step {step}: {build.output()}"
        assert_nothing_is_lost(killed, before, known)
        if parquet:
            assert before <= parquet_generation(killed) <= generation(killed)
        assert_the_next_build_succeeds(killed, before, known, variables)
        if parquet:
            assert parquet_generation(killed) == generation(killed)
            kept = [path.stem for path in (killed.folder / "generations").iterdir()]
            sets = {path.name for path in (killed.folder / "parquet").iterdir()}
            assert sets == {"current", generation(killed), *kept}
    print(f"a build was killed before each of {len(steps)} steps:", *steps, sep="\n  ")


@pytest.mark.slow
def test_a_folder_that_cannot_be_written(warehouse):
    before, known = generation(warehouse), history(warehouse)
    (warehouse.folder / "customer_analytics.next.duckdb").mkdir()
    run = warehouse.dbt(*NIGHTLY, variables=QUICK)
    assert run.returncode != 0
    assert generation(warehouse) == before
    (warehouse.folder / "customer_analytics.next.duckdb").rmdir()
    assert_the_next_build_succeeds(warehouse, before, known)


@pytest.mark.slow
def test_disk_full_while_publishing(warehouse, tmp_path):
    mount = ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        shutil.copytree(warehouse.folder, tmp_path, dirs_exist_ok=True)
        small = Warehouse(tmp_path, warehouse.raw)
        before, known = generation(small), history(small)
        # Half of what the new file needs is left: the build fits, publishing does not.
        ballast = shutil.disk_usage(tmp_path).free - small.published.stat().st_size // 2
        with (tmp_path / "ballast").open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, ballast)
        run = small.dbt(*NIGHTLY, variables=QUICK)
        assert run.returncode != 0
        assert "No space left" in run.stdout + run.stderr
        assert generation(small) == before
        (tmp_path / "ballast").unlink()
        assert_the_next_build_succeeds(small, before, known)
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)
