"""Another ratings file is one folder and one entry, and neither data set sees the other's rows."""

import duckdb
import pytest
from conftest import NIGHTLY, Warehouse, add_data_set, copied_project
from test_recommendations_input import ratings, write

pytestmark = pytest.mark.slow

ON = "var('sources_enabled') is sequence and 'films' in var('sources_enabled')"
ENABLED = f'enabled: "{{{{ {ON} }}}}"'
FOLDER = {
    "_films__sources.yml": f"""
sources:
  - name: films
    database: raw
    description: Ratings of films.
    config:
      {ENABLED}
    tables:
      - name: Films
        description: One line per rating.
        columns:
          - name: user_id
            data_type: varchar
            description: Key of the user.
            config: {{meta: {{person: true, aliases: [viewer]}}}}
          - name: product_id
            data_type: varchar
            description: Key of the film.
            config: {{meta: {{aliases: [film]}}}}
          - name: rating
            data_type: double
            description: Stars from 0 to 5.
            config: {{meta: {{aliases: [stars], min: 0, max: 5}}}}
          - name: rated_at
            data_type: timestamp
            description: Moment of the rating.
            config: {{meta: {{time: true, required: false, aliases: [seen_at]}}}}
""",
    "checked_films__ratings.sql": """
with typed as materialized (
    {{ typed_rows('films', source('films', 'Films')) }}
),

judged as (
    {{ judged_rows('typed', key=['user_id', 'product_id'], latest='rated_at') }}
)

select
    *,
    {{ reason('is_forgotten', 'forgotten') }} as exclusion_rule
from judged
""",
    "stg_films__ratings.sql": """
{{ config(materialized='view') }}

select
    user_id,
    product_id,
    rating,
    rated_at
from {{ ref('checked_films__ratings') }}
where reject_reason is null and exclusion_rule is null
""",
    "_films__models.yml": f"""
models:
  - name: checked_films__ratings
    description: One row per line of the raw files, cast, with the verdict on each.
    config:
      {ENABLED}
  - name: stg_films__ratings
    description: One row per rating that is kept.
    config:
      {ENABLED}
      meta:
        recommendations:
          relevant_rating: 3.5
          min_ratings_per_user: 2
          min_ratings_per_product: 2
""",
}
ENTRY = "{rows: ratings, areas: [recommendations]}"
DATES = "  films_date_formats: [epoch]\n"


def test_another_ratings_file_is_one_folder_and_one_entry(tmp_path):
    assert sum(len(text.strip().splitlines()) for text in FOLDER.values()) + 3 <= 120
    project = copied_project(tmp_path / "project")
    add_data_set(project, "films", FOLDER, ENTRY)
    settings = project / "dbt_project.yml"
    settings.write_text(settings.read_text().replace("\nvars:\n", f"\nvars:\n{DATES}", 1))
    # The same rows in both files: whatever crossed from one data set to the other would show.
    raw = write(tmp_path / "raw", [row for row in ratings() if 1 <= row[2] <= 5])
    lines = (raw / "ratings_Electronics.csv").read_text()
    (raw / "Films.csv").write_text("viewer,film,stars,seen_at\n" + lines)
    variables = {
        "sources_enabled": ["films", "ratings"],
        "ratings_min_per_user": 2,
        "ratings_min_per_product": 2,
        "recommender_min_history": 3,
        "recommender_bootstrap_resamples": 5,
        # Batches end in the middle of the lists of a data set, and of a model.
        "recommender_lists_per_batch": 17,
    }
    warehouse = Warehouse(tmp_path / "warehouse", raw, project)
    run = warehouse.dbt(*NIGHTLY, variables=variables)
    assert run.returncode == 0, run.stdout[-4000:]
    with duckdb.connect(warehouse.published, read_only=True) as connection:
        for table, left_out in {
            "recommendations.product_recommendations": "dataset, model_run_id",
            "recommendations.similar_products": "dataset",
            "recommendations.popular_products": "dataset",
            "recommendations.recommender_metrics": "dataset",
            "recommendations.recommender_diversity": "dataset",
            "models.recommender_champion": "dataset",
            "models.recommender_blends": "dataset",
            "models.recommender_item_weights": "dataset",
        }.items():
            rows = {
                dataset: connection.execute(
                    f"select * exclude ({left_out}) from {table} where dataset = ? order by all",
                    [dataset],
                ).fetchall()
                for dataset in ("films", "ratings")
            }
            assert rows["films"], table
            assert rows["films"] == rows["ratings"], table
        runs = connection.execute(
            "select dataset, count(distinct model_run_id) from monitoring.model_runs group by all"
        ).fetchall()
        crossed = connection.execute(
            """
            select * from recommendations.product_recommendations as recommended
            anti join monitoring.model_runs as runs using (dataset, model_run_id)
            """
        ).fetchall()
    assert len(dict(runs)) == 2
    assert crossed == []
