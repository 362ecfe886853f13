{% set counted = "('age', 'website_visits', 'time_spent_on_website', 'page_views_per_visit')" %}

with features as (
    select * from {{ ref('lead_features') }}
),

feature_values as (
    select * from {{ ref('lead_feature_values') }}
    where feature_value is not null
),

importance as (
    select importance.*
    from {{ ref('lead_feature_importance') }} as importance
    inner join {{ ref('lead_models') }} as models using (model_family)
    where models.is_champion and importance.rank <= {{ var('lead_partial_dependence_features') }}
),

quantiles as (
    select
        feature,
        unnest(quantile_disc(feature_value::double, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]))::varchar as feature_value
    from feature_values
    where feature in {{ counted }}
    group by feature
),

grid as (
    select
        feature,
        feature_value
    from quantiles
    union
    select
        feature,
        feature_value
    from feature_values
    where feature not in {{ counted }}
),

sampled as (
    select * from features
    order by {{ md5_share("lead_id || ' partial dependence'") }}, lead_id
    limit {{ var('lead_partial_dependence_leads') }}
),

imagined as (
    select
        grid.feature,
        grid.feature_value,
        concat_ws(' ', sampled.lead_id, grid.feature, grid.feature_value) as lead_id,
        {{ lead_on_grid('sampled', 'grid') }}
    from sampled
    cross join grid
    inner join importance using (feature)
),

scores as (
    {{ score_leads('imagined') }} -- noqa: PRS
),

dependence as (
    select
        imagined.feature,
        imagined.feature_value,
        count(*) as leads,
        {{ rounded(exact_avg('scores.conversion_probability')) }} as mean_probability
    from scores
    inner join imagined using (lead_id)
    group by imagined.feature, imagined.feature_value
)

{{ evaluated_rows('dependence', source('previous_leads', 'lead_partial_dependence')) }}
