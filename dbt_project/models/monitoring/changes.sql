-- What is different from the generation before, in sentences; no row where nothing is.
with source_health as (
    select * from {{ ref('source_health') }}
),

training_decisions as (
    select * from {{ ref('training_decisions') }}
    where generation_id = '{{ generation_id() }}'
),

feature_drift as (
    select * from {{ ref('feature_drift') }}
    where generation_id = '{{ generation_id() }}'
),

{%- if 'segmentation' in enabled_areas() %}

segment_migrations as (
    select * from {{ ref('segment_migrations') }}
),

-- Everybody would be new to a data set that is segmented for the first time.
known_datasets as (
    select distinct dataset
    from segment_migrations
    where generation_id < '{{ generation_id() }}'
),

moves as (
    select
        dataset,
        coalesce(sum(customers) filter (where from_segment > 0 and to_segment > 0), 0)::bigint as customers_moved,
        coalesce(sum(customers) filter (where from_segment = 0), 0)::bigint as customers_new,
        coalesce(sum(customers) filter (where to_segment = 0), 0)::bigint as customers_left
    from segment_migrations
    where
        generation_id = '{{ generation_id() }}'
        and dataset in (select known_datasets.dataset from known_datasets)
    group by dataset
),

{%- endif %}

changes as (
    select
        1 as place,
        'rows' as kind,
        source as dataset,
        format('{:,} rows, {:+.1f} % against the night before', rows_read, 100 * volume_change) as change
    from source_health
    where volume_change != 0
    {%- if 'segmentation' in enabled_areas() %}
    union all
    select
        2 as place,
        'segments' as kind,
        dataset,
        format('{:,} customers changed segment, {:,} are new, {:,} left', customers_moved, customers_new, customers_left) as change
    from moves
    {%- endif %}
    union all
    select
        3 as place,
        'model' as kind,
        dataset,
        format(
            '{}: {} ({})',
            area,
            case
                when outcome = 'kept' and fit_problem is not null then 'no new model could be fitted, the stored one stays'
                when fit_problem is not null then 'no model could be fitted'
                when outcome = 'first' then 'a model was fitted for the first time'
                when outcome = 'replaced' then 'a new model serves'
                else 'a new fit was no better, the stored model stays'
            end,
            coalesce(fit_problem, reason)
        ) as change
    from training_decisions
    where outcome != 'scored'
    union all
    select
        4 as place,
        'drift' as kind,
        dataset,
        format('{}: {} has drifted (PSI {:.2f})', area, replace(feature, '_', ' '), psi) as change
    from feature_drift
    where status = 'drifted'
)

select
    (row_number() over (order by place, dataset, change))::integer as change_number,
    kind,
    dataset,
    change
from changes
order by change_number
