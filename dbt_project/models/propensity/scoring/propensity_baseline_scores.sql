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
        dataset,
        entity_id,
        count_if(split = 'train') over all_rows as training_rows,
        avg(has_outcome::int) filter (where split = 'train') over all_rows as base_rate,
        avg(has_outcome::int) filter (where split = 'train') over (partition by dataset, meets_analyst_rule) as rule_rate
    from fitted_rows
    window all_rows as (partition by dataset)
    -- Without a training row there is no rate.
    qualify training_rows > 0
)

select
    dataset,
    'base_rate' as model_family,
    entity_id,
    {{ rounded(clipped_probability('base_rate', 'training_rows')) }} as probability
from rates
union all
select
    dataset,
    'analyst_rule' as model_family,
    entity_id,
    {{ rounded(clipped_probability('coalesce(rule_rate, base_rate)', 'training_rows')) }} as probability
from rates
