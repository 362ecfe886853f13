"""How quick the report and the pages are: the first page against Streamlit's hello, many leads.

Prints seconds and the memory of the server. Needs `make browser` and a Chromium.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "dashboard"), str(ROOT / "tests"), str(ROOT)]
from pages_sample import served  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

DONE = (
    "!document.querySelector('[data-testid=stStatusWidget], [data-stale=true],"
    " [data-testid=stSkeleton]')"
)


def main() -> None:
    """Measure the published file of a folder, and one with its leads and lists made many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a warehouse folder with a published file")
    parser.add_argument("--rows", type=int, default=1_000_000, help="leads and customers")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        hello = Path(scratch) / "hello.py"
        hello.write_text('import streamlit as st\nst.title("Hello")\nst.write("World")\n')
        for name, program in (("hello", ["streamlit", "run", str(hello)]), ("customers", [])):
            with served(given.folder, *program) as address:
                first, again = (_opened(browser, address) for _ in range(2))
            print(f"{name}: first {first:.2f} s, again {again:.2f} s")
        _reported(given.folder, Path(scratch))
        large = Path(scratch) / "large"
        _multiplied(given.folder, large, given.rows)
        with served(large) as address:
            _filtered(browser, address)


def _opened(browser, address: str) -> float:
    page = browser.new_page()
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_selector("h1")
    page.wait_for_function(DONE)
    seconds = time.perf_counter() - start
    page.close()
    return seconds


def _reported(folder: Path, scratch: Path) -> None:
    """Time the report as a publish writes it."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "dbt_project")])
    files = [folder / "customer_analytics.duckdb", scratch / "report.html"]
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "dashboard.report", *files],
        env={**os.environ, "PYTHONPATH": path},
        check=True,
    )
    print(f"report: {time.perf_counter() - start:.1f} s")


def _multiplied(folder: Path, large: Path, rows: int) -> None:
    """Write the published file with so many leads, customers and ten recommendations of each."""
    large.mkdir()
    target = large / "customer_analytics.duckdb"
    shutil.copy(folder / target.name, target)
    target.chmod(0o644)
    with duckdb.connect(target) as connection:
        for table, key in (
            ("propensity.leads", "lead_id"),
            ("propensity.propensity_scores", "entity_id"),
            ("propensity.propensity_champion_scores", "entity_id"),
            ("segmentation.customer_segments", "customer_id"),
            ("segmentation.ecommerce_customers", "customer_id"),
            ("segmentation.segment_map", "customer_id"),
            ("recommendations.product_recommendations", "user_id"),
        ):
            (held,) = connection.execute(f"select count(*) from {table}").fetchone()
            wanted = rows * (10 if key == "user_id" else 1)
            connection.execute(
                f"insert into {table} select held.* replace ({key} || '-' || copy as {key})"
                f" from {table} as held, range(1, {wanted // held + 1}) as copies (copy)"
            )
            print(f"{table}: {connection.execute(f'select count(*) from {table}').fetchone()[0]:,}")


def _filtered(browser, address: str) -> None:
    """Time each page, a filter and a change of part on the large file."""
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("h1")
    page.wait_for_function(DONE)
    for title in ("Customers", "Products", "Value", "Models", "Data", "Leads"):
        start = time.perf_counter()
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
        page.get_by_role("heading", level=1, name=title).wait_for()
        page.get_by_role("tab").or_(page.get_by_test_id("stAlert")).first.wait_for()
        page.wait_for_function(DONE)
        print(f"{title}: {time.perf_counter() - start:.2f} s")
    for text in ("1", "12", "123"):
        download = page.get_by_role("button", name="Download")
        before = download.inner_text()
        page.get_by_label("Id contains").fill(text)
        start = time.perf_counter()
        page.keyboard.press("Enter")
        # The number of leads on the button tells that the list is the new one.
        page.get_by_text(before, exact=True).wait_for(state="detached")
        page.wait_for_function(DONE)
        print(f"leads filtered by {text}: {time.perf_counter() - start:.2f} s")
    print(f"server: {_memory():.0f} MiB")


def _memory() -> float:
    """Return the peak memory of the children of this process, in MiB."""
    peaks = [
        int(line.split()[1])
        for status in Path("/proc").glob("[0-9]*/status")
        for text in [status.read_text(errors="ignore")]
        if f"PPid:\t{Path('/proc/self').resolve().name}\n" in text and "python" in text[:40]
        for line in text.splitlines()
        if line.startswith("VmHWM")
    ]
    return max(peaks, default=0) / 1024


if __name__ == "__main__":
    main()
