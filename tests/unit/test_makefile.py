"""What the Makefile does to the user's files."""

import shutil
import subprocess

from conftest import ROOT


def test_clean_removes_what_can_be_built_again_and_never_the_warehouse(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("target", "logs", "warehouse"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"Makefile", "warehouse/file"}
