"""What `make audit` runs: known vulnerabilities of the locked packages."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
OPTIONS = "--disable-pip --require-hashes --progress-spinner off --timeout 10 --format json"


def main() -> None:
    """Print each known vulnerability; exit 0 only if every package was looked up and has none."""
    command = [str(Path(sys.executable).with_name("pip-audit")), *OPTIONS.split()]
    run = subprocess.run(
        [*command, "--requirement", ROOT / "requirements.lock"], capture_output=True, text=True
    )
    lines, is_sound = verdict(json.loads(run.stdout or "{}").get("dependencies", []))
    print(*lines, sep="\n")
    sys.exit(not is_sound)


def verdict(packages: list[dict[str, Any]]) -> tuple[list[str], bool]:
    """Return what is to be said of packages as pip-audit lists them, and whether all is well.

    Parameters
    ----------
    packages : list of dict
        `name`, and either `version` and `vulns` or, of a package that could not be looked up,
        `skip_reason`.
    """
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if len(skipped) == len(packages):
        return ["Not audited: the database of vulnerabilities cannot be reached; try again."], False
    found = [
        f"{package['name']} {package['version']}: {vulnerability['id']},"
        f" mended in {', '.join(vulnerability['fix_versions']) or 'no version'}"
        for package in packages
        for vulnerability in package.get("vulns", [])
    ]
    audited = f"{len(packages) - len(skipped)} of {len(packages)} packages audited"
    unknown = f"; not found: {', '.join(skipped)}" if skipped else ""
    return [*found, f"{audited}, {len(found)} known faults{unknown}."], not (found or skipped)


if __name__ == "__main__":
    main()
