-- The ratings and purchases of every data set, of users who have enough of them.
-- They are read twice, which takes less than to keep millions of them.
with ratings as {{ not_materialized() }} (
    {% for dataset in datasets_of('recommendations') %}
    select
        '{{ dataset }}' as dataset,
        user_id,
        product_id,
        {{ 'product_name' if recommendation_spec(dataset).has_product_names else 'null::string as product_name' }},
        rating,
        rated_at,
        {{ 'sent_back_at' if recommendation_spec(dataset).has_returns else 'null::timestamp as sent_back_at' }}
    from {{ ref(ratings_model(dataset)) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

specs as (
    select * from {{ ref('recommendation_specs') }}
),

counted as (
    select
        dataset,
        user_id,
        count(*) as ratings
    from ratings
    group by dataset, user_id
),

users as (
    select
        counted.dataset,
        counted.user_id
    from counted
    inner join specs using (dataset)
    where counted.ratings >= specs.min_ratings_per_user
)

select
    ratings.dataset,
    ratings.user_id,
    ratings.product_id,
    ratings.product_name,
    ratings.rating,
    ratings.rated_at,
    ratings.sent_back_at
from ratings
semi join users using (dataset, user_id)
