-- The candidates that are fitted in this build; a refit takes the parameters that were chosen before.
with candidates as (
    select * from {{ ref('recommender_candidates') }}
    where not is_skipped
),

searchable as (
    select count(*) > 0 as is_searchable
    from candidates
    where size_measure = 'largest_side'
),

decision as (
    select * from {{ ref('ratings_training_decision') }}
    where decision != 'score'
),

previous_runs as (
    {{ previous_rows(source('previous', 'model_runs'), {
        'dataset': 'varchar',
        'model_name': 'varchar',
        'params': 'varchar',
        'trained_at': 'timestamp'
    }) }}
),

chosen_before as (
    select
        model_name as algorithm,
        max_by(params, trained_at) as params
    from previous_runs
    where dataset = 'ratings'
    group by model_name
)

select
    candidates.algorithm,
    candidates.size_measure,
    searchable.is_searchable,
    case when decision.decision = 'refit' then chosen_before.params end as stored_params
from candidates
cross join searchable
cross join decision
left join chosen_before using (algorithm)
