"""Another lead file, with other columns, is one folder and one entry, as CONTRIBUTING has it."""

import numpy as np
import pandas as pd
import pytest
from conftest import NIGHTLY, ROOT, Warehouse, add_data_set, copied_project

pytestmark = pytest.mark.slow

ON = "var('sources_enabled') is sequence and 'prospects' in var('sources_enabled')"
ENABLED = f'enabled: "{{{{ {ON} }}}}"'
TYPES = {
    "total_visits": "integer",
    "time_on_site": "integer",
    "page_views": "double",
    "lead_source": "varchar",
    "last_activity": "varchar",
    "country": "varchar",
    "specialization": "varchar",
    "tags": "varchar",
}
FEATURES = ", ".join(TYPES)
DESCRIBED = "".join(
    f"      - {{name: {name}, data_type: {kind}, description: As in the raw file}}\n"
    for name, kind in TYPES.items()
)
# Any of them may be missing.
RAW = DESCRIBED.replace("      -", "          -").replace(
    "file}", "file, config: {meta: {required: false}}}"
)
FOLDER = {
    "_prospects__sources.yml": f"""
sources:
  - name: prospects
    database: raw
    description: Prospects of a school.
    config:
      {ENABLED}
    tables:
      - name: Prospects
        description: One line per prospect.
        columns:
          - name: prospect_id
            data_type: varchar
            description: Key of the prospect.
            config: {{meta: {{person: true}}}}
{RAW}\
          - {{name: converted, data_type: boolean, description: Whether the prospect enrolled.}}
""",
    "checked_prospects__prospects.sql": """
with typed as materialized (
    {{ typed_rows('prospects', source('prospects', 'Prospects')) }}
),

judged as (
    {{ judged_rows('typed', key=['prospect_id']) }}
)

select
    *,
    {{ reason('is_forgotten', 'forgotten') }} as exclusion_rule
from judged
""",
    "prospects_features.sql": f"""
select
    prospect_id,
    converted as is_enrolled,
    {FEATURES}
from {{{{ ref('checked_prospects__prospects') }}}}
where reject_reason is null and exclusion_rule is null
""",
    "_prospects__models.yml": f"""
models:
  - name: checked_prospects__prospects
    description: One row per line of the raw files, cast, with the verdict on each.
    config:
      {ENABLED}
    data_tests:
      - rejected_share_within_limit: {{arguments: {{source_name: prospects}}}}
  - name: prospects_features
    description: One row per prospect.
    config:
      {ENABLED}
      contract: {{enforced: true}}
      meta:
        propensity:
          outcome: enrols
          key: prospect_id
          label: is_enrolled
          raw_label: converted
          numeric: [total_visits, time_on_site, page_views]
          categorical: [lead_source, last_activity, country, specialization, tags]
          slices: [lead_source, country]
          analyst_rule: time_on_site > 600
    columns:
      - {{name: prospect_id, data_type: varchar, description: Key.}}
      - {{name: is_enrolled, data_type: boolean, description: Whether the prospect enrolled.}}
{DESCRIBED}""",
}
ENTRY = "{rows: prospects, areas: [propensity]}"


def prospects(n: int) -> pd.DataFrame:
    """Return prospects who enrol for their time on the site and their tags; some lack values."""
    random = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "Prospect ID": [f"P{number:05}" for number in range(n)],
            "Lead Source": random.choice(["Search", "Direct", "Chat", "Referral"], n),
            "Total Visits": random.poisson(4, n).astype(float),
            "Time on Site": random.integers(0, 2000, n).astype(float),
            "Page Views": random.gamma(2, 1.3, n).round(2),
            "Last Activity": random.choice(["Email opened", "SMS sent", "Chat"], n),
            "Country": random.choice(["India", "Qatar", "Oman"], n, p=[0.8, 0.1, 0.1]),
            "Specialization": random.choice(["Finance", "IT", "Marketing"], n),
            "Tags": random.choice(["Will revert", "Ringing", "Busy"], n),
        }
    )
    log_odds = frame["Time on Site"] / 500 + 2 * (frame["Tags"] == "Will revert") - 3
    frame["Converted"] = (random.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int)
    for column in ("Total Visits", "Page Views", "Country", "Specialization", "Tags"):
        frame.loc[random.random(n) < 0.05, column] = None
    return frame


def test_another_lead_file_is_one_folder_and_one_entry(tmp_path):
    assert sum(len(text.strip().splitlines()) for text in FOLDER.values()) + 1 <= 120
    project = copied_project(tmp_path / "project")
    add_data_set(project, "prospects", FOLDER, ENTRY)
    raw = tmp_path / "raw"
    raw.mkdir()
    prospects(1500).to_csv(raw / "Prospects.csv", index=False)
    (raw / "ExtraaLearn.csv").write_bytes((ROOT / "seeds/sample/ExtraaLearn.csv").read_bytes())
    variables = {
        "sources_enabled": ["prospects", "leads"],
        "propensity_cv_repeats": 1,
        "propensity_bootstrap_resamples": 10,
    }
    warehouse = Warehouse(tmp_path / "warehouse", raw, project)
    run = warehouse.dbt(*NIGHTLY, variables=variables)
    assert run.returncode == 0, run.stdout[-4000:]
    scored = warehouse.query(
        "select dataset, outcome, count(*) from propensity.propensity_scores"
        " group by all order by all"
    )
    ((auc, rule),) = warehouse.query(
        "select max(roc_auc) filter (is_champion),"
        " max(roc_auc) filter (model_family = 'analyst_rule')"
        " from propensity.propensity_model_candidates where dataset = 'prospects'"
    )
    slices = warehouse.query(
        "select distinct slice from propensity.propensity_slices where dataset = 'prospects'"
        " order by all"
    )
    ((reason,),) = warehouse.query(
        "select reason_1 from propensity.propensity_scores where dataset = 'prospects'"
        " order by raw_score desc, entity_id limit 1"
    )
    assert scored == [("leads", "converts", 4612), ("prospects", "enrols", 1500)]
    assert auc > rule > 0.6
    assert slices == [("all",), ("country",), ("lead_source",), ("lead_source and country",)]
    assert reason.startswith(("time_on_site: ", "tags: "))


@pytest.fixture(scope="module")
def declared(tmp_path_factory) -> Warehouse:
    """Return a warehouse that nothing was built in, with the question of prospects declared."""
    folder = tmp_path_factory.mktemp("declared")
    project = copied_project(folder / "project")
    add_data_set(project, "prospects", FOLDER, ENTRY)
    return Warehouse(folder / "warehouse", project=project)


@pytest.mark.parametrize(
    ("declaration", "instead", "said"),
    [
        ("outcome: enrols", "outcom: enrols", "lacks 'outcome'."),
        ("slices: [", "slice: [", "has 'slice', which means nothing; it may have outcome, "),
        ("key: prospect_id", "key: id", "names 'id', and the model has prospect_id, "),
        (
            "numeric: [",
            "numeric: [is_enrolled, ",
            "has 'is_enrolled' as a feature, which is its key",
        ),
        (
            "slices:",
            "log_features: [tags]\n          slices:",
            "'tags' in log_features, which is none",
        ),
        (
            "slices:",
            "topics: {a: [age]}\n          slices:",
            "'age' in topics, which is none of its",
        ),
        (
            "slices:",
            "topics: {a: [tags], b: [tags]}\n          slices:",
            "has 'tags' in topics, which is in two of them.",
        ),
        (
            "slices:",
            "topics: {a: tags}\n          slices:",
            "give a list of features for each topic.",
        ),
        ("slices:", "topics: {a: 5}\n          slices:", "give a list of features for each topic."),
        ("slices:", "topics: [tags]\n          slices:", "give a list of features for each topic."),
    ],
)
def test_a_question_that_is_declared_wrong_is_one_line(declared, declaration, instead, said):
    name = "_prospects__models.yml"
    file = declared.project / "dbt_project" / "models" / "datasets" / "prospects" / name
    sound = FOLDER[name].lstrip()
    assert sound.count(declaration) == 1
    file.write_text(sound.replace(declaration, instead))
    variables = {"sources_enabled": ["prospects"]}
    run = declared.dbt("compile", "--select", "propensity_specs", variables=variables)
    assert run.returncode != 0
    (line,) = [line for line in run.stdout.splitlines() if "config.meta.propensity" in line]
    assert said in line
    assert "Traceback" not in run.stdout
