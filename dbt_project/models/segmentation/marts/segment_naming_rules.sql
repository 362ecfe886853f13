-- A name claims something of the mean of a segment (index), and of its customers one by one (value, percentile).
with profiles as (
    select * from {{ ref('segment_profiles') }}
),

rules as (
    select * from {{ ref('persona_rules') }}
    where segment_name is not null
),

conditions as (
    select * from {{ ref('persona_conditions') }}
),

assignments as (
    select
        dataset,
        customer_id,
        segment_id
    from {{ ref('segment_assignments') }}
),

feature_values as (
    select
        dataset,
        customer_id,
        feature,
        number_value
    from {{ ref('customer_feature_values') }}
),

previous_segments as (
    select
        dataset,
        segment_id,
        naming_rule as rule
    from {{ source('previous_segmentation', 'segments') }}
),

segments as (
    select distinct
        dataset,
        segment_id
    from assignments
),

judged as (
    select
        segments.dataset,
        segments.segment_id,
        rules.rule,
        bool_and(
            conditions.measure != 'index' or {{ is_within('profiles.index_vs_overall', 'conditions.minimum', 'conditions.maximum') }}
        ) as is_met_by_mean
    from segments
    inner join rules using (dataset)
    inner join conditions using (dataset, rule)
    left join profiles
        on
            segments.dataset = profiles.dataset
            and segments.segment_id = profiles.segment_id
            and conditions.feature = profiles.feature
    group by segments.dataset, segments.segment_id, rules.rule
),

-- Customers are looked at for the rules that may give the name, and for the one that gave it before.
candidates as (
    select judged.*
    from judged
    left join previous_segments using (dataset, segment_id, rule)
    where judged.is_met_by_mean or previous_segments.rule is not null
),

percentiles as (
    select
        dataset,
        feature,
        quantile_disc(number_value, [hundredth / 100 for hundredth in range(101)]) as percentiles
    from feature_values
    where (dataset, feature) in (
        select (c.dataset, c.feature)
        from conditions as c
        where c.measure = 'percentile'
    )
    group by dataset, feature
),

claims as (
    select
        conditions.dataset,
        conditions.rule,
        conditions.feature,
        case conditions.measure
            when 'value' then conditions.minimum
            else percentiles.percentiles[conditions.minimum::integer + 1]
        end as lowest,
        case conditions.measure
            when 'value' then conditions.maximum
            else percentiles.percentiles[conditions.maximum::integer + 1]
        end as highest
    from conditions
    left join percentiles using (dataset, feature)
    where conditions.measure in ('value', 'percentile')
),

customers as (
    select
        candidates.dataset,
        candidates.segment_id,
        candidates.rule,
        assignments.customer_id,
        bool_and({{ is_within('feature_values.number_value', 'claims.lowest', 'claims.highest') }}) as fits
    from candidates
    inner join assignments using (dataset, segment_id)
    inner join claims using (dataset, rule)
    inner join feature_values using (dataset, customer_id, feature)
    group by candidates.dataset, candidates.segment_id, candidates.rule, assignments.customer_id
),

fits as (
    select
        dataset,
        segment_id,
        rule,
        count_if(fits) / count(*) as fit_share
    from customers
    group by dataset, segment_id, rule
)

select
    candidates.dataset,
    candidates.segment_id,
    candidates.rule,
    candidates.is_met_by_mean,
    {{ rounded('coalesce(fits.fit_share, 1)') }} as fit_share,
    candidates.is_met_by_mean and coalesce(fits.fit_share, 1) >= {{ var('segment_name_min_fit') }} as is_true
from candidates
left join fits using (dataset, segment_id, rule)
order by candidates.dataset, candidates.segment_id, candidates.rule
