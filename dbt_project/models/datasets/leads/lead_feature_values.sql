{{ config(materialized='view') }}

with features as (
    select * from {{ ref('lead_features') }}
)

select
    lead_id,
    unnest([
        {% for feature in lead_numbers() + lead_categories() %}
        { 'feature': '{{ feature }}', 'feature_value': {{ feature }}::varchar }{{ ',' if not loop.last }}
        {% endfor %}
    ], recursive := true)
from features
