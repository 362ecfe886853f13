-- Who is judged in each fold: every judged user whose history it knows; where folds have a date, users with a history who
-- then had something new.
with ratings as (
    select * from {{ ref('fold_ratings') }}
    where fold != 'serving'
),

folds as (
    select * from {{ ref('recommendation_folds') }}
),

users as (
    select * from {{ ref('kept_users') }}
)

select distinct
    ratings.dataset,
    ratings.fold,
    ratings.user_id
from ratings
inner join folds using (dataset, fold)
inner join users using (dataset, user_id)
where
    users.is_evaluated
    and ratings.role = case when folds.starts_on is null then 'history' else 'target' end
