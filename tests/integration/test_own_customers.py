"""Customers of another company are one folder and one entry, as CONTRIBUTING has it."""

import numpy as np
import pandas as pd
import pytest
from conftest import NIGHTLY, Warehouse, add_data_set, copied_project

pytestmark = pytest.mark.slow

ON = "var('sources_enabled') is sequence and 'cards' in var('sources_enabled')"
ENABLED = f'enabled: "{{{{ {ON} }}}}"'
SPENT = ["balance", "purchases", "oneoff_purchases", "installment_purchases", "cash_advance"]
SPENT += ["credit_limit", "payments", "minimum_payments"]
SHARES = ["balance_frequency", "purchase_frequency", "oneoff_frequency", "installment_frequency"]
SHARES += ["cash_advance_frequency", "full_payment_share"]
COUNTS = ["cash_advances", "purchase_count", "tenure_months"]
NUMERIC = [*SPENT, *SHARES, *COUNTS]
# Not every card has them.
MISSING = ["credit_limit", "minimum_payments"]


def declared(indent: int, *, is_raw: bool) -> str:
    """Return a line of YAML for each numeric column."""
    raw = ", config: {meta: {required: false, min: 0}}" if is_raw else ""
    rest = f"data_type: double, description: As in the raw file{raw}}}\n"
    return "".join(f"{' ' * indent}- {{name: {name}, {rest}" for name in NUMERIC)


FOLDER = {
    "_cards__sources.yml": f"""
sources:
  - name: cards
    database: raw
    description: Holders of a credit card.
    config:
      {ENABLED}
    tables:
      - name: Cards
        description: One line per holder.
        columns:
          - name: customer_id
            data_type: varchar
            description: Key of the holder.
            config: {{meta: {{person: true, aliases: [cust_id]}}}}
{declared(10, is_raw=True)}""",
    "checked_cards__customers.sql": """
with typed as materialized (
    {{ typed_rows('cards', source('cards', 'Cards')) }}
),

judged as (
    {{ judged_rows('typed', key=['customer_id'], flag_duplicates=true) }}
)

select
    *,
    {{ reason('is_forgotten', 'forgotten') }} as exclusion_rule
from judged
""",
    "cards_features.sql": f"""
select
    customer_id,
    {", ".join(name for name in NUMERIC if name not in MISSING)},
    {", ".join(f"coalesce({name}, median({name}) over ()) as {name}" for name in MISSING)}
from {{{{ ref('checked_cards__customers') }}}}
where reject_reason is null and exclusion_rule is null
""",
    "_cards__models.yml": f"""
models:
  - name: checked_cards__customers
    description: One row per line of the raw files, cast, with the verdict on each.
    config:
      {ENABLED}
    data_tests:
      - rejected_share_within_limit: {{arguments: {{source_name: cards}}}}
  - name: cards_features
    description: One row per holder.
    config:
      {ENABLED}
      contract: {{enforced: true}}
      meta:
        segmentation:
          value_feature: purchases
          features: [balance, purchases, cash_advance, payments, purchase_frequency]
          log_features: [balance, purchases, cash_advance, payments]
    columns:
      - {{name: customer_id, data_type: varchar, description: Key of the holder.}}
{declared(6, is_raw=False)}""",
}
ENTRY = "{rows: customers, areas: [segmentation]}"


def cards(n: int) -> pd.DataFrame:
    """Return holders of three kinds: who buys much, who draws cash, who does little."""
    random = np.random.default_rng(17)
    kind = random.choice(3, n, p=[0.3, 0.3, 0.4])
    frame = pd.DataFrame({"CUST_ID": [f"C{10000 + number}" for number in range(n)]})
    for name in SPENT:
        frame[name.upper()] = random.gamma(2, 50, n).round(2)
    for name in SHARES:
        frame[name.upper()] = random.random(n).round(6)
    for name in COUNTS:
        frame[name.upper()] = random.poisson(6, n)
    frame["PURCHASES"] *= np.choose(kind, [40, 1, 1])
    frame["PURCHASE_FREQUENCY"] = np.choose(kind, [0.9, 0.1, 0.1])
    frame["CASH_ADVANCE"] *= np.choose(kind, [1, 40, 1])
    for name in MISSING:
        frame.loc[random.random(n) < 0.03, name.upper()] = None
    return frame


def test_customers_of_another_company_are_one_folder_and_one_entry(tmp_path):
    assert sum(len(text.strip().splitlines()) for text in FOLDER.values()) + 1 <= 150
    assert len(FOLDER) <= 8
    assert len(NUMERIC) == 17
    project = copied_project(tmp_path / "project")
    add_data_set(project, "cards", FOLDER, ENTRY)
    raw = tmp_path / "raw"
    raw.mkdir()
    frame = cards(8950)
    # A duplicate apart from the key is flagged, and stays.
    frame.loc[8949, frame.columns[1:]] = frame.loc[0, frame.columns[1:]]
    frame.to_csv(raw / "Cards.csv", index=False)
    warehouse = Warehouse(tmp_path / "warehouse", raw, project)
    variables = {"sources_enabled": ["cards"], "segmentation_resamples": 4}
    run = warehouse.dbt(*NIGHTLY, variables=variables)
    assert run.returncode == 0, run.stdout[-4000:]
    segments = warehouse.query(
        "select segment_name, customers from segmentation.segments where dataset = 'cards'"
    )
    assert sum(customers for _, customers in segments) == 8950
    assert len(segments) >= 3
    assert all(name.startswith("Segment ") for name, _ in segments)
    rules = warehouse.query("select source, action, rows from monitoring.data_quality_rules")
    assert rules == [("cards", "flagged", 1)]
    # Who buys much stands apart from who draws cash.
    purchases = warehouse.query(
        "select max(index_vs_overall) filter (feature = 'purchases'),"
        " max(index_vs_overall) filter (feature = 'cash_advance')"
        " from segmentation.segment_profiles where dataset = 'cards'"
    )
    assert min(purchases[0]) > 200
