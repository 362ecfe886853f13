{{ config(materialized='view') }}

-- What the models of every area are fitted on; its drift is measured before they are fitted again.
{%- set areas = enabled_areas() %}
with
{%- if 'recommendations' in areas %}
habits as (
    select
        dataset,
        user_id,
        count(distinct product_id) as ratings,
        avg(rating) as mean_rating
    from {{ ref('kept_ratings') }}
    group by dataset, user_id
),
{%- endif %}

watched as (
    {%- if 'segmentation' in areas %}
    select
        'segmentation' as area,
        feature_values.dataset,
        feature_values.feature,
        feature_values.number_value,
        feature_values.text_value,
        true as is_fitted_on
    from {{ ref('customer_feature_values') }} as feature_values
    inner join {{ ref('segmentation_specs') }} as specs
        on feature_values.dataset = specs.dataset and list_contains(specs.features, feature_values.feature)
    {%- endif %}
    {%- if 'propensity' in areas %}
    {{ 'union all' if 'segmentation' in areas }}
    select
        'propensity' as area,
        feature_values.dataset,
        feature_values.feature,
        feature_values.number_value,
        feature_values.text_value,
        rows.split = 'train' as is_fitted_on
    from {{ ref('propensity_feature_values') }} as feature_values
    inner join {{ ref('propensity_rows') }} as rows using (dataset, entity_id, periods_ago)
    inner join {{ ref('propensity_specs') }} as specs
        on feature_values.dataset = specs.dataset and feature_values.periods_ago = specs.training_period
    {%- endif %}
    {%- if 'recommendations' in areas %}
    {{ 'union all' if 'segmentation' in areas or 'propensity' in areas }}
    select
        'recommendations' as area,
        dataset,
        'ratings' as feature,
        ratings::double as number_value,
        null::varchar as text_value,
        true as is_fitted_on
    from habits

    union all

    select
        'recommendations' as area,
        dataset,
        'mean_rating' as feature,
        mean_rating::double as number_value,
        null::varchar as text_value,
        true as is_fitted_on
    from habits
    {%- endif %}
    {%- if 'sales' in areas %}
    {{ 'union all' if areas.keys() | list != ['sales'] }}
    select
        'sales' as area,
        dataset,
        unnest(['order_days', 'recency_days', 'net_amount']) as feature,
        unnest([order_days, recency_days, net_amount])::double as number_value,
        null::varchar as text_value,
        true as is_fitted_on
    from {{ ref('customer_snapshots') }}
    where days_before = 0
    {%- endif %}
)

select * from watched
