-- One row: whether the stored recommenders serve or those that were fitted in this build.
with decision as (
    select * from {{ ref('ratings_training_decision') }}
),

challenger as (
    select * from {{ ref('recommender_challenger') }}
),

candidates as (
    select * from {{ ref('recommender_candidates') }}
),

-- What ruled out every candidate that might have served, if that is so.
rulings as (
    select
        case
            when bool_and(is_skipped)
                then 'ratings: no recommender can be fitted: ' || string_agg(distinct skipped_because, ', ')
        end as fit_problem
    from candidates
    where is_servable
),

judged as (
    select
        case
            when decision.decision = 'score' then 'scored'
            when decision.reason = 'nothing is stored' then 'first'
            when
                decision.stored_quality is not null
                and (challenger.ndcg is null or challenger.ndcg < decision.stored_quality - decision.max_quality_loss)
                then 'kept'
            else 'replaced'
        end as outcome,
        decision.stored_quality,
        challenger.ndcg,
        rulings.fit_problem
    from decision
    cross join challenger
    cross join rulings
)

select
    outcome,
    outcome in ('scored', 'kept') as is_stored,
    case when outcome in ('scored', 'kept') then stored_quality else ndcg end as quality,
    case when outcome in ('kept', 'replaced') then ndcg end as challenger_quality,
    case when outcome = 'kept' then fit_problem end as fit_problem
from judged
