{{ config(materialized='view') }}

-- What the models put out, as rows; its drift is measured after the scoring, and decides tomorrow.
{%- set areas = enabled_areas() %}
with outputs as (
    {%- if 'segmentation' in areas %}
    select
        'segmentation' as area,
        dataset,
        'distance' as feature,
        distance as number_value,
        null::varchar as text_value
    from {{ ref('segment_assignments') }}

    union all

    select
        'segmentation' as area,
        dataset,
        'segment_id' as feature,
        null::double as number_value,
        segment_id::varchar as text_value
    from {{ ref('segment_assignments') }}
    {%- endif %}
    {%- if 'propensity' in areas %}
    {{ 'union all' if 'segmentation' in areas }}
    select
        'propensity' as area,
        dataset,
        'raw_score' as feature,
        scores.raw_score as number_value,
        null::varchar as text_value
    from {{ ref('propensity_input_scores') }} as scores
    inner join {{ ref('propensity_models') }} as models using (dataset, model_family)
    where scores.grid_feature is null and scores.periods_ago = 0 and models.is_champion
    {%- endif %}
    {%- if 'sales' in areas %}
    {{ 'union all' if 'segmentation' in areas or 'propensity' in areas }}
    select
        'sales' as area,
        dataset,
        'expected_value_90d' as feature,
        expected_value_90d as number_value,
        null::varchar as text_value
    from {{ ref('customer_values') }}
    {%- endif %}
    {%- if areas.keys() | list == ['recommendations'] %}
    select
        null::varchar as area,
        null::varchar as dataset,
        null::varchar as feature,
        null::double as number_value,
        null::varchar as text_value
    where false
    {%- endif %}
)

select * from outputs
