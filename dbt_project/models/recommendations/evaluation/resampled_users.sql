-- How often each judged user is drawn in each bootstrap resample: Poisson(1), by md5.
with fits as (
    select * from {{ ref('fit_recommenders') }}
    where model_name is not null
),

users as (
    select users.*
    from {{ ref('kept_users') }} as users
    semi join fits using (dataset)
    where users.is_evaluated
),

draws as (
    select
        users.dataset,
        users.user_id,
        numbered.resample,
        {{ md5_share("users.user_id || '|' || numbered.resample") }} as fraction
    from users
    cross join unnest(range(1, {{ var('recommender_bootstrap_resamples') }} + 1)) as numbered (resample)
),

drawn as (
    select
        dataset,
        resample,
        user_id,
        {{ poisson_weight('fraction') }} as times
    from draws
)

select *
from drawn
where times > 0

union all

-- Resample 0 is the sample itself.
select
    dataset,
    0 as resample,
    user_id,
    1 as times
from users
