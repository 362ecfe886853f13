{%- set areas = enabled_areas() %}
with feature_values as (
    {%- if 'segmentation' in areas %}
    select
        'segmentation' as area,
        dataset,
        customer_id as entity_id,
        feature,
        number_value
    from {{ ref('customer_feature_values') }}
    where number_value is not null
    union all
    {%- endif %}
    {%- if 'propensity' in areas %}
    select
        'propensity' as area,
        dataset,
        entity_id,
        feature,
        number_value
    from {{ ref('propensity_feature_values') }}
    where number_value is not null
    union all
    {%- endif %}
    select
        null::varchar as area,
        null::varchar as dataset,
        null::varchar as entity_id,
        null::varchar as feature,
        null::double as number_value
    where false
),

by_feature as (
    select
        area,
        dataset,
        feature,
        count(*) as entities
    from feature_values
    group by area, dataset, feature
),

sizes as (
    select
        area,
        dataset,
        max(entities) as entities
    from by_feature
    group by area, dataset
),

-- Pairs cost the square of the features for every row, so a part of the rows speaks for a very large data set.
compared as (
    select feature_values.*
    from feature_values
    inner join sizes using (area, dataset)
    where {{ md5_share('feature_values.entity_id') }} < {{ var('correlation_rows') }} / sizes.entities
),

-- Equal values share the mean of their ranks (Spearman).
ranked as (
    select
        *,
        rank() over (partition by area, dataset, feature order by number_value)
        + (count(*) over (partition by area, dataset, feature, number_value) - 1) / 2 as value_rank
    from compared
)

select
    ranked.area,
    ranked.dataset,
    ranked.feature,
    others.feature as other_feature,
    {{ rounded("nullif(corr(ranked.number_value, others.number_value), 'nan'::double)") }} as correlation,
    {{ rounded("nullif(corr(ranked.value_rank, others.value_rank), 'nan'::double)") }} as rank_correlation,
    count(*) as n_rows
from ranked
inner join ranked as others using (area, dataset, entity_id)
where ranked.feature < others.feature
group by ranked.area, ranked.dataset, ranked.feature, others.feature
order by ranked.area, ranked.dataset, ranked.feature, others.feature
