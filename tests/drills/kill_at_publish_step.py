"""Run dbt in this process and kill it, as kill -9 would, at the n-th step of publishing."""

import os
import shutil
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "dbt_project" / "plugins"))

import parquet_sets
import publishing
from dbt.cli.main import cli

step = int(sys.argv.pop(1))
done = 0


def counted(function):
    """Return the function with a place to die before and after each call."""

    def call(*args, **kwargs):
        die_at(1)
        result = function(*args, **kwargs)
        die_at(1)
        return result

    return call


def die_at(steps: int) -> None:
    global done
    done += steps
    if done == step:
        os.kill(os.getpid(), signal.SIGKILL)


publishing.next_path = counted(publishing.next_path)
publishing.sync = counted(publishing.sync)
parquet_sets.write = counted(parquet_sets.write)
publishing._keep_generation = counted(publishing._keep_generation)
os.replace = counted(os.replace)
os.link = counted(os.link)
Path.unlink = counted(Path.unlink)
Path.symlink_to = counted(Path.symlink_to)
shutil.rmtree = counted(shutil.rmtree)
cli()
