-- What is known when recommenders are judged, and when they serve: each fold knows what came before it. Where a data set
-- declares cut-offs, each fold begins on a day, the last one judged so many days before the end; elsewhere a share of each
-- user's ratings is held out.
with specs as (
    select * from {{ ref('recommendation_specs') }}
),

ratings as (
    select * from {{ ref('recommendation_ratings') }}
),

last_days as (
    select
        dataset,
        max(rated_at)::date as last_day
    from ratings
    group by dataset
),

numbered as (
    select
        specs.dataset,
        coalesce(specs.cut_offs, 2) as judged_folds,
        specs.days_judged,
        last_days.last_day,
        {{ elements_of(whole_numbers(1, 'coalesce(specs.cut_offs, 2) + 1')) }} as fold_number
    from specs
    inner join last_days using (dataset)
),

parts as (
    select
        *,
        case
            when fold_number > judged_folds then 'serving'
            when fold_number = judged_folds then 'holdout'
            else 'validation'
        end as part
    from numbered
)

select
    dataset,
    fold_number::integer as fold_number,
    case when part = 'validation' and judged_folds > 2 then part || '_' || fold_number else part end as fold,
    part,
    case
        when days_judged is null then null
        when part = 'serving' then last_day + 1
        else last_day - days_judged * (judged_folds - fold_number + 1)::integer
    end::date as starts_on
from parts
