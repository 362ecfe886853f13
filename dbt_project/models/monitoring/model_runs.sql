with previous_runs as (
    select *
    from {{ source('previous', 'model_runs') }}
),

present_runs as (
    {% for area in enabled_areas() %}
    select * from {{ ref(area ~ '_model_runs') }}
    {% if not loop.last %}union all by name{% endif %}
    {% endfor %}
),

outcomes as (
    select * from {{ ref('fit_outcomes') }}
),

former_runs as (
    select
        previous_runs.* replace (
            -- A fit that another has replaced serves no more; one that was applied again still does.
            coalesce(
                present_runs.is_served,
                previous_runs.is_served and coalesce(outcomes.outcome, 'scored') in ('scored', 'kept')
            ) as is_served
        )
    from previous_runs
    left join present_runs using (model_run_id)
    left join outcomes on previous_runs.area = outcomes.area and previous_runs.dataset = outcomes.dataset
),

new_runs as (
    select
        present_runs.model_run_id,
        present_runs.area,
        present_runs.dataset,
        present_runs.model_name,
        {{ build_moment() }} as trained_at,
        present_runs.data_fingerprint,
        present_runs.n_rows,
        present_runs.params::json as params,
        present_runs.metrics::json as metrics,
        present_runs.library_versions::json as library_versions,
        present_runs.is_served,
        '{{ generation_id() }}' as generation_id,
        code_version() as code_version
    from present_runs
    anti join previous_runs using (model_run_id)
)

select * from former_runs
union all
select * from new_runs
order by trained_at, area, dataset, model_name, model_run_id
