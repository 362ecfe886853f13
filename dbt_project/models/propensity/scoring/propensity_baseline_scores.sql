-- Shares of the training part: of all rows, of those that meet the rule of thumb or do not, and by one column alone; of a number
-- the least-squares line, of a text the share of its value.
with rows as (
    select * from {{ ref('propensity_rows') }}
),

fitted as (
    select distinct dataset
    from {{ ref('propensity_models') }}
),

fitted_rows as (
    select rows.*
    from rows
    inner join fitted using (dataset)
),

rates as (
    select
        *,
        count_if(split = 'train') over all_rows as training_rows,
        avg(case when split = 'train' then has_outcome::int end) over all_rows as base_rate,
        avg(case when split = 'train' then has_outcome::int end) over (partition by dataset, meets_analyst_rule) as rule_rate
    from fitted_rows
    window all_rows as (partition by dataset)
    -- Without a training row there is no rate.
    qualify training_rows > 0
),

values_alone as (
    select
        dataset,
        entity_id,
        periods_ago,
        split,
        has_outcome::int as outcome,
        training_rows,
        base_rate,
        {{ fields_of('baselines') }}
    from rates
),

alone as (
    select
        dataset,
        baseline || ' alone' as model_family,
        entity_id,
        periods_ago,
        training_rows,
        coalesce(
            avg(case when split = 'train' and text_value is not null then outcome end) over (partition by dataset, baseline, text_value),
            regr_intercept(case when split = 'train' then outcome end, number_value) over of_baseline
            + regr_slope(case when split = 'train' then outcome end, number_value) over of_baseline * number_value,
            base_rate
        ) as raw_score
    from values_alone
    window of_baseline as (partition by dataset, baseline)
),

scores as (
    select
        dataset,
        'base_rate' as model_family,
        entity_id,
        periods_ago,
        training_rows,
        base_rate as raw_score
    from rates
    union all
    select
        dataset,
        'analyst_rule' as model_family,
        entity_id,
        periods_ago,
        training_rows,
        coalesce(rule_rate, base_rate) as raw_score
    from rates
    union all
    select * from alone
)

select
    dataset,
    model_family,
    entity_id,
    periods_ago,
    {{ rounded('raw_score') }} as raw_score,
    {{ rounded(clipped_probability('raw_score', 'training_rows')) }} as probability
from scores
