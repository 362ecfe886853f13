with previous_drift as (
    select * replace ({{ present_area('area') }} as area)
    from ({{ previous_rows(source('previous', 'feature_drift'), {
        'area': 'varchar',
        'dataset': 'varchar',
        'feature': 'varchar',
        'generation_id': 'varchar',
        'psi': 'double',
        'n_rows': 'bigint',
        'status': 'varchar',
        'is_output': 'boolean'
    }) }})
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
