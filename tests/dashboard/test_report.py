"""The report: one file of one generation, swapped with it."""

import os
import re
import shutil

import duckdb
import pytest
from conftest import QUICK_MALL, SAMPLE, built

pytest.importorskip("vl_convert", reason="make report installs it")
from warehouse import publishing, reports

HOSTILE = '<script>alert("1")</script>'


def publish(folder, sample_build, report):
    new = shutil.copy(sample_build.published, folder / publishing.NEXT_NAME)
    os.chmod(new, 0o644)
    with duckdb.connect(new) as connection:
        connection.execute(
            "update segmentation.segments set segment_name = ? where dataset = 'mall'", [HOSTILE]
        )
    publishing.swap(folder, keep=1, parquet=False, report=report)


@pytest.fixture(scope="module")
def folder(sample_build, tmp_path_factory):
    """Return a folder into which the sample was published with its report."""
    folder = tmp_path_factory.mktemp("published")
    publish(folder, sample_build, report=True)
    return folder


@pytest.fixture
def text(folder) -> str:
    return (folder / reports.REPORT_NAME).read_text(encoding="utf-8")


def test_the_report_holds_all_that_it_needs(text):
    assert len(text.encode()) <= 5e6
    assert not re.search(
        r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(?!data:)", text.split("<script")[0]
    )
    assert not re.search(r"<script[^>]+src=", text)
    assert text.count('class="chart"') > 20
    assert (
        text.count("<details>") == text.count('class="chart"') == text.count("data:image/svg+xml")
    )


def test_it_is_of_the_generation_and_says_first_what_changed(text, sample_build):
    ((generation,),) = sample_build.query("select max(generation_id) from monitoring.build_info")
    assert f"generation {generation}" in text
    assert re.findall('<section id="([a-z-]+)"', text)[:2] == ["changes", "customers"]
    assert "a model was fitted for the first time" in text


def test_what_a_name_holds_is_text(text):
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(&quot;1&quot;)" in text
    assert "\\u003cscript>alert" in text


def test_it_names_nobody(text, sample_build):
    keys = sample_build.query(
        "select lead_id from propensity.leads union select distinct user_id"
        " from recommendations.product_recommendations where dataset = 'ratings'"
    )
    named = {key for (key,) in keys}.intersection(re.findall(r"\w+", text))
    assert named == set()


@pytest.mark.slow
def test_the_var_lets_every_publish_write_it(tmp_path):
    mall = built(tmp_path, SAMPLE, {**QUICK_MALL, "publish_report": True})
    assert "Affluent" in (mall.folder / reports.REPORT_NAME).read_text(encoding="utf-8")


def test_without_its_packages_a_build_says_so_at_once(monkeypatch):
    monkeypatch.setattr(reports, "NEEDED", ("no_such_package",))
    with pytest.raises(publishing.GenerationFileError, match="run `make report` once"):
        reports.require()


def test_a_file_that_cannot_be_read_is_one_line(tmp_path):
    with pytest.raises(publishing.GenerationFileError, match="Nothing is published in"):
        reports.write(tmp_path / "none.duckdb", tmp_path)


def test_it_is_swapped_with_the_file_and_goes_with_its_generation(folder, sample_build):
    """The last test: it publishes again, without the report."""
    written = folder / reports.REPORT_NAME
    assert oct(written.stat().st_mode)[-3:] == "444"
    assert not (folder / reports.NEXT_NAME).exists()
    publish(folder, sample_build, report=False)
    assert not written.exists()
