"""The exposures tell the truth: what a page is said to read is what its queries read."""

import re

import yaml
from conftest import ROOT

QUERIES = ROOT / "dashboard" / "sql"
TABLE = re.compile(
    r"(?:from|join)\s+(?:segmentation|propensity|recommendations|sales|monitoring|models)\.(\w+)"
)
# Read by all pages, or where two areas meet, and then an exposure could not follow the sources.
ELSEWHERE = {
    "products": {"segments", "segment_product_recommendations"},
    "value": {"segments", "customer_segments", "propensity_scores"},
}


def test_each_page_is_exposed_with_the_tables_that_it_reads():
    text = (ROOT / "dbt_project/models/_exposures.yml").read_text()
    exposed: dict[str, set] = {}
    for exposure in yaml.safe_load(text)["exposures"]:
        if "url" in exposure:
            page = exposure["url"].rsplit("/", 1)[1]
            tables = {ref.split("'")[1] for ref in exposure["depends_on"]}
            exposed[page] = exposed.get(page, set()) | tables
    pages = {folder.name for folder in QUERIES.iterdir()} - {"report", "status"}
    assert exposed.keys() == pages
    for page in pages:
        queries = [path.read_text() for path in (QUERIES / page).glob("*.sql")]
        read = {table for query in queries for table in TABLE.findall(query)}
        assert read - ELSEWHERE.get(page, set()) == exposed[page], page
