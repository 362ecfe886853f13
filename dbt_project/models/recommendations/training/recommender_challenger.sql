-- One row: the best of the candidates that were fitted in this build; nulls where none was.
with evaluation as (
    select * from {{ ref('recommender_evaluation') }}
    where protocol = 'full_catalogue' and evaluated_on = 'validation' and k = 10
),

candidates as (
    select * from {{ ref('recommender_candidates') }}
),

figures as (
    select
        candidates.algorithm,
        candidates.scorer,
        max(evaluation.value) filter (where evaluation.metric = 'ndcg') as ndcg,
        max(evaluation.value) filter (where evaluation.metric = 'coverage') as coverage
    from evaluation
    inner join candidates using (algorithm)
    where candidates.is_servable
    group by candidates.algorithm, candidates.scorer
),

eligible as (
    select
        *,
        coverage >= {{ var('recommender_min_coverage') }} as has_coverage
    from figures
),

placed as (
    select
        *,
        row_number() over (order by has_coverage desc, ndcg desc, algorithm asc) as place,
        row_number() over (partition by scorer order by has_coverage desc, ndcg desc, algorithm asc) as place_of_scorer
    from eligible
)

select
    max(algorithm) filter (where has_coverage and place = 1) as algorithm,
    max(ndcg) filter (where has_coverage and place = 1) as ndcg,
    max(algorithm) filter (where scorer = 'item_weights' and place_of_scorer = 1) as item_algorithm,
    max(algorithm) filter (where scorer = 'user_weights' and place_of_scorer = 1) as user_algorithm,
    max(algorithm) filter (where scorer = 'factors' and place_of_scorer = 1) as factor_algorithm
from placed
