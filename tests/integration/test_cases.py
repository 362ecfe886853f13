"""Files as people have them, in ../shared/cases: each gives the outcome that its README asks for.

Of each folder the intake of its source is built, as a user would have it.
"""

from dataclasses import dataclass, field

import pytest
from conftest import NIGHTLY, ROOT, Warehouse

CASES = ROOT.parent / "shared" / "cases"
needs_cases = pytest.mark.skipif(
    not CASES.is_dir(), reason=f"the cases are not at {CASES.relative_to(ROOT.parent)}"
)
# Per stem of file names the source, its checked rows, and the key of its people.
SOURCES = {
    "Mall_Customers": ("mall", "checked_mall__customers", "customer_id"),
    "online_retail": ("ecommerce", "checked_ecommerce__invoice_lines", "customer_id"),
    "ratings_Electronics": ("ratings", "checked_ratings__ratings", "user_id"),
}
KEPT = "where reject_reason is null and exclusion_rule is null"


@dataclass
class Read:
    """Rows that are read, what becomes of them, and of how many people the kept ones are."""

    read: int
    kept: int
    people: int
    rejected: int = 0
    excluded: int = 0
    # Rules that reject or exclude, with their rows.
    rules: dict[str, int] = field(default_factory=dict)
    # A question to the checked rows that are kept, and its answer.
    asked: str = "1"
    answer: object = 1
    said: str = ""


@dataclass
class Refused:
    """Words of the one line that ends the build."""

    said: tuple[str, ...]


UNKNOWN_DATES = Refused(
    ("60 of 60 rows are rejected", "ecommerce_date_formats, as '", "online_retail.csv, line 2")
)
OUTCOMES = [
    ("decimal-comma-2", {}, Read(60, 60, 10, asked="max(unit_price)::double", answer=6.9)),
    ("duplicate-column", {}, Refused(("more than one column 'age' ('Age', 'Age')",))),
    ("excel-sep-line", {}, Read(40, 40, 40)),
    ("float-ids-two-files", {}, Read(120, 120, 10)),
    (
        "half-stars",
        {},
        Read(100, 95, 10, rejected=5, said="5 of 100 rows are not on the declared scale"),
    ),
    ("header-repeated", {}, Read(41, 40, 40, rejected=1, rules={"the header again": 1})),
    ("latin1", {}, Refused(("is not utf-8", "set the var ecommerce_encoding"))),
    (
        "latin1",
        {"ecommerce_encoding": "cp1252"},
        Read(60, 60, 10, asked="count_if(description = 'CAFÉ £')", answer=60),
    ),
    (
        "leading-zeros",
        {},
        Read(41, 41, 41, asked="list(distinct len(customer_id) order by 1)", answer=[1, 5]),
    ),
    ("mdy-default", {}, UNKNOWN_DATES),
    ("nan-customer", {}, Read(60, 45, 10, excluded=15, rules={"customer_id is missing": 15})),
    ("newline-in-quotes", {}, Read(60, 60, 10)),
    ("null-customer", {}, Read(60, 45, 10, excluded=15, rules={"customer_id is missing": 15})),
    ("preamble", {}, Read(40, 40, 40)),
    (
        "ratings-header-unknown",
        {},
        Refused(("has no column 'user_id' in its header", "'reviewer', 'isbn', 'stars', 'when'")),
    ),
    ("sci-id-ecommerce", {}, Refused(("30 of 60 rows are rejected", "spreadsheet"))),
    ("thousands-dot", {}, Refused(("'1.000'", "ecommerce_decimal"))),
    (
        "thousands-dot",
        {"ecommerce_decimal": "comma"},
        Read(60, 60, 10, asked="max(quantity)", answer=1000),
    ),
    ("trailing-comma-in-rows", {}, Read(40, 40, 40)),
    ("two-digit-year", {"ecommerce_date_formats": ["%m/%d/%Y %H:%M"]}, UNKNOWN_DATES),
    (
        "two-digit-year",
        {"ecommerce_date_formats": ["%m/%d/%y %H:%M"]},
        Read(60, 60, 10, asked="min(year(invoice_date))", answer=2010),
    ),
    ("tz", {}, UNKNOWN_DATES),
    ("upper-suffix", {}, Read(40, 40, 40)),
    ("utf16", {}, Read(40, 40, 40)),
    ("zip", {}, Read(40, 40, 40)),
]


def build(folder, name, variables, **env):
    """Build the intake of the files of a case, and return run, warehouse and what is of it."""
    raw = CASES / name
    known = (
        found
        for stem, found in SOURCES.items()
        if any(f.name.startswith(stem) for f in raw.iterdir())
    )
    source, checked, key = next(known)
    warehouse = Warehouse(folder, raw)
    run = warehouse.dbt(
        *NIGHTLY,
        "--select",
        *("+checked_rows", "raw_files", "data_quality", "data_quality_rules"),
        *("--indirect-selection", "buildable"),
        variables={"sources_enabled": [source], **variables},
        **env,
    )
    return run, warehouse, f"datasets.{checked}", key


@needs_cases
def test_every_case_is_held():
    assert {name for name, _, _ in OUTCOMES} == {p.name for p in CASES.iterdir() if p.is_dir()}


@needs_cases
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "variables", "outcome"),
    OUTCOMES,
    ids=[f"{name} {' '.join(variables)}".strip() for name, variables, _ in OUTCOMES],
)
def test_a_case_gives_the_right_outcome(tmp_path, name, variables, outcome):
    run, warehouse, checked, key = build(tmp_path, name, variables)
    if isinstance(outcome, Refused):
        assert run.returncode != 0, run.stdout
        (line,) = {line for line in run.stdout.splitlines() if outcome.said[0] in line}
        assert all(words in line for words in outcome.said), line
        return
    assert run.returncode == 0, run.stdout[-3000:]
    assert outcome.said in run.stdout
    counted = warehouse.query(
        "select sum(rows_read), sum(rows_kept), sum(rows_rejected), sum(rows_excluded)"
        " from monitoring.data_quality",
        working=True,
    )
    assert counted == [(outcome.read, outcome.kept, outcome.rejected, outcome.excluded)]
    rules = warehouse.query(
        "select rule, rows from monitoring.data_quality_rules where action <> 'repaired'",
        working=True,
    )
    assert outcome.rules.items() <= dict(rules).items()
    assert warehouse.query(
        f"select count(distinct {key}), {outcome.asked} from {checked} {KEPT}", working=True
    ) == [(outcome.people, outcome.answer)]


@needs_cases
@pytest.mark.slow
def test_moments_with_an_offset_are_of_the_same_day_on_every_machine(tmp_path):
    """23:26 at two hours east of Greenwich is 21:26 of the same day in UTC."""
    variables = {"ecommerce_date_formats": ["%Y-%m-%dT%H:%M:%S%z"]}
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        run, warehouse, checked, _ = build(tmp_path / zone, "tz", variables, TZ=zone)
        assert run.returncode == 0, run.stdout[-3000:]
        assert warehouse.query(
            f"select count(*), min(invoice_date)::varchar from {checked} {KEPT}", working=True
        ) == [(60, "2011-01-01 21:26:00")]
