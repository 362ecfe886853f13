-- Who is judged in each fold: every judged user whose history it knows; where folds have a date, those who then had
-- something new.
with ratings as (
    select * from {{ ref('fold_ratings') }}
),

folds as (
    select * from {{ ref('recommendation_folds') }}
),

users as (
    select * from {{ ref('kept_users') }}
),

targets as (
    select distinct
        dataset,
        fold,
        user_id
    from ratings
    where role = 'target'
)

select distinct
    ratings.dataset,
    ratings.fold,
    ratings.user_id
from ratings
inner join folds using (dataset, fold)
inner join users using (dataset, user_id)
left join targets using (dataset, fold, user_id)
where
    ratings.role = 'history'
    and ratings.fold != 'serving'
    and users.is_evaluated
    and (folds.starts_on is null or targets.user_id is not null)
