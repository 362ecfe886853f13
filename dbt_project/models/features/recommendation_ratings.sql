-- The ratings and purchases of every data set, of users who have enough of them.
with ratings as (
    {% for dataset in datasets_of('recommendations') %}
    select
        '{{ dataset }}' as dataset,
        user_id,
        product_id,
        {{ 'product_name' if recommendation_spec(dataset).has_product_names else 'null::varchar as product_name' }},
        rating,
        rated_at
    from {{ ref(ratings_model(dataset)) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

specs as (
    select * from {{ ref('recommendation_specs') }}
),

users as (
    select
        ratings.dataset,
        ratings.user_id
    from ratings
    inner join specs using (dataset)
    group by ratings.dataset, ratings.user_id
    having count(*) >= max(specs.min_ratings_per_user)
)

select
    ratings.dataset,
    ratings.user_id,
    ratings.product_id,
    ratings.product_name,
    ratings.rating,
    ratings.rated_at
from ratings
semi join users using (dataset, user_id)
