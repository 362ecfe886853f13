{% set depth = [ranking_depth(), var('buy_again_per_user') | int(0)] | max %}
-- Products that a user had before, to serve and to judge: first those that they order regularly, then the others, each by how
-- often and how lately they had it, and by how many others take it now. Beside them, to be judged only, other ways to rank.
with specs as (
    select * from {{ ref('recommendation_specs') }}
    where cut_offs is not null
),

folds as (
    select * from {{ ref('recommendation_folds') }}
    where fold in ('holdout', 'serving')
),

products as (
    select * from {{ ref('kept_products') }}
    where not is_excluded
),

ratings as (
    select
        *,
        rated_at::date as bought_on
    from {{ ref('recommendation_ratings') }}
    where rated_at is not null
),

-- What had come back by then is not bought again.
purchases as (
    select
        ratings.dataset,
        folds.fold,
        ratings.user_id,
        ratings.product_id,
        ratings.bought_on,
        {{ days_between('ratings.bought_on', 'folds.starts_on') }} as age_in_days,
        {{ days_between(
            'lag(ratings.bought_on) over (partition by ratings.dataset, folds.fold, ratings.user_id, ratings.product_id'
            ~ ' order by ratings.bought_on)',
            'ratings.bought_on'
        ) }} as gap_in_days
    from ratings
    semi join products using (dataset, product_id)
    semi join specs on ratings.dataset = specs.dataset
    inner join folds
        on
            ratings.dataset = folds.dataset
            and ratings.bought_on < folds.starts_on
            and (ratings.sent_back_at is null or (folds.fold != 'serving' and ratings.sent_back_at >= folds.starts_on))
),

histories as (
    select
        dataset,
        fold,
        user_id,
        product_id,
        count(*) as orders,
        max(bought_on) as last_bought_on,
        min(age_in_days) as age_in_days,
        median(gap_in_days) as median_gap_days,
        {{ rounded('sum(power(0.5, age_in_days / ' ~ var('buy_again_half_life') ~ '))') }} as habit
    from purchases
    group by dataset, fold, user_id, product_id
),

popularity as (
    select
        histories.dataset,
        histories.fold,
        histories.product_id,
        count_if(histories.age_in_days <= specs.recent_days) as recent_buyers
    from histories
    inner join specs using (dataset)
    group by histories.dataset, histories.fold, histories.product_id
    having any_value(specs.active_days) is null or min(histories.age_in_days) <= any_value(specs.active_days)
),

scored as (
    select
        histories.*,
        histories.orders >= {{ var('buy_again_min_orders') }}
        and coalesce(histories.age_in_days / histories.median_gap_days, 0) <= {{ var('buy_again_max_gaps') }} as is_habit,
        {{ rounded('histories.habit * power(popularity.recent_buyers, ' ~ var('buy_again_recent_power') ~ ')') }} as score
    from histories
    inner join popularity using (dataset, fold, product_id)
),

methods as (
    select
        *,
        {{ elements_of(
            "case when fold = 'serving' then " ~ list_of(["'buy_again'"])
            ~ ' else ' ~ list_of(["'buy_again'", "'habits_only'", "'due_only'", "'every_product'", "'last_bought'"]) ~ ' end'
        ) }} as method
    from scored
)

select
    dataset,
    fold,
    method,
    user_id,
    product_id,
    orders,
    last_bought_on,
    median_gap_days,
    (round(median_gap_days) - age_in_days)::integer as due_in_days,
    score,
    row_number() over (
        partition by dataset, fold, method, user_id
        order by
            (method = 'buy_again' and is_habit) desc,
            case when method = 'last_bought' then -age_in_days else score end desc,
            orders desc,
            product_id asc
    ) as rank
from methods
where
    method in ('buy_again', 'every_product', 'last_bought')
    or (is_habit and (method = 'habits_only' or age_in_days >= median_gap_days))
qualify rank <= {{ depth }}
