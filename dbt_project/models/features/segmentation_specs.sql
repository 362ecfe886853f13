{{ config(materialized='view') }}

with declared as (
    {%- for dataset in datasets_of('segmentation') %}
    select
        '{{ dataset }}' as dataset,
        {{ literal(tojson(segmentation_spec(dataset), sort_keys=true)) }}::json as spec,
        {{ literal(tojson(feature_columns(dataset ~ '_features') | map(attribute='name') | list)) }}::json as columns
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select
    dataset,
    spec,
    spec ->> '$.value_feature' as value_feature,
    (spec -> '$.features')::varchar[] as features,
    (spec -> '$.log_features')::varchar[] as log_features,
    columns::varchar[] as known_features
from declared
