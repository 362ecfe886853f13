with evaluation as (
    select * from {{ ref('recommender_evaluation') }}
),

candidates as (
    select * from {{ ref('recommender_candidates') }}
),

champion as (
    select * from {{ ref('recommender_champion') }}
)

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
order by all
