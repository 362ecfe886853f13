{%- set metric_columns = {
    'algorithm': 'varchar',
    'protocol': 'varchar',
    'evaluated_on': 'varchar',
    'metric': 'varchar',
    'k': 'integer',
    'value': 'double',
    'ci_low': 'double',
    'ci_high': 'double',
    'is_baseline': 'boolean',
    'is_champion': 'boolean',
    'is_servable': 'boolean'
} -%}
with evaluation as (
    select * from {{ ref('recommender_evaluation') }}
),

candidates as (
    select * from {{ ref('recommender_candidates') }}
),

champion as (
    select * from {{ ref('recommender_champion') }}
),

outcome as (
    select * from {{ ref('ratings_fit_outcome') }}
),

-- What is known of the models that serve was measured when they were fitted.
stored as (
    {{ previous_rows(source('previous_recommendations', 'recommender_metrics'), metric_columns) }}
),

measured as (
    select
        evaluation.algorithm,
        evaluation.protocol,
        evaluation.evaluated_on,
        evaluation.metric,
        evaluation.k::integer as k,
        evaluation.value,
        evaluation.ci_low,
        evaluation.ci_high,
        candidates.is_baseline,
        coalesce(evaluation.algorithm = champion.algorithm, false) as is_champion,
        candidates.is_servable
    from evaluation
    inner join candidates using (algorithm)
    cross join champion
)

select stored.*
from stored
cross join outcome
where outcome.is_stored

union all

select measured.*
from measured
cross join outcome
where not outcome.is_stored
order by all
