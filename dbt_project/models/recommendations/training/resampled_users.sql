-- How often each judged user is drawn in each bootstrap resample: Poisson(1), by md5.
with users as (
    select * from {{ ref('kept_users') }}
    where is_evaluated
),

draws as (
    select
        users.user_number,
        numbered.resample,
        {{ key_fraction("users.user_id || '|' || numbered.resample") }} as fraction
    from users
    cross join unnest(range(1, {{ var('recommender_bootstrap_resamples') }} + 1)) as numbered (resample)
),

drawn as (
    select
        user_number,
        resample,
        case
            {% for cumulative in [0.367879, 0.735759, 0.919699, 0.981012, 0.996340, 0.999406] %}
            when fraction < {{ cumulative }} then {{ loop.index0 }}
            {% endfor %}
            else 6
        end as times
    from draws
)

select
    resample,
    user_number,
    times
from drawn
where times > 0

union all

-- Resample 0 is the sample itself.
select
    0 as resample,
    user_number,
    1 as times
from users
