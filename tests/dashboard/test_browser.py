"""The pages in a real browser: what a user sees, does and downloads."""

import csv
import io
import os
import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT

pytest.importorskip("streamlit", reason="make dashboard installs it")
from pages_sample import served
from test_pages import PARTS

from dashboard import report

CHROMIUM = shutil.which("chromium")
# Where screenshots are kept.
SHOTS = ROOT / "target" / "screenshots"
# Milliseconds: a machine may have much else to do.
PATIENCE = 180_000
# Whether what is written on a canvas is white.
INK = """canvas => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.some((_, at) => at % 4 == 0 && pixels[at + 3] > 250
        && Math.min(pixels[at], pixels[at + 1], pixels[at + 2]) > 240);
}"""


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, without a window."""
    playwright = pytest.importorskip("playwright.sync_api", reason="make browser installs it")
    if not CHROMIUM:
        pytest.skip("there is no chromium: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        # Of a container, root runs the browser, which then has no sandbox of its own.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=options)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def folder(sample_build, tmp_path_factory):
    """Return a warehouse of this module's own, into which a test publishes."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copy(sample_build.published, folder)
    return folder


@pytest.fixture(scope="module")
def address(folder):
    with served(folder) as address:
        yield address


@pytest.fixture(scope="module")
def report_file(folder) -> Path:
    SHOTS.mkdir(parents=True, exist_ok=True)
    target = folder / "report.html"
    report.write(folder / "customer_analytics.duckdb", target)
    return target


class Reader:
    """Somebody at a browser, who sees every request and every error."""

    def __init__(self, browser, address, width=1280):
        self.context = browser.new_context(viewport={"width": width, "height": 900})
        self.context.set_default_timeout(PATIENCE)
        self.page, self.width = self.context.new_page(), width
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._hear)
        self.page.goto(address)
        self.settle()

    def _hear(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def settle(self):
        """Wait until the page has been drawn."""
        self.page.wait_for_selector("h1")
        self.page.wait_for_timeout(300)
        self.page.wait_for_function(
            "!document.querySelector('[data-testid=stStatusWidget], [data-stale=true],"
            " [data-testid=stSkeleton]')"
        )

    def go(self, title):
        if self.width < 800:
            self.page.get_by_test_id("stExpandSidebarButton").click()
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
        if self.width < 800:
            self.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
        self.page.get_by_role("heading", level=1, name=title).wait_for()
        self.settle()

    def turn_to(self, part):
        self.page.get_by_role("tab", name=part, exact=True).click()
        self.settle()

    def keep(self, name):
        """Take a picture of the whole page, which scrolls within the window."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        height = self.page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
        self.page.set_viewport_size({"width": self.width, "height": height})
        self.settle()
        self.page.screenshot(path=SHOTS / f"{name}-{self.width}.png")
        self.page.set_viewport_size({"width": self.width, "height": 900})


def test_whoever_comes_first_may_have_kept_the_address_of_a_page(browser, address):
    """The first test: Streamlit serves what it takes for pages until the menu is known."""
    for title in ("Data", "Customers"):
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/{title.lower()}")
        page.get_by_role("heading", level=1, name=title).wait_for()
        assert page.get_by_text("Page not found").count() == 0
        page.close()


@pytest.mark.parametrize("width", [1280, pytest.param(390, marks=pytest.mark.slow)])
def test_every_page_opens_without_an_error_and_asks_nobody_else(browser, address, width):
    reader = Reader(browser, address, width)
    for title in PARTS:
        reader.go(title)
        reader.keep(title.lower())
        assert reader.page.get_by_text("generation ").count() == 1
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
    assert reader.errors == []
    elsewhere = [url for url in reader.requests if not url.startswith((address, "data:", "blob:"))]
    assert elsewhere == []
    assert reader.page.get_by_text("Deploy").count() == 0
    reader.context.close()


def test_a_filter_is_applied_and_its_list_downloaded(browser, address, folder):
    reader = Reader(browser, address)
    reader.go("Leads")
    reader.page.get_by_label("Id contains").fill("5")
    reader.page.keyboard.press("Enter")
    reader.settle()
    with reader.page.expect_download() as download:
        reader.page.get_by_role("button", name="Download").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    ids = [row["lead_id"] for row in csv.DictReader(io.StringIO(text))]
    with duckdb.connect(folder / "customer_analytics.duckdb", read_only=True) as connection:
        expected = connection.execute(
            "select lead_id from propensity.leads where is_call_today and contains(lead_id, '5')"
            " order by call_rank"
        ).fetchall()
    assert ids == [lead for (lead,) in expected]
    assert 0 < len(ids) < 200
    reader.context.close()


def test_a_publish_during_a_session_is_seen_at_the_next_click(browser, address, folder):
    reader = Reader(browser, address)
    new = Path(shutil.copy(folder / "customer_analytics.duckdb", folder / "new.duckdb"))
    new.chmod(0o644)
    hostile = "<script>alert(1)</script> [x](http://192.0.2.1) ![i](http://192.0.2.1/i.png) $x$"
    with duckdb.connect(new) as connection:
        connection.execute("update segmentation.segments set segment_name = ?", [hostile])
    os.replace(new, folder / "customer_analytics.duckdb")
    reader.go("Data")
    reader.go("Customers")
    assert reader.page.get_by_text(hostile).first.is_visible()
    assert reader.errors == []
    assert not [url for url in reader.requests if "192.0.2.1" in url]
    reader.context.close()


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_report_opens_from_disk_and_everybody_can_read_it(browser, report_file, width, scheme):
    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, color_scheme=scheme)
    context.set_default_timeout(PATIENCE)
    page, errors, requests = context.new_page(), [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: requests.append(request.url))
    page.goto(report_file.as_uri())
    charts = page.locator(".chart").count()
    page.wait_for_function(f"document.querySelectorAll('.chart.is-live canvas').length == {charts}")
    page.screenshot(path=SHOTS / f"report-{width}.png", full_page=True)
    assert errors == []
    # The names above the bars of the first chart are as light or as dark as the text around.
    assert page.locator(".chart canvas").first.evaluate(INK) == (scheme == "dark")
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    assert page.locator(".chart > img").first.is_visible()
    assert page.locator(".chart > .live").first.is_hidden()
    page.emulate_media(media="screen", color_scheme=scheme)
    if width == 1280:
        # axe copies the source of each element with all that it holds: megabytes, time and again.
        hidden = page.locator(".chart > img, script")
        hidden.evaluate_all("each => each.forEach(one => one.remove())")
        assert [each["id"] for each in axe.run(page)["violations"]] == []
    context.close()


@pytest.mark.slow
def test_the_report_shows_its_pictures_without_scripts(browser, report_file):
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(report_file.as_uri())
    assert page.locator(".chart > img").count() == page.locator(".chart").count() > 20
    context.close()
