with previous_drift as (
    select * from {{ source('previous', 'feature_drift') }}
),

drift as (
    {%- for dataset in modelled_datasets() %}
    {%- set outputs = drift_outputs(dataset) %}
    select
        *,
        false as is_output
    from {{ ref(dataset ~ '_feature_drift') }}
    {% if outputs %}
    union all
    select
        *,
        true as is_output
    from ({{ feature_drift(outputs.relation, outputs.figures, outputs.texts, dataset) }})
    {% endif %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select
    area,
    dataset,
    feature,
    '{{ generation_id() }}' as generation_id,
    psi,
    n_rows,
    status,
    is_output
from drift

union all

select *
from previous_drift
order by generation_id, area, dataset, feature
