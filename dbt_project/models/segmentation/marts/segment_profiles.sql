with feature_values as (
    select * from {{ ref('customer_feature_values') }}
),

assignments as (
    select
        dataset,
        customer_id,
        segment_id
    from {{ ref('segment_assignments') }}
),

model_features as (
    select
        dataset,
        feature
    from {{ ref('segmentation_features') }}
),

sizes as (
    select
        dataset,
        segment_id,
        count(*) as customers
    from assignments
    group by dataset, segment_id
),

numbers as (
    select
        assignments.dataset,
        assignments.segment_id,
        feature_values.feature,
        avg(feature_values.number_value) as mean,
        min(feature_values.number_value) as minimum,
        {{ quartiles('feature_values.number_value') }} as quartiles,
        max(feature_values.number_value) as maximum,
        sum(feature_values.number_value) as total,
        count(feature_values.number_value) as told
    from feature_values
    inner join assignments using (dataset, customer_id)
    where feature_values.is_number
    group by assignments.dataset, assignments.segment_id, feature_values.feature
),

-- Of a text, every value is a feature, and its mean is the share of customers that have it.
categories as (
    select
        assignments.dataset,
        assignments.segment_id,
        feature_values.feature || ': ' || feature_values.text_value as feature,
        count(*) as customers
    from feature_values
    inner join assignments using (dataset, customer_id)
    where feature_values.text_value is not null
    group by all
),

category_totals as (
    select
        dataset,
        feature,
        sum(customers) as customers
    from categories
    group by dataset, feature
),

profiles as (
    select
        dataset,
        segment_id,
        feature,
        mean,
        minimum,
        quartiles,
        maximum,
        sum(total) over (partition by dataset, feature) / sum(told) over (partition by dataset, feature) as overall_mean
    from numbers

    union all

    select
        sizes.dataset,
        sizes.segment_id,
        category_totals.feature,
        coalesce(categories.customers, 0) / sizes.customers as mean,
        null as minimum,
        null as quartiles,
        null as maximum,
        category_totals.customers / sum(sizes.customers) over (partition by sizes.dataset, category_totals.feature) as overall_mean
    from sizes
    inner join category_totals using (dataset)
    left join categories using (dataset, segment_id, feature)
)

select
    profiles.dataset,
    profiles.segment_id,
    profiles.feature,
    {{ rounded('profiles.mean') }} as mean,
    {{ rounded(element('profiles.quartiles', 2)) }} as median,
    {{ rounded('profiles.overall_mean') }} as overall_mean,
    case when profiles.overall_mean > 0 then {{ rounded('100 * profiles.mean / profiles.overall_mean') }} end as index_vs_overall,
    model_features.feature is not null as is_model_feature,
    profiles.minimum,
    {{ rounded(element('profiles.quartiles', 1)) }} as lower_quartile,
    {{ rounded(element('profiles.quartiles', 3)) }} as upper_quartile,
    profiles.maximum
from profiles
left join model_features using (dataset, feature)
order by profiles.dataset, profiles.segment_id, profiles.feature
