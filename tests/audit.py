"""What `make audit` runs: known vulnerabilities of the locked packages."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
OPTIONS = "--disable-pip --require-hashes --progress-spinner off --timeout 10 --format json"


def main() -> None:
    """Print each known vulnerability and exit 1; 0 where none is known or nobody can be asked."""
    command = [str(Path(sys.executable).with_name("pip-audit")), *OPTIONS.split()]
    run = subprocess.run(
        [*command, "--requirement", ROOT / "requirements.lock"], capture_output=True, text=True
    )
    packages = json.loads(run.stdout or "{}").get("dependencies", [])
    audited = [package for package in packages if "skip_reason" not in package]
    if not audited:
        print("Not audited: the database of vulnerabilities cannot be reached.")
        return
    found = [
        f"{package['name']} {package['version']}: {vulnerability['id']},"
        f" mended in {', '.join(vulnerability['fix_versions']) or 'no version'}"
        for package in audited
        for vulnerability in package["vulns"]
    ]
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{len(audited)} of {len(packages)} packages audited, {len(found)} known faults.")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
